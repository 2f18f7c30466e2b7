import type { OptionNode } from "../modules/option-node.ts";
import type { DerivedMount, DerivedMounts } from "./derived-mount.ts";
import type { Known, MountOption } from "./host.ts";
import {
  type Item,
  itemNode,
  openOf,
  type Reason,
  readExplicitBoolean,
  readItems,
  readString,
  readStringOrNull,
} from "./read-values.ts";
import { known, notKnown, YES } from "./verdict.ts";

/** Options of `microvm` that only guests set; its host module has others. */
const OF_GUESTS = [
  ...["hypervisor", "vcpu", "mem", "shares", "volumes", "interfaces", "storeOnDisk", "writableStoreOverlay", "socket"],
];

const NONE: DerivedMounts = { mounts: [], open: undefined };

/**
 * The filesystems that microvm.nix gives a guest (`nixos-modules/microvm/mounts.nix`): the host's folders that it
 * shares, its volumes, the store, and a tmpfs at `/` unless something else is mounted there.
 */
export function readMicrovm(root: OptionNode): DerivedMounts {
  if (!isGuest(root)) return NONE;
  const options = root.child("microvm");
  const enabled = readExplicitBoolean(options.at("guest", "enable"));
  const shares = readItems(options.child("shares"));
  const volumes = readItems(options.child("volumes"));
  const overlay = readStringOrNull(options.child("writableStoreOverlay")) ?? known(null);
  const gaps: (Reason | undefined)[] = [openOf(options), ...shares.open, ...volumes.open];
  if (enabled && !enabled.known) gaps.push(enabled);
  if (!overlay.known) gaps.push(overlay);
  const shared = shares.items.map((item) => shareOf(item, overlay));
  const onDisk = storeOnDisk(options, shared, shares.open[0]);
  if (!onDisk.known) gaps.push(onDisk);
  const first = onDisk.known ? (onDisk.value ? 1 : 0) : undefined;
  const attached = volumes.items.map((item, index) =>
    volumeOf(item, first === undefined ? undefined : letterOf(first + index), overlay),
  );
  const mounts: DerivedMount[] = [];
  for (const { mount, open } of [...shared, ...attached]) {
    if (mount) mounts.push(mount);
    gaps.push(open);
  }
  if (onDisk.known && overlay.known) mounts.push(...storeMounts(onDisk.value, overlay.value));
  const open = gaps.find((gap) => gap !== undefined)?.why;
  // What nobody here can look at may be mounted at the root.
  if (open === undefined && !isMountedRoot(root, mounts)) mounts.push(ROOT);
  return { mounts, open };
}

/** Whether the host is, or may be, a virtual machine that microvm.nix makes. */
export function isGuest(root: OptionNode): boolean {
  const options = root.child("microvm");
  if (!OF_GUESTS.some((name) => options.child(name).isDefined() !== false)) return false;
  // The module itself switches it on, so that only a plain `false` counts.
  const enabled = readExplicitBoolean(options.at("guest", "enable"));
  return !(enabled?.known && !enabled.value);
}

/** A folder or volume; `mount` is undefined for what is not mounted, or for what is mounted at a place not known. */
interface Attached {
  readonly mount: DerivedMount | undefined;
  readonly open: Reason | undefined;
  readonly source?: Known<string> | undefined;
}

function shareOf(item: Item, overlay: Known<string | null>): Attached {
  const node = itemNode(item, ["microvm", "shares", "*"]);
  const mountpoint = readString(node.child("mountPoint"));
  const source = readString(node.child("source"));
  if (!mountpoint?.known) return { mount: undefined, open: mountpoint, source };
  const protocol = readString(node.child("proto")) ?? known("9p");
  return {
    source,
    open: undefined,
    mount: {
      ...derived(mountpoint.value, mountpoint.place, item),
      device: readString(node.child("tag")) ?? notKnown("the share has no tag"),
      fsType: protocol,
      options: protocol.known && protocol.value === "virtiofs" ? VIRTIOFS : NINE_P,
      neededForBoot: (source?.known && source.value === "/nix/store") || isOverlay(overlay, mountpoint.value),
    },
  };
}

