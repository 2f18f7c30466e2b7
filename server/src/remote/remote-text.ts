import { printable } from "../report/printable.ts";
import type { SnapshotList } from "./list.ts";
import type { HostStatus } from "./status.ts";

/** A clock that is off by more than this many seconds is named. */
const CLOCK_SLACK = 300;
const WIPED = { yes: "wiped at this boot", no: "NOT WIPED at this boot", unknown: "cannot tell whether it was wiped" };

/** The answer of `status` for people. */
export function statusText(status: HostStatus): string {
  const { host, user, asRoot, root, wipe, nestedInRoot, space, clockAheadSeconds } = status;
  const lines = [`${host}, as ${user}${asRoot ? "" : " (not root: parts are unknown)"}`];
  lines.push(`root: ${root ? `${root.type} ${root.root} on ${root.source}` : "unknown"}`);
  lines.push(`wipe: ${WIPED[wipe.atThisBoot]}, because ${wipe.reason}`);
  if (status.unknownSubvolumes) lines.push(`subvolumes: unknown, because ${status.unknownSubvolumes}`);
  for (const path of nestedInRoot) lines.push(`blocks the wipe: the subvolume ${path} is inside the root`);
  if (space) lines.push(`space: ${gibibytes(space.freeBytes)} free of ${gibibytes(space.totalBytes)}`);
  if (status.lastScrub) lines.push(`last scrub: ${status.lastScrub}`);
  if (Math.abs(clockAheadSeconds) > CLOCK_SLACK) lines.push(`clock: ${clockAheadSeconds} s ahead of this computer's`);
  if (!status.nixos) lines.push("note: this is not NixOS");
  return `${lines.map(shownLine).join("\n")}\n`;
}

/** The answer of `list` for people. */
export function listText({ complete, why, snapshots }: SnapshotList): string {
  if (!complete) return `${shownLine(`Snapshots are unknown, because ${why}.`)}\n`;
  if (snapshots.length === 0) return "There are no snapshots.\n";
  return snapshots
    .map(({ path, created, readOnly, of, exclusiveBytes }) => {
      const size = exclusiveBytes === undefined ? "" : `, ${gibibytes(exclusiveBytes)} of its own`;
      const kind = `${readOnly ? "read-only" : "writable"}${of === undefined ? "" : `, of ${of}`}${size}`;
      return `${shownLine(`${created ?? "time unknown"}  ${path}  (${kind})`)}\n`;
    })
    .join("");
}

/** One line whatever a name holds. */
function shownLine(line: string): string {
  return printable(line.replaceAll("\n", "<U+000A>"));
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
