import { MergeNode } from "../modules/merge-node.ts";
import type { OptionNode } from "../modules/option-node.ts";
import type { DerivedMount, DerivedMounts } from "./derived-mount.ts";
import { readMountOptions } from "./disko-subvolumes.ts";
import type { FileSystem, Known, MountOption, Verdict } from "./host.ts";
import { type OverlayMount, overlayMount } from "./overlay-mount.ts";
import { normalise } from "./paths.ts";
import { childrenOf, nameAt, openOf, readBoolean, readExplicitBoolean, readString } from "./read-values.ts";
import { type Standing, standingOf } from "./set-priority.ts";
import { isSubvolumeOption, subvolumeOf } from "./subvolume.ts";
import { allOf, known, NO, notKnown, unsure, verdictOf, YES } from "./verdict.ts";

/** Mountpoints that NixOS mounts in the initrd whatever the flag says (`utils.pathsNeededForBoot`). */
export const pathsNeededForBoot: readonly string[] = [
  ...["/", "/nix", "/nix/store", "/var", "/var/log", "/var/lib", "/var/lib/nixos", "/etc", "/usr"],
];

/** Reasons of fields that no declaration gives. */
export const NOT_SET = { device: "device is not set", fsType: "fsType is not set" } as const;

export interface FileSystems {
  readonly list: readonly FileSystem[];
  readonly open: string | undefined;
}

/** One `fileSystems.<name>` entry as written. */
interface Own {
  readonly mountpoint: string;
  readonly node: OptionNode;
  readonly certain: Verdict;
}

/**
 * The filesystems of a host: `fileSystems` and what disko and others derive, one for each mountpoint.
 * `unseen` says why modules that cannot be read may set more (undefined when all can be read).
 */
export function readFileSystems(root: OptionNode, made: DerivedMounts, unseen: string | undefined): FileSystems {
  const all = root.child("fileSystems");
  const own = new Map<string, Own[]>();
  // Definitions that cannot be seen may say more about any of the filesystems.
  const hidden = unseen ?? openOf(all)?.why;
  let open = hidden ?? made.open;
  for (const child of childrenOf(all)) {
    const enabled = readExplicitBoolean(child.node.child("enable"));
    if (enabled?.known && !enabled.value) continue;
    const written = child.node.child("mountPoint");
    // Without a definition that is really there the name is the mountpoint, whatever else is unknown of the entry.
    const mountpoint = (written.isDefined() === true ? readString(written) : undefined) ?? known(child.name);
    if (!mountpoint.known) {
      open ??= mountpoint.why;
      continue;
    }
    const path = normalise(mountpoint.value);
    const certain = allOf(child.certain, enabled ? verdictOf(enabled) : YES);
    own.set(path, [...(own.get(path) ?? []), { mountpoint: path, node: child.node, certain }]);
  }
  const derived = new Map<string, DerivedMount[]>();
  for (const mount of made.mounts) {
    const path = normalise(mount.mountpoint);
    derived.set(path, [...(derived.get(path) ?? []), mount]);
  }
  const whole = standingOf(all);
  // The submodule of such a declaration may set or change the flag of every filesystem, disko's too.
  const flagHidden = isRedeclared(all) ? "a module of this host declares `fileSystems` once more" : hidden;
  const paths = [...new Set([...own.keys(), ...derived.keys()])].sort();
  const list = paths.flatMap((path) => {
    const [mine, theirs] = settle(own.get(path) ?? [], derived.get(path) ?? [], whole, made.mounts.length > 0);
    return mine.length + theirs.length === 0 ? [] : [merge(path, mine, theirs, hidden, flagHidden)];
  });
  return { list, open };
}

/**
 * What is left of the user's entries and disko's plain ones after priorities: `mkForce` around an entry, or around all
 * of `fileSystems`, leaves nothing of what disko says there, and an entry in `mkDefault` yields to it.
 */
