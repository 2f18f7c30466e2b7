import type { DiskoLayout, FileSystem, Known, Rollback, Verdict } from "./host.ts";
import { cleanSubvolume } from "./subvolume.ts";
import { NO, unsure, YES } from "./verdict.ts";

/** What a rollback says about itself, before it is known what that means for the host. */
export type Target = Pick<Rollback, "technique" | "wipes" | "device" | "open">;

/** Whether a rollback empties the subvolume or dataset that is mounted as `fileSystem`. */
export function wipesFileSystem(target: Target, fileSystem: FileSystem, all: readonly FileSystem[]): Verdict {
  const { fsType } = fileSystem;
  if (fsType.known && fsType.value !== "auto" && fsType.value !== target.technique) return NO;
  return target.technique === "zfs" ? wipesDataset(target, fileSystem) : wipesSubvolume(target, fileSystem, all);
}

/** Whether what a rollback empties is mounted somewhere else than at `/`: then somebody wants just that empty, as for /tmp. */
export function isMeantElsewhere({ technique, wipes }: Target, all: readonly FileSystem[]): boolean {
  return all.some(({ mountpoint, subvolume, device }) => {
    // A dataset of ZFS is mounted as the device.
    const mounted = technique === "zfs" ? device : subvolume;
    return mountpoint !== "/" && mounted?.known === true && wipes.includes(mounted.value);
  });
}

function wipesDataset(target: Target, { device }: FileSystem): Verdict {
  if (!device.known) return unsure(device.why, device.place);
  if (target.wipes.includes(device.value)) return YES;
  return target.open === undefined ? NO : unsure(target.open);
}

function wipesSubvolume(target: Target, fileSystem: FileSystem, all: readonly FileSystem[]): Verdict {
  const { subvolume } = fileSystem;
  const named = target.wipes.map(cleanSubvolume);
  const device = sameDevice(target.device, fileSystem, all, target.technique);
  if (device.answer === "no") return NO;
  if (subvolume === undefined) return unsure("the type of the filesystem is not known");
  if (!subvolume.known) return unsure(subvolume.why, subvolume.place);
  if (named.includes(subvolume.value)) return device;
  const outer = named.find((name) => subvolume.value.startsWith(`${name}/`));
  if (outer !== undefined) {
    return unsure(`the subvolume ${subvolume.value} lies inside ${outer}, which is moved away or deleted at boot`);
  }
  return target.open === undefined ? NO : unsure(target.open);
}

/**
 * Whether the script works on the device of a filesystem. One filesystem has many device names, so
 * different names prove nothing unless they are of a kind of which it has one, or the script's name is that of another
 * filesystem of the host.
 */
function sameDevice(
  script: Known<string> | undefined,
  { device, disko }: FileSystem,
  all: readonly FileSystem[],
  technique: Rollback["technique"],
): Verdict {
  if (script?.known && device.known && isSameDevice(script.value, device.value, disko?.layout.label)) return YES;
  if (
    script?.known &&
    device.known &&
    uniqueKind(script.value) &&
    uniqueKind(script.value) === uniqueKind(device.value)
  )
    return NO;
  // disko gave it a label, and a filesystem has one.
  if (script?.known && kindOf(script.value) === "by-label" && disko?.layout.label !== undefined) return NO;
  // disko made it on one partition, and a partition has one label.
  if (script?.known && device.known && disko && disko.layout.isSpread === false && disko.layout.device.known) {
    const kinds = [script.value, device.value, disko.layout.device.value].map(kindOf);
    if (kinds.every((kind) => kind === "by-partlabel") && device.value === disko.layout.device.value) return NO;
  }
  // disko made it on a partition itself, which is no opened disk and no volume of LVM.
  if (script?.known && disko && isOnPartition(disko.layout, device) && isMapped(script.value)) return NO;
  const others = new Set<string>();
  for (const fs of all) {
    if (fs.device.known && fs.fsType.known && fs.fsType.value === technique) others.add(fs.device.value);
  }
  if (device.known) others.delete(device.value);
  if (others.size === 0) return YES;
  if (script?.known && others.has(script.value)) {
    if (!device.known) return unsure(device.why, device.place);
    if (kindOf(script.value) === kindOf(device.value)) return NO;
  }
  if (!script?.known) return unsure(script?.why ?? "which device the script works on is not known");
  return unsure(`whether ${script.value} is the device of this filesystem is not known`, script.place);
}

/** Whether two names are those of one filesystem: the same, or the label that disko gave it. */
export function isSameDevice(one: string, other: string, label: string | undefined): boolean {
  return one === other || (label !== undefined && (one === byLabel(label) || other === byLabel(label)));
}

function byLabel(label: string): string {
  return `/dev/disk/by-label/${label}`;
}

function isOnPartition({ device, isSpread }: DiskoLayout, mounted: Known<string>): boolean {
  if (isSpread !== false || !device.known || !mounted.known || device.value !== mounted.value) return false;
  return kindOf(device.value) === "by-partlabel";
}

/** Whether it is the name of an opened disk, or of a volume of LVM. */
function isMapped(device: string): boolean {
  return /^\/dev\/(mapper\/[^/]+|(?!disk\/|mapper\/|md\/|zvol\/|block\/|char\/|bcache|dm-)[\w.-]+\/[^/]+)$/.test(
    device,
  );
}

/** What sort of name it is: `by-label`, `by-partlabel`, …, `mapper`, or none for names of the kernel. */
function kindOf(device: string): string {
  return /^\/dev\/(?:disk\/)?(by-[a-z]+|mapper)\//.exec(device)?.[1] ?? "";
}

/** Sorts of names of which a filesystem has one, however many disks it has. */
function uniqueKind(device: string): string | undefined {
  const kind = kindOf(device);
  return kind === "by-label" || kind === "by-uuid" ? kind : undefined;
}
