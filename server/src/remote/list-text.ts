import { printableLine } from "../report/printable.ts";
import type { SnapshotList } from "./list.ts";
import { shownSize } from "./shown-bytes.ts";
import { snapshotName } from "./snapshot-names.ts";

type Snapshot = SnapshotList["snapshots"][number];

/**
 * The answer of `list` for people: one line for each, in the order of creation, the path last, so that what is narrow stays in
 * columns. Of several filesystems each has its own heading.
 */
export function listText({ complete, why, snapshots }: SnapshotList): string {
  const lines: string[] = [];
  if (!complete) lines.push(`${snapshots.length > 0 ? "Others" : "Snapshots"} are unknown, because ${why}.`);
  else if (snapshots.length === 0) lines.push("There are no snapshots.");
  const filesystems = [...new Set(snapshots.map(({ filesystem }) => filesystem))];
  for (const filesystem of filesystems) {
    const own = snapshots.filter((one) => one.filesystem === filesystem);
    if (filesystems.length > 1) lines.push(`Filesystem ${filesystem}:`);
    const hasSizes = own.some(({ exclusiveBytes }) => exclusiveBytes !== undefined);
    lines.push(`${"CREATED (UTC)".padEnd(19)}  KIND       ${hasSizes ? "  OWN SIZE  " : ""}PATH`);
    lines.push(...own.map((one) => row(one, hasSizes)));
  }
  return `${lines.map(printableLine).join("\n")}\n`;
}

function row({ created, named, readOnly, exclusiveBytes, path, of, naming }: Snapshot, hasSizes: boolean): string {
  const time = (created ?? named)?.replace("T", " ").replace("Z", "") ?? "unknown";
  const kind = naming === "old-roots" ? "old root" : readOnly ? "read-only" : "writable";
  const size = exclusiveBytes === undefined ? "" : shownSize(exclusiveBytes);
  const source = of === undefined || isNamedAfter(path, of) ? "" : `  of ${of}`;
  return `${time.padEnd(19)}  ${kind.padEnd(9)}  ${hasSizes ? `${size.padStart(10)}  ` : ""}${path}${source}`;
}

/** Whether the name of a snapshot says already what it is of. */
function isNamedAfter(path: string, of: string): boolean {
  const series = snapshotName(path)?.series.split("/").at(-1);
  return (
    series !== undefined &&
    series ===
      of
        .split("/")
        .at(-1)
        ?.replace(/^@(?=.)/, "")
  );
}
