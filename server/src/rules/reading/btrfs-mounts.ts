import type { FileSystem, Host, MountOption } from "../../host/host.ts";

/** The btrfs mounts of one device, the one mounted first in front. */
export interface BtrfsDevice {
  readonly device: string;
  readonly mounts: readonly FileSystem[];
}

/** Groups the certain btrfs mounts by device, in the order in which NixOS mounts them. */
export function btrfsDevices(host: Host): readonly BtrfsDevice[] {
  const groups = new Map<string, FileSystem[]>();
  for (const fs of host.fileSystems) {
    if (fs.certain.answer !== "yes" || !fs.device.known || !fs.fsType.known || fs.fsType.value !== "btrfs") continue;
    groups.set(fs.device.value, [...(groups.get(fs.device.value) ?? []), fs]);
  }
  return [...groups].map(([device, mounts]) => ({ device, mounts: [...mounts].sort(byMountOrder) }));
}

/** One option string may hold several options, as `options = [ "noatime,compress=zstd" ]` does. */
export function splitOptions(options: readonly MountOption[]): readonly (MountOption & { readonly whole: boolean })[] {
  return options.flatMap((option) => {
    const words = option.text.split(",").filter((word) => word !== "");
    return words.map((text) => ({ ...option, text, whole: words.length === 1 }));
  });
}

/** `compress` of `compress=zstd:1`. */
export function optionKey(text: string): string {
  return text.split("=", 1)[0] ?? text;
}

/** Options that btrfs or the kernel keeps for each mount; all others are one setting for the whole filesystem. */
export function isPerMount(text: string): boolean {
  return PER_MOUNT.has(optionKey(text)) || /^(x-|X-|context|fscontext|defcontext|rootcontext|comment)/.test(text);
}

const PER_MOUNT = new Set([
  ...["defaults", "ro", "rw", "suid", "nosuid", "dev", "nodev", "exec", "noexec", "atime", "noatime", "diratime"],
  ...["nodiratime", "relatime", "norelatime", "strictatime", "nostrictatime", "lazytime", "nolazytime", "subvol"],
  ...["subvolid", "nofail", "noauto", "auto", "_netdev", "user", "nouser", "users", "owner", "group", "bind", "rbind"],
  ...["sync", "async", "dirsync", "mand", "nomand", "iversion", "noiversion", "silent", "loud", "symfollow"],
  ...["nosymfollow", "loop"],
]);

/** `/` first, then what the initrd mounts, parents before children. */
function byMountOrder(a: FileSystem, b: FileSystem): number {
  const rank = (fs: FileSystem) => (fs.mountpoint === "/" ? 0 : fs.mountedInInitrd.answer === "yes" ? 1 : 2);
  const depth = (fs: FileSystem) => fs.mountpoint.split("/").length;
  return rank(a) - rank(b) || depth(a) - depth(b) || (a.mountpoint < b.mountpoint ? -1 : 1);
}