function settle(
  own: readonly Own[],
  disko: readonly DerivedMount[],
  whole: Standing,
  hasDisko: boolean,
): readonly [own: readonly Own[], disko: readonly DerivedMount[]] {
  if (whole === "over") return [own, []];
  if (whole === "under" && hasDisko) return [[], disko];
  if (disko.length === 0) return [own, disko];
  const standings = own.map(({ node }) => standingOf(node));
  if (standings.includes("over")) return [own, []];
  const doubt = [whole, ...standings].find((one) => typeof one === "object");
  if (doubt) return [own, disko.map((mount) => ({ ...mount, certain: allOf(mount.certain, unsure(doubt.why)) }))];
  return [own.filter((_, index) => standings[index] !== "under"), disko];
}

function merge(
  mountpoint: string,
  own: readonly Own[],
  disko: readonly DerivedMount[],
  unseen: string | undefined,
  flagUnseen: string | undefined,
): FileSystem {
  const entries = own.map(({ node }) => node);
  const overlays = entries.map(overlayMount).filter((overlay) => overlay !== undefined);
  const options = mergeOptions(entries, disko, overlays);
  const device = decide(
    "device",
    entries.map(deviceOf),
    disko.map((mount) => mount.device),
    overlays.map((overlay) => overlay.device),
  );
  const fsType = decide(
    "fsType",
    entries.map((node) => fieldOf(node, "fsType")),
    [...disko, ...overlays].map((mount) => mount.fsType),
  );
  const named = own.length > 0 && entries.every((node) => !deviceOf(node)) && fsType.known && isSpecial(fsType.value);
  const neededForBoot = flag(
    entries,
    disko.some((mount) => mount.neededForBoot),
    flagUnseen,
  );
  const subvolume = subvolumeOf(fsType, options.list, options.open, options.orderUnknown);
  return {
    mountpoint,
    place: own[0] ? nameAt(own[0].node) : disko[0]?.place,
    declaredBy:
      own.length > 0
        ? disko.some(({ by }) => by === "disko")
          ? "both"
          : "fileSystems"
        : (disko[0]?.by ?? "fileSystems"),
    certain: presence([...own, ...disko].map(({ certain }) => certain)),
    // NixOS names the device of these after their type.
    device: named && fsType.known && !device.known ? known(fsType.value, fsType.place) : device,
    fsType,
    options: options.list,
    optionsOpen: options.open ?? unseen,
    neededForBoot,
    mountedInInitrd: pathsNeededForBoot.includes(mountpoint) ? YES : verdictOf(neededForBoot),
    subvolume,
    subvolumeOptions: options.list.filter(isSubvolumeOption),
    disko: disko.at(-1)?.subvolume,
  };
}

function isRedeclared(all: OptionNode): boolean {
  return all instanceof MergeNode && all.isDeclared();
}

function isSpecial(fsType: string): boolean {
  return /^(proc|sysfs|tmpfs|ramfs|devtmpfs|devpts)$/.test(fsType);
}

/** Declared when one of the declarations is certain. */
function presence(verdicts: readonly Verdict[]): Verdict {
  return verdicts.find(({ answer }) => answer === "yes") ?? verdicts.find(({ answer }) => answer === "unknown") ?? NO;
}

/** A value of the user's entry with the priority it was set with. */
interface Field {
  readonly value: Known<string>;
  readonly priority: number;
}

function fieldOf(node: OptionNode, name: string): Field | undefined {
  const child = node.child(name);
  const value = readString(child);
  return value && { value, priority: priorityOf(child) };
}

/** `label` is the other way to name the device. */
function deviceOf(node: OptionNode): Field | undefined {
  const device = fieldOf(node, "device");
  if (device) return device;
  const label = fieldOf(node, "label");
  if (!label) return undefined;
  const { value } = label;
  return { ...label, value: value.known ? known(`/dev/disk/by-label/${value.value}`, value.place) : value };
}