function volumeOf(item: Item, letter: string | undefined, overlay: Known<string | null>): Attached {
  const node = itemNode(item, ["microvm", "volumes", "*"]);
  const mountpoint = readStringOrNull(node.child("mountPoint"));
  if (!mountpoint?.known || mountpoint.value === null)
    return { mount: undefined, open: mountpoint?.known ? undefined : mountpoint };
  const label = readStringOrNull(node.child("label")) ?? known(null);
  const byLetter =
    letter === undefined ? notKnown<string>("the letter of the drive is not known") : known(`/dev/vd${letter}`);
  const byLabel = (name: string | null) => (name === null ? byLetter : known(`/dev/disk/by-label/${name}`));
  return {
    open: undefined,
    mount: {
      ...derived(mountpoint.value, mountpoint.place, item),
      device: label.known ? byLabel(label.value) : label,
      fsType: readString(node.child("fsType")) ?? known("ext4"),
      options: DEFAULTS,
      neededForBoot: isOverlay(overlay, mountpoint.value),
    },
  };
}

/** Whether the guest boots with a disk of its own for the store: by default unless the host's store is shared. */
function storeOnDisk(options: OptionNode, shares: readonly Attached[], gap: Reason | undefined): Known<boolean> {
  const set = readExplicitBoolean(options.child("storeOnDisk"));
  if (set) return set;
  if (shares.some(({ source }) => source?.known && source.value === "/nix/store")) return known(false);
  const unread = shares.map(({ source }) => source).find((source) => source?.known === false);
  const hidden = gap ?? (unread?.known === false ? unread : undefined);
  return hidden ? notKnown(hidden.why, hidden.place) : known(true);
}

function storeMounts(onDisk: boolean, overlay: string | null): DerivedMount[] {
  const own = (mountpoint: string, device: string, fsType: string, options: readonly MountOption[]): DerivedMount => ({
    ...derived(mountpoint, undefined, undefined),
    ...{ device: known(device), fsType: known(fsType), options, neededForBoot: true },
  });
  const disk = (mountpoint: string) => own(mountpoint, "/dev/vda", "erofs", written("ro"));
  const mounts = overlay === null ? [] : [own("/nix/store", "overlay", "overlay", DEFAULTS)];
  if (onDisk) mounts.push(disk(overlay === null ? "/nix/store" : "/nix/.ro-store"));
  return mounts;
}

function isMountedRoot(root: OptionNode, mounts: readonly DerivedMount[]): boolean {
  return mounts.some(({ mountpoint }) => mountpoint === "/") || root.at("fileSystems", "/").isDefined() !== false;
}

function isOverlay(overlay: Known<string | null>, mountpoint: string): boolean {
  return overlay.known && overlay.value === mountpoint;
}

/** The letter of the drive with an index, `a` to `z`; there are no more. */
function letterOf(index: number): string | undefined {
  return index < 26 ? String.fromCharCode(97 + index) : undefined;
}

function derived(mountpoint: string, place: Reason["place"], item: Item | undefined) {
  return {
    by: "microvm",
    mountpoint,
    place: place ?? item?.place,
    certain: item?.certain ?? YES,
    optionsOpen: undefined,
    subvolume: undefined,
  } as const;
}

function written(...texts: readonly string[]): readonly MountOption[] {
  return texts.map((text) => ({ text, place: undefined, certain: true, from: "derived" }));
}

const DEFAULTS = written("defaults");
const VIRTIOFS = written("defaults", "x-systemd.after=systemd-modules-load.service");
const NINE_P = written(
  "trans=virtio",
  "version=9p2000.L",
  "msize=65536",
  "x-systemd.after=systemd-modules-load.service",
);

const ROOT: DerivedMount = {
  ...derived("/", undefined, undefined),
  device: known("rootfs"),
  fsType: known("tmpfs"),
  options: written("size=50%", "mode=0755"),
  neededForBoot: true,
};
