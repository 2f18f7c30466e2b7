import { NixList, Unknown } from "../eval/value.ts";
import type { OptionNode } from "../modules/option-node.ts";
import type { DerivedMount, DerivedMounts } from "./derived-mount.ts";
import {
  type DiskoParent,
  derivedUuid,
  isSpread,
  labelOf,
  numberedDevice,
  partitionDevice,
  partitionIndex,
} from "./disko-device.ts";
import { type Members, readLayout, readMembers, readMountOptions } from "./disko-subvolumes.ts";
import type { DiskoLayout, DiskoSubvolume, Known, MountOption, Verdict } from "./host.ts";
import { isUnreadByDisko } from "./model-options.ts";
import {
  childrenOf,
  itemNode,
  itemsOf,
  nameAt,
  openOf,
  readBoolean,
  readString,
  readStringOrNull,
} from "./read-values.ts";
import { allOf, known, notKnown, YES } from "./verdict.ts";

export interface Disko extends DerivedMounts {
  readonly layouts: readonly DiskoLayout[];
  /** Scripts around creation and mounting, e.g. `postCreateHook`. */
  readonly hooks: readonly OptionNode[];
}

/** The options of subvolumes and datasets, by the filesystem that they are of. */
export const SUBVOLUME_KEYS = {
  btrfs: new Set(["name", "type", "extraArgs", "mountOptions", "mountpoint", "swap"]),
  bcachefs: new Set(["name", "type", "mountOptions", "mountpoint"]),
  zfs: new Set([
    ...["name", "type", "options", "mountOptions", "mountpoint", "extraArgs", "size", "content"],
    ...["preCreateHook", "postCreateHook", "preMountHook", "postMountHook", "preUnmountHook", "postUnmountHook"],
  ]),
} as const;

const HOOKS = ["preCreateHook", "postCreateHook", "preMountHook", "postMountHook", "preUnmountHook", "postUnmountHook"];

/** What `disko.devices` means for NixOS: the layouts as declared and the filesystems disko derives from them. */
export function readDisko(root: OptionNode): Disko {
  const reader = new Reader();
  const devices = root.at("disko", "devices");
  reader.devices(devices);
  const enabled = readBoolean(root.at("disko", "enableConfig")) ?? known(true);
  if (enabled.known && enabled.value) return reader;
  if (enabled.known) return { ...reader, mounts: [] };
  const { why } = enabled;
  return { ...reader, mounts: reader.mounts.map((mount) => ({ ...mount, certain: { answer: "unknown", why } })) };
}

/** What `disko.devices` holds. */
const GROUPS = new Set(["disk", "mdadm", "lvm_vg", "bcachefs_filesystems", "zpool", "nodev"]);

/** Contents that are parts of something declared elsewhere, or that nothing is mounted of. */
const WITHOUT_MOUNTS = new Set(["swap", "lvm_pv", "mdraid", "zfs", "bcachefs"]);

class Reader implements Disko {
  readonly layouts: DiskoLayout[] = [];
  readonly mounts: DerivedMount[] = [];
  readonly hooks: OptionNode[] = [];
  open: string | undefined;

  devices(devices: OptionNode): void {
    this.gap(openOf(devices)?.why);
    this.each(devices.child("disk"), (node, name, certain) => {
      this.known("disk", node);
      this.content(node.child("content"), {
        type: "disk",
        name: ownName(node, known(name.replaceAll("/", "_"))),
        device: readString(node.child("device")) ?? notKnown("the disk has no device"),
        certain,
      });
    });
    this.each(devices.child("mdadm"), (node, name, certain) => {
      this.known("mdadm", node);
      const own = ownName(node, known(name));
      this.content(node.child("content"), { type: "mdadm", name: own, device: prefixed("/dev/md/", own), certain });
    });
    this.each(devices.child("lvm_vg"), (group, groupName, certain) => {
      this.known("lvm_vg", group);
      const vg = ownName(group, known(groupName));
      this.each(group.child("lvs"), (node, name, present) => {
        this.known("lvm_vg.lvs", node);
        const lv = ownName(node, known(name));
        const device = vg.known ? prefixed(`/dev/${vg.value}/`, lv) : vg;
        this.content(node.child("content"), { type: "lv", name: lv, device, certain: allOf(certain, present) });
      });
    });
    this.each(devices.child("bcachefs_filesystems"), (node, name, certain) => this.bcachefs(node, name, certain));
    this.each(devices.child("zpool"), (node, name, certain) => this.zpool(node, name, certain));
    this.each(devices.child("nodev"), (node, name, certain) => this.nodev(node, name, certain));
    for (const { name } of devices.names()) {
      if (!GROUPS.has(name)) this.gap(`what disko makes of \`disko.devices.${name}\` is not known here`);
    }
  }

