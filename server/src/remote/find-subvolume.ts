import type { BtrfsMount, Filesystem } from "./filesystems.ts";
import { livePath, type Mounted, whyToplevel } from "./live-paths.ts";
import { snapshotName } from "./snapshot-names.ts";
import { relatives } from "./subvolume-family.ts";
import type { Subvolume } from "./subvolumes.ts";

/** What is searched for subvolumes. */
type Searched = Pick<Filesystem, "mounts" | "subvolumes">;

/** A subvolume, and where it is. */
export interface Found<One extends Searched = Filesystem> {
  readonly filesystem: One;
  readonly subvolume: Subvolume;
}

export type FindResult<One extends Searched = Filesystem> =
  | { readonly ok: true; readonly found: Found<One> }
  | { readonly ok: false; readonly why: string };

/**
 * The one subvolume that a person means by a uuid, a path from the toplevel, a path of the running host, a mount point, or
 * the last parts of a path.
 */
export function findSubvolume<One extends Searched>(host: Mounted<One>, name: string): FindResult<One> {
  const all = host.filesystems.flatMap((filesystem) =>
    filesystem.subvolumes.map((subvolume) => ({ filesystem, subvolume })),
  );
  const path = name.replace(/(.)\/+$/, "$1");
  const live = path.startsWith("/") ? livePath(host, path) : undefined;
  const tries: readonly ((one: Found<One>) => boolean)[] = [
    ({ subvolume }) => subvolume.uuid === name,
    ({ subvolume }) => subvolume.path === path,
    ({ filesystem, subvolume }) => filesystem === live?.filesystem && subvolume.path === live.path,
    ({ filesystem, subvolume }) => filesystem === live?.filesystem && isMountedAt(live.mount, subvolume, path),
    ({ subvolume }) => `/${subvolume.path}` === path,
    ({ subvolume }) => `/${subvolume.path}`.endsWith(`/${path}`),
  ];
  for (const matches of tries) {
    const found = all.filter(matches);
    if (found.length === 1) return { ok: true, found: found[0] as Found<One> };
    if (found.length > 1) {
      const which = found.slice(0, 8).map(({ subvolume: { path, uuid } }) => `${path} (${uuid})`);
      return { ok: false, why: `${name} can be ${which.join(" or ")}; name the one that you mean by its uuid` };
    }
  }
  const why = whyToplevel(host, path);
  if (why !== undefined) return { ok: false, why };
  return { ok: false, why: `there is no subvolume or snapshot ${name} on the host; “remote list” shows what there is` };
}

function isMountedAt(mount: BtrfsMount, subvolume: Subvolume, mountPoint: string): boolean {
  return mount.mountPoint === mountPoint && mount.subvolumeId === subvolume.id && isWhole(mount);
}

/** Whether a mount shows a subvolume from its top, and not a folder in it. */
export function isWhole({ root, options }: BtrfsMount): boolean {
  return options.includes(`subvol=${root}`);
}

/** Where the subvolume is mounted from its top, the shortest path first. */
export function mountPointsOf({ filesystem, subvolume }: Found): string[] {
  return filesystem.mounts
    .filter((mount) => mount.subvolumeId === subvolume.id && isWhole(mount))
    .map(({ mountPoint }) => mountPoint)
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

/** Where a subvolume that is not mounted itself is seen, inside of another one that is. */
function placesInside({ filesystem, subvolume }: Found, host: Mounted<Filesystem>): string[] {
  return filesystem.mounts.flatMap(({ root, mountPoint }) => {
    const [top, at] = [root, mountPoint].map((path) => (path === "/" ? "" : path)) as [string, string];
    if (!`/${subvolume.path}`.startsWith(`${top}/`)) return [];
    const place = `${at}${`/${subvolume.path}`.slice(top.length)}`;
    const live = livePath(host, place);
    return live?.filesystem === filesystem && live.path === subvolume.path ? [place] : [];
  });
}

/**
 * The folder of the running host that the top of a snapshot stands for: where the subvolume is mounted that it was taken
 * of. When that one is gone, as with archived roots, where one of its relatives is mounted; and for what came from another
 * filesystem, by the name. Last, where that subvolume is seen inside of another one.
 */
export function baseOf(
  snapshot: Found,
  host: Mounted<Filesystem>,
): { readonly base: string } | { readonly candidates: readonly string[] } {
  const { filesystem, subvolume } = snapshot;
  const others = filesystem.subvolumes.filter(({ id }) => id !== subvolume.id);
  const source = others.filter(({ uuid }) => uuid !== undefined && uuid === subvolume.parentUuid);
  const related = relatives(subvolume, filesystem.subvolumes);
  const name = nameWithoutTime(subvolume.path);
  const named = others.filter(({ path }) => name !== undefined && plainName(path) === name);
  const mounted = [source, others.filter(({ id }) => related.has(id)), named].map((family) =>
    family.flatMap((one) => mountPointsOf({ filesystem, subvolume: one }).slice(0, 1)),
  );
  const inside = source.flatMap((one) => (one.readOnly ? [] : placesInside({ filesystem, subvolume: one }, host)));
  for (const candidates of [...mounted, inside]) {
    if (candidates.length === 1) return { base: candidates[0] as string };
    if (candidates.length > 1) return { candidates };
  }
  return { candidates: [] };
}

function nameWithoutTime(path: string): string | undefined {
  const name = snapshotName(path);
  if (name?.naming !== "timestamp" && name?.naming !== "btrbk") return undefined;
  return plainName(name.series);
}

function plainName(path: string): string | undefined {
  return path
    .split("/")
    .at(-1)
    ?.replace(/^@(?=.)/, "");
}
