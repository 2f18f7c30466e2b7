import { printableLine } from "../../report/printable.ts";
import type { RestoreResult } from "./restore-schema.ts";

/** The answer of `restore` for people. */
export function restoreText({ done, why, items, notes }: RestoreResult): string {
  const lines = items.map(({ path, restored, kept, why: reason }) => {
    if (restored) return `restored ${path}${kept === undefined ? "" : `; what was there is ${kept}`}`;
    return `not restored: ${path}${reason === undefined ? "" : `, because ${reason}`}`;
  });
  if (why !== undefined) lines.push(done ? `Nothing to do: ${why}.` : `Not restored: ${why}.`);
  return `${[...lines, ...notes.map((note) => `note: ${note}`)].map(printableLine).join("\n")}\n`;
}