  /** What stands on a disk, a partition, a volume or an opened LUKS device. */
  private content(node: OptionNode, parent: DiskoParent & { readonly certain: Verdict }): void {
    this.hooks.push(...hooksOf(node));
    const type = readString(node.child("type"));
    const device = readString(node.child("device")) ?? parent.device;
    if (!type?.known) {
      this.gap(type?.why ?? openOf(node)?.why);
      return;
    }
    this.known(type.value, node);
    switch (type.value) {
      case "gpt":
        this.gpt(node.child("partitions"), { ...parent, device });
        break;
      case "table":
        this.table(node.child("partitions"), { ...parent, device });
        break;
      case "luks": {
        const name = readString(node.child("name")) ?? notKnown<string>("the LUKS device has no name");
        this.content(node.child("content"), {
          type: "luks",
          name,
          device: prefixed("/dev/mapper/", name),
          certain: parent.certain,
        });
        break;
      }
      case "btrfs":
        this.mount(node, { device, fsType: known("btrfs"), certain: parent.certain });
        this.subvolumes("btrfs", node, device, parent.certain);
        break;
      case "filesystem": {
        const fsType = readString(node.child("format")) ?? notKnown<string>("the filesystem has no format");
        this.mount(node, { device, fsType, certain: parent.certain });
        break;
      }
      default:
        // What is not known here may mount anything.
        if (!WITHOUT_MOUNTS.has(type.value))
          this.gap(`what disko makes of the type \`${type.value}\` is not known here`);
    }
  }

  private gpt(partitions: OptionNode, parent: DiskoParent & { readonly certain: Verdict }): void {
    this.each(partitions, (node, name, certain) => {
      this.known("gpt.partitions", node);
      const device = partitionDevice(node, name, parent, partitionIndex(partitions, name));
      this.content(node.child("content"), {
        type: "partition",
        name: known(name),
        device,
        certain: allOf(parent.certain, certain),
      });
    });
  }

  private table(partitions: OptionNode, parent: DiskoParent & { readonly certain: Verdict }): void {
    const value = partitions.value();
    if (!(value instanceof NixList)) {
      this.gap(value instanceof Unknown && partitions.isDefined() !== false ? value.why : undefined);
      return;
    }
    const { items, open } = itemsOf(value);
    this.gap(open[0]?.why);
    for (const [index, item] of items.entries()) {
      const node = itemNode(item, [...partitions.path, String(index)]);
      this.known("table.partitions", node);
      const device = numberedDevice(parent.device, index + 1);
      const name = readString(node.child("name")) ?? known("");
      const certain = allOf(parent.certain, item.certain);
      this.content(node.child("content"), { type: "partition", name, device, certain });
    }
  }

  private bcachefs(node: OptionNode, attribute: string, certain: Verdict): void {
    this.known("bcachefs_filesystem", node);
    const name = ownName(node, known(attribute));
    const uuid = readString(node.child("uuid")) ?? (name.known ? known(derivedUuid(name.value)) : name);
    const device = prefixed("/dev/disk/by-uuid/", uuid);
    this.mount(node, { device, fsType: known("bcachefs"), certain, neededForBoot: true, first: ["X-mount.mkdir"] });
    this.subvolumes("bcachefs", node, device, certain);
  }

  private zpool(node: OptionNode, attribute: string, certain: Verdict): void {
    this.known("zpool", node);
    const pool = ownName(node, known(attribute));
    this.mount(node, {
      device: pool,
      fsType: known("zfs"),
      certain,
      last: zfsUtil(node.child("rootFsOptions")),
      unmounted: isUnmounted(node.child("rootFsOptions")),
    });
    const datasets = node.child("datasets");
    const members = readMembers(datasets);
    this.gap(members.open);
    const prefix = pool.known ? `${pool.value}/` : "";
    const named = members.members.map((member) => ({ ...member, name: `${prefix}${member.name}` }));
    if (named.length > 0) {
      const layout = readLayout(
        { fsType: "zfs", device: pool },
        datasets,
        { ...members, members: named },
        SUBVOLUME_KEYS.zfs,
      );
      this.layouts.push(layout);
    }
    for (const [index, member] of named.entries()) {
      const present = allOf(certain, member.certain);
      const device: Known<string> = pool.known ? known(member.name) : pool;
      const type = readString(member.node.child("type"));
      this.hooks.push(...hooksOf(member.node));
      if (type?.known && type.value === "zfs_volume") {
        const volume = prefixed("/dev/zvol/", device);
        this.content(member.node.child("content"), { type: "zvol", name: device, device: volume, certain: present });
        continue;
      }
      this.mount(member.node, {
        device,
        fsType: known("zfs"),
        certain: present,
        last: zfsUtil(member.node.child("options")),
        unmounted: isUnmounted(member.node.child("options")),
        subvolume: this.layouts.at(-1)?.subvolumes[index],
      });
    }
  }

  private nodev(node: OptionNode, attribute: string, certain: Verdict): void {
    this.known("nodev", node);
    const fsType = readString(node.child("fsType")) ?? notKnown<string>("the mount has no fsType");
    const plain = fsType.known && /^(proc|sysfs|tmpfs|ramfs|devtmpfs|devpts)$/.test(fsType.value);
    const device = readString(node.child("device")) ?? (plain ? fsType : known("none"));
    this.mount(node, { device, fsType, certain, mountpoint: attribute });
  }

