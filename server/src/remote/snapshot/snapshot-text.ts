import { printableLine } from "../../report/printable.ts";
import type { SnapshotResult } from "./snapshot.ts";

/** The answer of `snapshot` for people. */
export function snapshotText(result: SnapshotResult): string {
  const { done, why, found, snapshots, seconds, started, notInside, notes, by } = result;
  const lines: string[] = [];
  if (!done) lines.push(`${snapshots.length > 0 ? "Not all is well" : "No snapshot was taken"}: ${why ?? ""}.`);
  for (const { of, path } of snapshots) lines.push(`${of} → ${path}`);
  if (done && started !== undefined)
    lines.push(
      `${found ? "Taken by an earlier call" : "Taken"} at ${started} over ${seconds} s, read-only, and verified.`,
    );
  if (done && by === "mounts")
    lines.push("note: Chosen by what is mounted, as no configuration says what is critical.");
  for (const path of notInside) lines.push(`not in the snapshot: ${path}, a subvolume of its own`);
  for (const note of notes) lines.push(`note: ${note}`);
  return `${lines.map(printableLine).join("\n")}\n`;
}
