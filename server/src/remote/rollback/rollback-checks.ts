import type { FactsJson } from "../../report/schema.ts";
import { nestedIn } from "../filesystems.ts";
import { type Found, isWhole, mountPointsOf } from "../find-subvolume.ts";
import { looksWiped } from "../live-paths.ts";
import { snapshotName } from "../snapshot-names.ts";
import { isSnapshotOf } from "../subvolume-family.ts";
import type { Obstacles } from "./rollback-steps.ts";
import { ROLLBACK_FOLDER } from "./rollbacks.ts";

/** What was asked for, found on the host. */
export interface RollbackOrder {
  readonly subvolume: Found;
  /** Undefined for an undo, which needs none. */
  readonly snapshot: Found | undefined;
  readonly unrelated: boolean;
  readonly atNextBoot: boolean;
  readonly stop: readonly string[];
}

/** Seconds that the clock may be set back between the initrd and now. */
const CLOCK_SLACK = 300;

/** Why a rollback is not to be tried, by what the host holds; undefined when nothing speaks against it. */
export function whyNotOrder(order: RollbackOrder): string | undefined {
  const { subvolume: found, snapshot, unrelated } = order;
  const { filesystem, subvolume } = found;
  if (subvolume.uuid === undefined) return `${subvolume.path} has no uuid; it comes from a very old kernel`;
  if (subvolume.path.startsWith(`${ROLLBACK_FOLDER}/`))
    return `${subvolume.path} is what a rollback keeps; where that is still mounted, restart the host first, or undo it`;
  if (filesystem.readOnly)
    return "the filesystem is read-only; the kernel does that after errors, and dmesg on the host says which";
  if (subvolume.readOnly && snapshotName(subvolume.path)) return `${subvolume.path} is a snapshot itself`;
  const places = mountPointsOf(found);
  if (places.some((path) => path === "/nix" || path === "/nix/store"))
    return "the running system is in it; go back to an older generation of NixOS instead";
  const nested = nestedIn(subvolume, filesystem.subvolumes);
  if (nested.length > 0) {
    const names = nested.slice(0, 8).map(({ path }) => path);
    return `there are subvolumes inside of it, which no snapshot holds: ${names.join(", ")}${nested.length > 8 ? ", …" : ""}. Move or delete them first, or bring back single paths with “remote restore”`;
  }
  if (!snapshot) return undefined;
  if (snapshot.subvolume.uuid === undefined) return `${snapshot.subvolume.path} has no uuid`;
  if (snapshot.filesystem !== filesystem)
    return `${snapshot.subvolume.path} is on another filesystem than ${subvolume.path}; bring back paths with “remote restore”`;
  if (snapshot.subvolume.id === subvolume.id) return "a subvolume cannot be rolled back to itself";
  if (!unrelated && !isSnapshotOf(snapshot.subvolume, subvolume, filesystem.subvolumes))
    return `nothing shows that ${snapshot.subvolume.path} is a snapshot of ${subvolume.path}; --unrelated takes it all the same`;
  return undefined;
}

/** Why not, by what uses the subvolume, how it is mounted, and what the boot does to it. */
export function whyNotNow(
  order: RollbackOrder,
  obstacles: Obstacles,
  facts: FactsJson | undefined,
): string | undefined {
  const { subvolume: found, atNextBoot, stop } = order;
  const { subvolume, filesystem } = found;
  const byId = obstacles.mountedById.filter(({ id }) => id === subvolume.id);
  if (byId.some((one) => one.filesystem === undefined || one.filesystem === filesystem.uuid))
    return `/etc/fstab mounts it by its number (subvolid=${subvolume.id}), so the next boot would mount the old data. Mount it by subvol= first`;
  if (obstacles.defaultId === subvolume.id)
    return "it is the default subvolume of the filesystem, which is found by its number. Set another default first (btrfs subvolume set-default)";
  if (mountPointsOf(found).includes("/")) return whyNotRoot(order, obstacles, facts);
  const missing = obstacles.units.find(({ loaded }) => loaded !== "loaded");
  if (missing) return `there is no unit ${missing.name} on the host`;
  if (atNextBoot) return undefined;
  const folders = filesystem.mounts.filter((mount) => mount.subvolumeId === subvolume.id && !isWhole(mount));
  if (folders.length > 0) {
    const names = folders.slice(0, 6).map(({ mountPoint }) => mountPoint);
    return `folders of it are mounted elsewhere (${names.join(", ")}${folders.length > 6 ? ", …" : ""}), so it cannot be mounted anew while the host runs. --at-next-boot exchanges it now, and a reboot brings it into use; “remote restore” brings back single paths`;
  }
  if (obstacles.usedBy.length > 0 && stop.length === 0)
    return `it is in use by ${usersInWords(obstacles.usedBy)}. Stop the units meanwhile with --stop, or use --at-next-boot`;
  return undefined;
}

/** A root is rolled back only where nothing throws it away. */
function whyNotRoot(
  { subvolume: { subvolume, filesystem }, atNextBoot }: RollbackOrder,
  { rootCreated, booted }: Obstacles,
  facts: FactsJson | undefined,
): string | undefined {
  const instead = "Bring back what is missing with “remote restore”, into a place that is kept";
  const kind = facts?.ephemeralRoot.kind;
  if (kind !== undefined && kind !== "none" && kind !== "unknown")
    return `by the configuration, the next boot throws this root away, and the rollback with it. ${instead}`;
  if (looksWiped(filesystem))
    return `the host has a blank snapshot or archived roots, so the next boot throws this root away, and the rollback with it. ${instead}`;
  if (rootCreated === undefined || booted === undefined || rootCreated >= booted - CLOCK_SLACK)
    return `whether the next boot throws this root away cannot be told: nothing shows that ${subvolume.path} is older than this boot. ${instead}`;
  return atNextBoot ? undefined : "it is the root of the running system; --at-next-boot exchanges it for the next boot";
}

export function usersInWords(users: Obstacles["usedBy"]): string {
  const names = users.map(({ pid, name, unit }) => `${unit ?? name} (${unit ? `${name}, ` : ""}process ${pid})`);
  return `${names.slice(0, 6).join(", ")}${names.length > 6 ? `, and ${names.length - 6} more` : ""}`;
}
