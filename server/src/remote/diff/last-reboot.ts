import type { Change } from "../../btrfs/changes.ts";
import type { ManifestEntry } from "../../btrfs/manifest.ts";
import type { Subvolume } from "../subvolumes.ts";
import type { RowChange } from "./comparison.ts";

/** The root of the boot before this one: the newest in old_roots, by the order of creation whatever the clock said. */
export function newestArchive(rootId: number, subvolumes: readonly Subvolume[]): Subvolume | undefined {
  return subvolumes
    .filter(({ id, path }) => id !== rootId && /(?:^|\/)old_roots\/[^/]+$/.test(path))
    .reduce<Subvolume | undefined>(
      (best, one) => (best && best.createdGeneration >= one.createdGeneration ? best : one),
      undefined,
    );
}

/**
 * What of an archived root is gone. `running` is the root of today: what is there too was made again; with another
 * size or target it is shown, as the old content may have been worth something.
 */
export function lostOf(changes: readonly Change[], running: readonly ManifestEntry[]): RowChange[] {
  const today = new Map(running.map((entry) => [entry.path, entry]));
  return changes.flatMap((change): RowChange[] => {
    // What the archived root lacks of its baseline, no reboot took away.
    if (change.change === "deleted") return [];
    const again = today.get(change.path);
    const lost = { ...change, change: again ? ("modified" as const) : ("deleted" as const) };
    if (!again) return [lost];
    const same = again.type === change.type && (again.type !== "file" || again.size === change.size);
    return [same && (again.type !== "symlink" || again.target === change.target) ? { ...lost, filter: "again" } : lost];
  });
}