function priorityOf(node: OptionNode): number {
  return node.definitions().at(-1)?.priority ?? 100;
}

/**
 * What the module system makes of the user's value and disko's, which is a plain definition; where neither says
 * anything, of what NixOS says with `mkDefault`.
 */
function decide(
  name: keyof typeof NOT_SET,
  own: readonly (Field | undefined)[],
  disko: readonly Known<string>[],
  defaults: readonly Known<string>[] = [],
): Known<string> {
  const set = own.filter((field) => field !== undefined).sort((a, b) => a.priority - b.priority)[0];
  const other = disko.find((value) => !value.known) ?? disko.at(-1);
  if (!set) return other ?? defaults[0] ?? notKnown(NOT_SET[name]);
  if (!other || set.priority < 100) return set.value;
  if (set.priority > 100) return other;
  if (!set.value.known || !other.known) return set.value.known ? other : set.value;
  if (set.value.value === other.value) return set.value;
  return notKnown(
    `\`fileSystems\` says ${name} is ${set.value.value} and disko says ${other.value}${REFUSED}`,
    set.value.place,
  );
}

const REFUSED = "; NixOS refuses both";

/** Whether a value of a filesystem is not known because two modules say different things of it. */
export function isRefused(value: Known<string>): boolean {
  return !value.known && value.why.endsWith(REFUSED);
}

function mergeOptions(
  own: readonly OptionNode[],
  disko: readonly DerivedMount[],
  overlays: readonly OverlayMount[],
): { readonly list: readonly MountOption[]; readonly open: string | undefined; readonly orderUnknown: boolean } {
  const nodes = own.map((node) => node.child("options"));
  const written = nodes.map((node) => readMountOptions(node, "fileSystems")).filter(({ isSet }) => isSet);
  const definitions = nodes.flatMap((node) => node.definitions());
  const sure = definitions.filter(({ condition }) => condition === true);
  const mine = written.flatMap(({ options }) => options);
  const theirs = [...disko, ...overlays].flatMap(({ options }) => options);
  const open = [...written, ...overlays, ...disko.map((mount) => ({ open: mount.optionsOpen }))].find(
    (part) => part.open,
  )?.open;
  if (written.length === 0 && disko.length === 0 && overlays.length === 0) {
    return {
      list: [{ text: "defaults", place: undefined, certain: true, from: "derived" }],
      open,
      orderUnknown: false,
    };
  }
  if (mine.length > 0 && theirs.length > 0) {
    if (sure.some(({ priority }) => priority < 100)) return { list: mine, open, orderUnknown: false };
    if (definitions.every(({ priority }) => priority > 100)) return { list: theirs, open, orderUnknown: false };
  }
  const first = definitions.length > 0 && definitions.every(({ order }) => order < 1000);
  const last = definitions.length > 0 && definitions.every(({ order }) => order > 1000);
  return {
    list: first ? [...mine, ...theirs] : [...theirs, ...mine],
    open,
    orderUnknown: mine.length > 0 && theirs.length > 0 && !first && !last,
  };
}

/** The explicit flag. Without a definition it is false, unless modules that cannot be read may set it. */
function flag(own: readonly OptionNode[], setByDisko: boolean, unseen: string | undefined): Known<boolean> {
  for (const node of own) {
    const child = node.child("neededForBoot");
    const value = readBoolean(child);
    if (value === undefined) continue;
    const doubtful = child.definitions().find(({ condition }) => condition !== true);
    if (value.known && doubtful && doubtful.condition !== true) {
      return notKnown(doubtful.condition.why, doubtful.condition.place ?? value.place);
    }
    if (!setByDisko || !value.known || value.value || priorityOf(child) < 100) return value;
  }
  if (setByDisko) return known(true);
  const hidden = own.map((node) => openOf(node)).find((unknown) => unknown !== undefined);
  if (hidden) return notKnown(hidden.why, hidden.place);
  return unseen === undefined ? known(false) : notKnown(unseen);
}
