import type { Change } from "../../btrfs/changes.ts";
import type { ManifestEntry } from "../../btrfs/manifest.ts";
import type { Mount } from "../mounts.ts";
import type { Subvolume } from "../subvolumes.ts";
import { isArchived } from "./baseline.ts";
import type { RowChange } from "./row-change.ts";

/**
 * The root of the boot before this one: the newest among the archived, by the order of creation whatever the clock said.
 * Archived are those below `old_roots`, and writable ones that were made of the same snapshot as the root and are mounted
 * nowhere.
 */
export function newestArchive(
  rootId: number,
  subvolumes: readonly Subvolume[],
  mounts: readonly Mount[],
): Subvolume | undefined {
  const root = subvolumes.find(({ id }) => id === rootId);
  const mounted = new Set(
    mounts.flatMap(({ type, root: path }) => (type === "btrfs" ? [path.replace(/^\//, "")] : [])),
  );
  const isTwin = ({ readOnly, parentUuid, path }: Subvolume) =>
    !readOnly && parentUuid !== undefined && parentUuid === root?.parentUuid && !mounted.has(path);
  return subvolumes
    .filter((one) => one.id !== rootId && (isArchived(one.path) || isTwin(one)))
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
