import * as z from "zod";
import { isAtOrBelow } from "../host/paths.ts";
import { shown } from "./outputs.ts";

export const mountSchema = z.object({
  mountPoint: z.string(),
  /** Path inside the filesystem that is mounted there: of a subvolume, or of a folder (a bind mount). */
  root: z.string(),
  type: z.string(),
  source: z.string(),
  options: z.array(z.string()),
});
export type Mount = z.infer<typeof mountSchema>;

/** Lines of /proc/self/mountinfo; see proc_pid_mountinfo(5). Lines of another form are left out. */
export function readMounts(text: string): Mount[] {
  return text.split("\n").flatMap((line): Mount[] => {
    const words = line.split(" ");
    const dash = words.indexOf("-", 6);
    const [root, mountPoint, own] = words.slice(3, 6);
    const [type, source, shared = ""] = dash < 0 ? [] : words.slice(dash + 1);
    if (root === undefined || mountPoint === undefined || own === undefined || !type || source === undefined) return [];
    const all = [...own.split(","), ...optionsOf(type, shared)];
    const options = [...new Set(all)].filter(Boolean).map(unescaped);
    return [{ mountPoint: unescaped(mountPoint), root: unescaped(root), type, source: unescaped(source), options }];
  });
}

/** The options of a filesystem. That of btrfs ends with the path of the subvolume, which may hold commas. */
function optionsOf(type: string, text: string): string[] {
  const at = type === "btrfs" ? text.indexOf(",subvol=") : -1;
  return at < 0 ? text.split(",") : [...text.slice(0, at).split(","), text.slice(at + 1)];
}

/** Whether a filesystem has snapshots of a kind that this program does not look at. */
export function hasOtherSnapshots({ type }: Mount): boolean {
  return /^(?:zfs|bcachefs)$/.test(type);
}

/** The mount that one sees at a path: the last one. */
export function mountAt(mounts: readonly Mount[], path: string): Mount | undefined {
  return mounts.findLast(({ mountPoint }) => mountPoint === path);
}

/** The mount that a path lies in: of several at one place the last is seen. */
export function mountAround(mounts: readonly Mount[], path: string): Mount | undefined {
  let best: Mount | undefined;
  for (const mount of mounts) {
    if (!isAtOrBelow(path, mount.mountPoint)) continue;
    if (!best || mount.mountPoint.length >= best.mountPoint.length) best = mount;
  }
  return best;
}

/** The other places that show what is at a path, or a part of it, by a bind mount. */
export function boundFrom(mounts: readonly Mount[], path: string): string[] {
  const around = mountAround(mounts, path);
  if (around === undefined || NAMELESS.test(around.type) || around.mountPoint === path) return [];
  const inside = around.mountPoint === "/" ? path : path.slice(around.mountPoint.length);
  const place = `${around.root === "/" ? "" : around.root}${inside}`;
  return mounts
    .filter((mount) => mount.type === around.type && mount.source === around.source && isAtOrBelow(mount.root, place))
    .map(({ mountPoint }) => mountPoint);
}

/** Filesystems of which many may have the same source. */
const NAMELESS = /^(?:tmpfs|ramfs|overlay)$/;

/**
 * Whether a mount shows a folder of the root filesystem itself, as a bind mount of it does: what is in it goes with the root.
 * Of a root whose source tells nothing, only a folder that is bound to its own place is known to be one.
 */
export function showsRoot({ type, source, root, mountPoint, options }: Mount, mounts: readonly Mount[]): boolean {
  const top = mountAt(mounts, "/");
  if (mountPoint === "/" || top === undefined || top.type !== type || top.source !== source) return false;
  if (NAMELESS.test(type)) return root === mountPoint;
  const id = options.find((option) => option.startsWith("subvolid="));
  return type === "btrfs" ? id !== undefined && top.options.includes(id) : isAtOrBelow(root, top.root);
}

/** Whether a mount shows what is at its place without it, as `mount --bind /a /a` does: it hides nothing. */
export function hidesNothing(mount: Mount, mounts: readonly Mount[]): boolean {
  const top = mountAt(mounts, "/")?.root ?? "/";
  return showsRoot(mount, mounts) && mount.root === `${top === "/" ? "" : top}${mount.mountPoint}`;
}

function unescaped(word: string): string {
  return shown(word.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));
}
