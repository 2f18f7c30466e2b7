import { printableLine } from "../../report/printable.ts";
import { gibibytes } from "../shown-bytes.ts";
import type { GcResult } from "./gc.ts";

type Item = GcResult["items"][number];
const WORDS = { delete: "delete", keep: "keep  ", skip: "leave " } as const;

/** The answer of `gc` for people: every snapshot with what becomes of it, and why. */
export function gcText({ done, why, policy, policyFrom, applied, plan, items, notes }: GcResult): string {
  const lines: string[] = [];
  if (policy !== undefined)
    lines.push(`Kept: ${policy} (${policyFrom === "option" ? "as --keep says" : "by the configuration"}).`);
  for (const item of items) lines.push(...itemLines(item));
  const doomed = items.filter(({ action }) => action === "delete");
  if (!done) lines.push(`${applied ? "Not all was deleted" : "Nothing was deleted"}: ${why ?? ""}.`);
  else if (applied) lines.push(`Deleted ${doomed.length}.`);
  else if (doomed.length === 0) lines.push("There is nothing to delete.");
  else lines.push(`${doomed.length} to delete. Nothing was deleted: --apply does it (plan ${plan}).`);
  for (const note of notes) lines.push(`note: ${note}`);
  return `${lines.map(printableLine).join("\n")}\n`;
}

function itemLines({ path, action, reason, taken, inside, exclusiveBytes, outcome, left }: Item): string[] {
  const word = outcome === "deleted" ? "deleted" : outcome === "left" ? "left  " : WORDS[action];
  const size = exclusiveBytes === undefined ? "" : `, ${gibibytes(exclusiveBytes)} of its own`;
  return [
    `${word}  ${taken ?? "time unknown        "}  ${path}${size}: ${left ?? reason}`,
    ...(inside ?? []).map((one) => `        with ${one}, which is inside of it`),
  ];
}
