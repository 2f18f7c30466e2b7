import { printableLine } from "../report/printable.ts";
import { CLOCK_SLACK, clockWords } from "./clock-words.ts";
import { gibibytes } from "./shown-bytes.ts";
import type { HostStatus } from "./status.ts";

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
  for (const uuid of status.missingDevices ?? [])
    lines.push(`devices: the filesystem ${uuid} lacks one: what is written now has a copy less, until it is replaced`);
  const { snapshots, configuration } = status;
  for (const { path, from, state, pending } of status.unfinishedRollbacks ?? []) {
    if (pending.length > 0)
      lines.push(
        `rollback: ${pending.join(", ")} still shows the data from before the rollback of ${path}: mount it anew, or restart the host`,
      );
    else
      lines.push(
        `rollback: that of ${path}${state === "half-done" ? ` to ${from}` : ""} was interrupted; remote rollback --repair brings it to an end`,
      );
  }
  if (snapshots) {
    const { count, oldest, newest } = snapshots;
    const times = oldest === undefined ? "" : oldest === newest ? `, of ${oldest}` : `, from ${oldest} to ${newest}`;
    lines.push(`snapshots: ${count}${times}`);
  }
  if (status.lastScrub) lines.push(`last scrub: ${status.lastScrub}`);
  if (Math.abs(clockAheadSeconds) > CLOCK_SLACK) lines.push(`clock: ${clockWords(clockAheadSeconds)} this computer's`);
  if (!status.nixos) lines.push("note: this is not NixOS");
  const subvolumes = status.mounts.filter(({ type }) => type === "btrfs" || type === "bcachefs");
  if (subvolumes.length > 1)
    lines.push(`mounted: ${subvolumes.map(({ mountPoint, root: from }) => `${mountPoint} (${from})`).join(", ")}`);
  if (configuration) {
    const { host: name, drift, unknown } = configuration;
    const differences =
      drift.length === 0 ? "no difference" : `${drift.length} difference${drift.length === 1 ? "" : "s"}`;
    lines.push(`compared with the configuration of ${name}: ${differences}`);
    for (const { severity, text } of drift) lines.push(`  ${severity}: ${text}`);
    for (const why of unknown) lines.push(`  not known: ${why}`);
  }
  return `${lines.map(printableLine).join("\n")}\n`;
}
