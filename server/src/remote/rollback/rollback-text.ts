import { printableLine } from "../../report/printable.ts";
import { asTyped, type OptionWords } from "../option-words.ts";
import type { RollbackResult } from "./rollback-schema.ts";
import type { RollbackEntry } from "./rollbacks.ts";

/** The answer of `rollback` for people. */
export function rollbackText(result: RollbackResult, say: OptionWords = asTyped): string {
  const { done, why, did, id, pending, rollbacks, notes } = result;
  const lines: string[] = [];
  if (!done) lines.push(`${did === undefined ? "Not done" : "Done, but not well"}: ${why ?? ""}.`);
  if (did === "rolled-back")
    lines.push(say(`Rolled back. --undo ${id} takes it back, --discard ${id} deletes what was there.`));
  if (did === "undone")
    lines.push(say(`Undone. --undo ${id} does it again, --discard ${id} deletes what is not in use.`));
  if (did === "discarded") lines.push(`Deleted what ${id} kept.`);
  if (did === "repaired") lines.push("Nothing is half done.");
  for (const path of pending) lines.push(`${path} shows the old data until the host is restarted.`);
  if (did === "listed" || did === "repaired" || !done) lines.push(...rollbacks.map(entryLine));
  if (did === "listed" && rollbacks.length === 0) lines.push("There are no rollbacks.");
  return `${[...lines, ...notes.map((note) => `note: ${note}`)].map(printableLine).join("\n")}\n`;
}

function entryLine({ id, path, from, state, made, pending }: RollbackEntry): string {
  const more = pending.length > 0 ? `, still old at ${pending.join(", ")}` : "";
  return `${made ?? "time unknown"}  ${id}  ${path} from ${from} (${state}${more})`;
}
