import type { Host } from "../../host/host.ts";
import { childrenOf, openOf, readBoolean, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** The property of ZFS by which zfstools knows what to take. */
export const AUTO_SNAPSHOT = "com.sun:auto-snapshot";

/** Whether `services.zfs.autoSnapshot` takes snapshots of a dataset. */
export type Taken = "yes" | "no" | "unknown";

/** Whether `services.zfs.autoSnapshot` is on, or may be. */
export function mayAutoSnapshot({ config }: Host): boolean {
  const enabled = readBoolean(config.at("services", "zfs", "autoSnapshot", "enable"));
  return enabled !== undefined && (!enabled.known || enabled.value);
}

/**
 * Whether the timers of `services.zfs.autoSnapshot` take a dataset: they take those that have or inherit the property with
 * the value `true`. "no" is said of datasets of disko's alone, where nothing on the host sets the property otherwise.
 */
export function autoSnapshotTakes(host: Host, dataset: string): Taken {
  if (!mayAutoSnapshot(host)) return "no";
  const [name = "", ...rest] = dataset.split("/");
  const pool = childrenOf(host.config.at("disko", "devices", "zpool")).find((one) => one.name === name);
  if (pool?.certain.answer !== "yes" || host.scripts.some(({ text }) => text.includes(AUTO_SNAPSHOT))) return "unknown";
  const datasets = pool.node.child("datasets");
  const around = rest.map((_, index) => rest.slice(0, rest.length - index).join("/"));
  const own = around.map((path) => childrenOf(datasets).find((one) => one.name === path));
  // One that was made by hand may have been given the property as well.
  if (openOf(datasets) || !own[0] || own.some((one) => one && one.certain.answer !== "yes")) return "unknown";
  const sets = [...own.flatMap((one) => (one ? [one.node.child("options")] : [])), pool.node.child("rootFsOptions")];
  for (const set of sets) {
    const asked = asksBy(set);
    if (asked !== undefined) return asked;
  }
  return "no";
}

/** What the options of one dataset say; undefined where it inherits. */
function asksBy(options: OptionNode): Taken | undefined {
  if (openOf(options)) return "unknown";
  // The property of one of the timers counts for that timer.
  if (options.names().some(({ name }) => name.startsWith(`${AUTO_SNAPSHOT}:`))) return "unknown";
  const value = readString(options.child(AUTO_SNAPSHOT));
  if (value === undefined) return undefined;
  return !value.known ? "unknown" : value.value === "true" ? "yes" : "no";
}
