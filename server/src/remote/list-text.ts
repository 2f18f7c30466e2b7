import { printableLine } from "../report/printable.ts";
import type { SnapshotList } from "./list.ts";
import { gibibytes } from "./shown-bytes.ts";

/** The answer of `list` for people. */
export function listText({ complete, why, snapshots }: SnapshotList): string {
  if (!complete) return `${printableLine(`Snapshots are unknown, because ${why}.`)}\n`;
  if (snapshots.length === 0) return "There are no snapshots.\n";
  return snapshots
    .map(({ path, created, readOnly, of, exclusiveBytes }) => {
      const size = exclusiveBytes === undefined ? "" : `, ${gibibytes(exclusiveBytes)} of its own`;
      const kind = `${readOnly ? "read-only" : "writable"}${of === undefined ? "" : `, of ${of}`}${size}`;
      return `${printableLine(`${created ?? "time unknown"}  ${path}  (${kind})`)}\n`;
    })
    .join("");
}
