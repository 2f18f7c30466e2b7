import type { FactsJson } from "../../report/schema.ts";
import type { Filesystem, HostFilesystems } from "../filesystems.ts";
import { isAtOrBelow, isBaseline, livePath, looksWiped, rootOf, whyToplevel } from "../live-paths.ts";
import type { Mount } from "../mounts.ts";
import { snapshotName } from "../snapshot-names.ts";
import type { Subvolume } from "../subvolumes.ts";

/** A subvolume that a snapshot is to be taken of. */
export interface Chosen {
  readonly filesystem: Filesystem;
  readonly subvolume: Subvolume;
}

export type Choice =
  | {
      readonly ok: true;
      readonly chosen: readonly Chosen[];
      readonly by: "named" | "configuration" | "mounts";
      /** What should have been chosen and could not be, in sentences. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly why: string };

/**
 * The subvolumes with the words of a person: a mount point (`/persist`), or a path from the toplevel of a filesystem
 * (`@persist`). One word that is none of them refuses all.
 */
export function namedSubvolumes(host: HostFilesystems, names: readonly string[]): Choice {
  const chosen: Chosen[] = [];
  for (const name of names) {
    const found = named(host, name);
    if (found.length === 0)
      return {
        ok: false,
        why: whyToplevel(host, name) ?? `${name} is no subvolume of the host. ${whatThereIs(host)}`,
      };
    if (found.length > 1)
      return {
        ok: false,
        why: `there is a subvolume ${name} in ${found.length} filesystems; name where it is mounted`,
      };
    chosen.push(...found);
  }
  const readOnly = chosen.find(({ subvolume }) => subvolume.readOnly && snapshotName(subvolume.path));
  if (readOnly) return { ok: false, why: `${readOnly.subvolume.path} is a snapshot itself` };
  return { ok: true, by: "named", chosen: unique(chosen), notes: [] };
}

function named(host: HostFilesystems, name: string): Chosen[] {
  if (name.startsWith("/")) {
    const live = livePath(host, name);
    if (!live) return [];
    const { filesystem, path, mount } = live;
    const subvolume = filesystem.subvolumes.find((one) => one.path === path);
    // What is mounted there counts, also when its path has changed since.
    const mounted = filesystem.subvolumes.find(({ id }) => id === mount.subvolumeId);
    if (subvolume) return [{ filesystem, subvolume }];
    const isMountPoint =
      mount.mountPoint === name.replace(/(.)\/+$/, "$1") && mounted && `/${mounted.path}` === mount.root;
    return isMountPoint ? [{ filesystem, subvolume: mounted }] : [];
  }
  const path = name.replace(/\/+$/, "");
  return host.filesystems.flatMap((filesystem) =>
    filesystem.subvolumes.filter((one) => one.path === path).map((subvolume) => ({ filesystem, subvolume })),
  );
}

function whatThereIs({ filesystems }: HostFilesystems): string {
  const all = filesystems.flatMap(({ subvolumes }) => subvolumes.filter(({ path }) => !snapshotName(path)));
  const shown = all.slice(0, 12).map(({ path }) => path);
  return `Subvolumes are: ${shown.join(", ")}${all.length > shown.length ? ", …" : ""}`;
}

/** The id of what holds all subvolumes of a filesystem. */
const TOPLEVEL = 5;
/** Paths in one sentence. */
const MOST_NAMED = 5;
/** Mounts whose loss costs time and no data, and those that are no data of their own. */
const REPLACEABLE =
  /^\/(?:nix|boot|tmp|swap|efi|var\/(?:tmp|cache|log|swap)|(?:\.|var\/)?snapshots?|mnt|run|btrfs[^/]*)(?:\/|$)/;
const NOT_DATA = /(?:^|\/)[@_.]*(?:swap|snapshots?|old_roots)(?:\/|$)/;

/**
 * The subvolumes that hold what has to survive: by the configuration, those below its stores, the surviving state of its
 * services and its other filesystems; without one, by what is mounted.
 */
export function criticalSubvolumes(host: HostFilesystems, facts: FactsJson | undefined): Choice {
  const root = rootOf(host);
  const skipsRoot = root === undefined || looksWiped(root.filesystem) || isWiped(facts);
  // Ids count within one filesystem: the first subvolume of each has the same.
  const isCritical = ({ filesystem, subvolume }: Chosen) =>
    !(skipsRoot && filesystem === root?.filesystem && subvolume.id === root.subvolume?.id) &&
    !NOT_DATA.test(subvolume.path) &&
    !isBaseline(subvolume.path);
  const notes = host.hidden.map((why) => `${why}: nothing of that filesystem is in a snapshot.`);
  const lost: string[] = [];
  const chosen = (facts ? pathsOf(facts) : mountPoints(host)).flatMap((path): Chosen[] => {
    const live = livePath(host, path);
    const subvolume = live?.filesystem.subvolumes.find(({ id }) => id === live.mount.subvolumeId);
    if (facts && skipsRoot && live && live.mount.mountPoint === "/" && !lost.includes(path)) lost.push(path);
    if (live && subvolume) return [{ filesystem: live.filesystem, subvolume }].filter(isCritical);
    if (
      live?.mount.subvolumeId === TOPLEVEL &&
      live.mount.mountPoint !== "/" &&
      isAtOrBelow(path, live.mount.mountPoint)
    )
      notes.push(`${path} is on the toplevel of its filesystem, of which no snapshot is taken: it is in none.`);
    if (facts && !live && facts.stores.some((store) => store.path === path))
      notes.push(
        `${path} is not on ${host.hidden.length > 0 ? "a btrfs that can be looked into" : "btrfs"} on the running host, so there is no snapshot of it.`,
      );
    return [];
  });
  const others = otherDisks(host, facts);
  if (others.length > 0) notes.push(`Not on btrfs, and so in no snapshot: ${others.join(", ")}.`);
  if (lost.length > 0) {
    const some = `${lost.slice(0, MOST_NAMED).join(", ")}${lost.length > MOST_NAMED ? ` and ${lost.length - MOST_NAMED} more` : ""}`;
    notes.push(
      `By the configuration ${some} should survive, but on the running host nothing is mounted there: it is on the root, which is wiped, and in no snapshot.`,
    );
  }
  if (chosen.length === 0) {
    const by = facts ? "what the configuration keeps" : "what is mounted";
    return { ok: false, why: `no subvolume is critical by ${by}; name the ones that are. ${whatThereIs(host)}` };
  }
  return { ok: true, by: facts ? "configuration" : "mounts", chosen: dataFirst(unique(chosen)), notes };
}

/** Filesystems of disks of which btrfs takes no snapshot. */
const OTHER_DISKS = /^(?:ext[234]|xfs|f2fs|zfs|bcachefs|ntfs3?|exfat|fuseblk)$/;

/** Where they are mounted first, with data of their own; of stores it is said anyway. */
function otherDisks({ mounts }: HostFilesystems, facts: FactsJson | undefined): string[] {
  const said = new Set([...(isWiped(facts) ? ["/"] : []), ...(facts?.stores ?? []).map(({ path }) => path)]);
  const first = new Map<string, Mount>();
  for (const mount of mounts)
    if (OTHER_DISKS.test(mount.type) && !REPLACEABLE.test(mount.mountPoint) && !first.has(mount.source))
      first.set(mount.source, mount);
  return [...first.values()].flatMap(({ mountPoint, type }) => (said.has(mountPoint) ? [] : `${mountPoint} (${type})`));
}

function isWiped(facts: FactsJson | undefined): boolean {
  return facts !== undefined && facts.ephemeralRoot.kind !== "none" && facts.ephemeralRoot.kind !== "unknown";
}

function pathsOf(facts: FactsJson): string[] {
  const stores = facts.stores.flatMap(({ path }) => path ?? []);
  const state = facts.services
    .filter(({ enabled }) => enabled !== "no")
    .flatMap((service) => service.state.filter(({ kind, fate }) => kind === "state" && fate === "yes"))
    .map(({ path }) => path);
  const mounts = Object.entries(facts.fileSystems).filter(
    ([path, { certainty, fsType }]) =>
      certainty !== "no" && (fsType === "btrfs" || fsType === null) && path !== "/" && !REPLACEABLE.test(path),
  );
  return [...stores, ...state, ...mounts.map(([path]) => path)];
}

function mountPoints({ filesystems }: HostFilesystems): string[] {
  return filesystems
    .flatMap(({ mounts }) => mounts.map(({ mountPoint }) => mountPoint))
    .filter((path) => path === "/" || !REPLACEABLE.test(path));
}

function unique(chosen: readonly Chosen[]): Chosen[] {
  return chosen.filter(
    (one, index) =>
      chosen.findIndex((other) => other.filesystem === one.filesystem && other.subvolume.id === one.subvolume.id) ===
      index,
  );
}

/** Snapshots are not taken at one moment: the root last, so that what points to data is not newer than the data. */
function dataFirst(chosen: readonly Chosen[]): Chosen[] {
  const isRoot = ({ filesystem, subvolume }: Chosen) =>
    filesystem.mounts.some(({ mountPoint, subvolumeId }) => mountPoint === "/" && subvolumeId === subvolume.id);
  return [...chosen.filter((one) => !isRoot(one)), ...chosen.filter(isRoot)];
}

/** Whether a folder of the host is one that a wipe empties, by what is there or by the configuration. */
export function isOnWipedRoot(
  host: HostFilesystems,
  filesystem: Filesystem,
  path: string,
  facts: FactsJson | undefined,
): boolean {
  const root = rootOf(host);
  if (root?.filesystem !== filesystem || !root.subvolume) return false;
  if (!looksWiped(filesystem) && !isWiped(facts)) return false;
  return isAtOrBelow(path, root.subvolume.path);
}
