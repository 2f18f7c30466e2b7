import type { Host, SnapshotJob } from "../../host/host.ts";
import { isNamed, readBoolean, readString } from "../../host/read-values.ts";

/** Whether sanoid takes snapshots of a dataset by this policy: its own, or that of one above it that is recursive. */
export function isTakenBySanoid(host: Host, { tool, name, node }: SnapshotJob, dataset: string): boolean {
  if (tool !== "sanoid") return false;
  if (name === dataset) return true;
  if (!dataset.startsWith(`${name}/`)) return false;
  const recursive = node.child("recursive");
  const word = readString(recursive);
  // ZFS itself takes all that is below, whatever sanoid is told of it.
  if (word?.known && word.value === "zfs") return true;
  const flag = readBoolean(recursive);
  // A policy of its own counts in place of the one above, and may take none.
  const hasOwn = isNamed(host.config.at("services", "sanoid", "datasets"), dataset);
  return flag?.known === true && flag.value && !hasOwn;
}