  private subvolumes(fsType: "btrfs" | "bcachefs", node: OptionNode, device: Known<string>, certain: Verdict): void {
    const container = node.child("subvolumes");
    const members: Members = readMembers(container);
    this.gap(members.open);
    if (members.members.length === 0 && !members.writtenAsList) return;
    const base = { fsType, device, label: labelOf(node), isSpread: isSpread(node) };
    const layout = readLayout(base, container, members, SUBVOLUME_KEYS[fsType]);
    this.layouts.push(layout);
    for (const [index, member] of members.members.entries()) {
      const raw = readString(member.node.child("name"));
      const written = raw?.known ? raw.value : (member.node.path.at(-1) ?? member.name);
      this.mount(member.node, {
        device,
        fsType: known(fsType),
        certain: allOf(certain, member.certain),
        neededForBoot: fsType === "bcachefs",
        ...(fsType === "btrfs"
          ? { last: [`subvol=${written}`] }
          : { first: ["X-mount.mkdir", `X-mount.subdir=${member.name}`] }),
        subvolume: layout.subvolumes[index],
      });
    }
  }

  /** Adds the `fileSystems` entry of something with `mountpoint` and `mountOptions`. */
  private mount(
    node: OptionNode,
    mount: {
      readonly device: Known<string>;
      readonly fsType: Known<string>;
      readonly certain: Verdict;
      readonly neededForBoot?: boolean;
      /** Options disko puts before and after the user's. */
      readonly first?: readonly string[];
      readonly last?: readonly string[];
      readonly unmounted?: Verdict;
      readonly mountpoint?: string;
      readonly subvolume?: DiskoSubvolume | undefined;
    },
  ): void {
    const mountpoint = readStringOrNull(node.child("mountpoint")) ?? known(mount.mountpoint ?? null);
    if (!mountpoint.known) {
      this.gap(mountpoint.why);
      return;
    }
    if (mountpoint.value === null || mount.unmounted?.answer === "yes") return;
    const { options, open, isSet } = readMountOptions(node.child("mountOptions"), "disko");
    // disko's own default list is replaced by the user's, except for what it adds itself.
    const written: readonly MountOption[] = isSet || mount.first ? options : [derived("defaults")];
    const first = (mount.first ?? []).filter((text) => !options.some((option) => option.text === text)).map(derived);
    this.mounts.push({
      by: "disko",
      mountpoint: mountpoint.value,
      place: mountpoint.place ?? nameAt(node),
      certain: mount.unmounted?.answer === "unknown" ? mount.unmounted : mount.certain,
      device: mount.device,
      fsType: mount.fsType,
      options: [...first, ...written, ...(mount.last ?? []).map(derived)],
      optionsOpen: open,
      neededForBoot: mount.neededForBoot ?? false,
      subvolume: mount.subvolume,
    });
  }

  private each(node: OptionNode, visit: (node: OptionNode, name: string, certain: Verdict) => void): void {
    this.gap(openOf(node)?.why);
    for (const child of childrenOf(node)) {
      this.hooks.push(...hooksOf(child.node));
      visit(child.node, child.name, child.certain);
    }
  }

  /** What a type has beside the options that are known may mount anything. */
  private known(type: string, node: OptionNode): void {
    const novel = node.names().find(({ name }) => isUnreadByDisko(type, name));
    if (novel) this.gap(`what disko makes of \`${[...node.path, novel.name].join(".")}\` is not known here`);
  }

  private gap(why: string | undefined): void {
    this.open ??= why;
  }
}

function ownName(node: OptionNode, attribute: Known<string>): Known<string> {
  return readString(node.child("name")) ?? attribute;
}

function prefixed(prefix: string, name: Known<string>): Known<string> {
  return name.known ? known(`${prefix}${name.value}`, name.place) : name;
}

function derived(text: string): MountOption {
  return { text, place: undefined, certain: true, from: "derived" };
}

function zfsUtil(options: OptionNode): readonly string[] {
  const mountpoint = readString(options.child("mountpoint"));
  return mountpoint?.known && mountpoint.value === "legacy" ? [] : ["zfsutil"];
}

/** Datasets that ZFS never mounts get no entry. */
function isUnmounted(options: OptionNode): Verdict | undefined {
  for (const [name, value] of [
    ["mountpoint", "none"],
    ["canmount", "off"],
  ] as const) {
    const option = readString(options.child(name));
    if (option?.known === false) return { answer: "unknown", why: option.why };
    if (option?.value === value) return YES;
  }
  return undefined;
}

function hooksOf(node: OptionNode): OptionNode[] {
  const names = new Set(node.names().map(({ name }) => name));
  return HOOKS.filter((name) => names.has(name)).map((name) => node.child(name));
}
