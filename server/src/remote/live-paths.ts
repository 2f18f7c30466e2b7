import type { BtrfsMount, Filesystem, HostFilesystems } from "./filesystems.ts";
import type { Mount } from "./mounts.ts";
import type { Subvolume } from "./subvolumes.ts";

/** What has to be known of a host to find places in its filesystems. */
export interface Mounted<One extends Pick<Filesystem, "mounts"> = Pick<Filesystem, "mounts">> {
  readonly mounts: readonly Mount[];
  readonly filesystems: readonly One[];
}

/** Where a path of the running host lies. */
export interface LivePath<One = Filesystem> {
  readonly filesystem: One;
  readonly mount: BtrfsMount;
  /** From the toplevel of the filesystem, without a slash in front. */
  readonly path: string;
}

/** The place of an absolute path in a btrfs filesystem; undefined when something else is mounted there. */
export function livePath<One extends Pick<Filesystem, "mounts">>(
  { mounts, filesystems }: Mounted<One>,
  path: string,
): LivePath<One> | undefined {
  const clean = withoutEndSlash(path);
  const mount = mounts
    .filter(({ mountPoint }) => isAtOrBelow(clean, mountPoint))
    // Of several at one place the last is seen.
    .reduce<Mount | undefined>(
      (best, one) => (best && best.mountPoint.length > one.mountPoint.length ? best : one),
      undefined,
    );
  if (!mount) return undefined;
  for (const filesystem of filesystems) {
    // Of two filesystems that are mounted at one place only the source is another.
    const own = filesystem.mounts.find(
      (one) => one.root === mount.root && one.mountPoint === mount.mountPoint && one.source === mount.source,
    );
    if (!own || mount.type !== "btrfs") continue;
    const rest = clean.slice(mount.mountPoint === "/" ? 0 : mount.mountPoint.length);
    return { filesystem, mount: own, path: `${own.root}${rest}`.split("/").filter(Boolean).join("/") };
  }
  return undefined;
}

/** Why a place is no subvolume though btrfs is mounted there; undefined where another reason has to be found. */
export function whyToplevel<One extends Pick<Filesystem, "mounts">>(
  host: Mounted<One>,
  path: string,
): string | undefined {
  if (!path.startsWith("/") || livePath(host, path)?.path !== "") return undefined;
  return `${path} is the toplevel of its filesystem (subvolid=5), which holds all subvolumes: nothing can take its place, so it is neither rolled back nor kept as a snapshot here. A subvolume of its own would be mounted with subvol=NAME`;
}

/** The filesystem and the subvolume that are mounted at `/`, where that is btrfs. */
export function rootOf(
  host: HostFilesystems,
): { filesystem: Filesystem; subvolume: Subvolume | undefined } | undefined {
  const found = livePath(host, "/");
  if (!found) return undefined;
  const subvolume = found.filesystem.subvolumes.find(({ id }) => id === found.mount.subvolumeId);
  return { filesystem: found.filesystem, subvolume };
}

/** Whether a filesystem shows that its root is thrown away at boot: archived roots, or a blank snapshot. */
export function looksWiped({ subvolumes }: Filesystem): boolean {
  return subvolumes.some(({ path }) => isBaseline(path) || /(?:^|\/)old_roots(?:\/|$)/.test(path));
}

/** Whether a subvolume is, by its name, what a root is made of at boot. */
export function isBaseline(path: string): boolean {
  return /(?:^|\/)[^/]*(?:blank|empty|pristine|baseline)[^/]*$/i.test(path);
}

export function isAtOrBelow(path: string, folder: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}

function withoutEndSlash(path: string): string {
  return path.replace(/\/+/g, "/").replace(/(.)\/$/, "$1");
}
