import { printableLine } from "../../report/printable.ts";
import { asTyped, type OptionWords } from "../option-words.ts";
import { shownSize } from "../shown-bytes.ts";
import type { GcResult } from "./gc.ts";

type Item = GcResult["items"][number];

/** The answer of `gc` for people: every snapshot below what becomes of it and why; what is deleted comes first. */
export function gcText(
  { done, why, policy, policyFrom, applied, plan, items, notes }: GcResult,
  say: OptionWords = asTyped,
): string {
  const lines: string[] = [];
  if (policy !== undefined)
    lines.push(`Kept: ${policy} (${policyFrom === "option" ? say("as --keep says") : "by the configuration"}).`);
  for (const [heading, own] of grouped(items)) lines.push(`${heading}:`, ...own.flatMap(itemLines));
  const count = items.filter(({ action }) => action === "delete").length;
  if (!done) lines.push(`${applied ? "Not all was deleted" : "Nothing was deleted"}: ${why ?? ""}.`);
  else if (applied) lines.push(`Deleted ${count}.`);
  else if (count === 0) lines.push("There is nothing to delete.");
  else lines.push(say(`${count} to delete. Nothing was deleted: --apply does it (plan ${plan}).`));
  for (const note of notes) lines.push(`note: ${note}`);
  return `${lines.map(printableLine).join("\n")}\n`;
}

const ORDER = ["deleted", "left", "delete", "keep", "skip"] as const;
const WORDS = { deleted: "deleted", left: "LEFT", delete: "delete", keep: "keep", skip: "leave" } as const;

/** The same reason is said once. */
function grouped(items: readonly Item[]): Map<string, Item[]> {
  const what = ({ outcome, action }: Item) => outcome ?? action;
  const groups = new Map<string, Item[]>();
  for (const kind of ORDER) {
    for (const item of items.filter((one) => what(one) === kind)) {
      const heading = `${WORDS[kind]}, because ${item.left ?? item.reason}`;
      groups.set(heading, [...(groups.get(heading) ?? []), item]);
    }
  }
  return groups;
}

function itemLines({ path, taken, inside, exclusiveBytes }: Item): string[] {
  const size = exclusiveBytes === undefined ? "" : `  ${shownSize(exclusiveBytes)} of its own`;
  const time = taken?.replace("T", " ").replace("Z", "") ?? "time unknown";
  return [
    `  ${time.padEnd(19)}  ${path}${size}`,
    ...(inside ?? []).map((one) => `  ${"".padEnd(19)}  with ${one} inside of it`),
  ];
}
