import { NixAttrs } from "../eval/value.ts";
import type { OptionNode } from "../modules/option-node.ts";
import type { Known } from "./host.ts";
import { isGuest } from "./microvm.ts";
import { ownMountpoints } from "./own-mountpoints.ts";
import { joinPath, normalise } from "./paths.ts";
import { perItem } from "./per-item.ts";
import {
  type Child,
  childrenOf,
  type Item,
  isNamed,
  itemNode,
  nameAt,
  read,
  readBoolean,
  readItems,
  readString,
  readStringOrNull,
  readTexts,
} from "./read-values.ts";
import { known, notKnown } from "./verdict.ts";

/** A path that leads elsewhere without a filesystem in `fileSystems`, so that what it shows lies there. */
export interface PathLink {
  readonly path: string;
  /** Where it leads; `null` when the configuration makes it anew at each boot, which needs no place to be kept. */
  readonly target: Known<string | null>;
  /** In words: "linked", "mounted", "made". */
  readonly by: string;
  readonly place: Known<string>["place"];
  /** What is declared at the same place says more. */
  readonly isGuess?: boolean;
}

/**
 * Links that NixOS, systemd-tmpfiles or a secret manager make, and mount units that are written by hand. Entries that
 * cannot be read are left out, unless their path can.
 */
export function linksOf(root: OptionNode, microvmAt?: number): PathLink[] {
  return [
    ...fromEtc(root),
    ...fromMicrovm(root, microvmAt),
    ...fromTmpfiles(root.at("systemd", "tmpfiles"), asIs),
    ...fromTmpfiles(root.at("boot", "initrd", "systemd", "tmpfiles"), laterPath),
    ...fromEtcOverlay(root),
    ...fromSecrets(root),
    ...fromMounts(root.at("systemd", "mounts"), asIs),
    ...fromMounts(root.at("boot", "initrd", "systemd", "mounts"), laterPath),
    ...fromBindPaths(root),
    ...fromPools(root),
    ...fromDatasets(root),
    ...fromOwnOptions(root),
  ];
}

/** `environment.etc.<name>`: a link to a path in a text, or a file that comes from the Nix store. */
function fromEtc(root: OptionNode): PathLink[] {
  const etc = root.at("environment", "etc");
  if (etc.isDefined() === false) return [];
  return childrenOf(etc).flatMap(({ name, node, certain }) => {
    if (certain.answer !== "yes") return [];
    const target = readString(node.child("target"));
    const path = joinPath("/etc", target?.known ? target.value : name);
    return [{ path, target: sourceOf(node), by: "linked", place: nameAt(node) }];
  });
}

/** 2026-03-08, the time of microvm.nix 706a7db in seconds since 1970. */
const WRITES_ID = 1_772_994_363;

/**
 * microvm.nix writes the id that a guest is given (`nixos-modules/microvm/system.nix`). Since March 2026 one that is
 * given none gets one that is made of its name; `lockedAt` is the time of the revision in flake.lock.
 */
function fromMicrovm(root: OptionNode, lockedAt: number | undefined): PathLink[] {
  const option = root.at("microvm", "machineId");
  const id = readStringOrNull(option);
  if (id?.known && id.value === null) return [];
  const path = "/etc/machine-id";
  if (id) {
    const target = id.known ? known(null) : notKnown<null>(id.why, id.place);
    return [{ path, target, by: "linked", place: id.place }];
  }
  if (!isGuest(root)) return [];
  if (lockedAt !== undefined && lockedAt < WRITES_ID) return [];
  const target =
    lockedAt === undefined
      ? notKnown<null>("microvm.nix writes it since March 2026, and which version this host has is not known")
      : known(null);
  return [{ path, target, by: "linked", place: undefined, isGuess: true }];
}

function sourceOf(node: OptionNode): PathLink["target"] {
  const source = node.child("source");
  if (source.isDefined() === false) return known(null);
  const reading = read(source);
  // A path literal, a package or what evaluation makes of one ends up in the Nix store.
  if (reading.state === "unknown") return notKnown(reading.unknown.why, reading.place);
  if (reading.state === "set" && typeof reading.value === "string" && isOutside(reading.value)) {
    return known(normalise(reading.value), reading.place);
  }
  return known(null);
}

function isOutside(path: string): boolean {
  return path.startsWith("/") && !path.startsWith("/nix/store/");
}

/** Lines `L /path - - - - /target`, and the settings that stand for them. */
function fromTmpfiles(tmpfiles: OptionNode, later: Later): PathLink[] {
  if (tmpfiles.isDefined() === false) return [];
  const rules = readTexts(tmpfiles.child("rules")).texts.flatMap(({ text, place, certain }) => {
    const [type = "", path = "", , , , , ...argument] = text.trim().split(/\s+/);
    const target = argument.join(" ");
    const at = later(path);
    if (!/^L[+?!-]*$/.test(type) || certain.answer !== "yes" || at === undefined || !target.startsWith("/")) return [];
    // What a link says is read once the root is the root, wherever it was made.
    return [{ path: at, target: known(normalise(target), place), by: "linked", place }];
  });
  const settings = childrenOf(tmpfiles.child("settings")).flatMap(({ node }) =>
    childrenOf(node).flatMap(({ name, node: file, certain }) =>
      childrenOf(file).flatMap(({ name: type, node: rule }) => {
        const argument =
          /^L[+?]*$/.test(type) && certain.answer === "yes" ? readString(rule.child("argument")) : undefined;
        const at = later(name);
        if (!argument || at === undefined) return [];
        return [{ path: at, target: argument, by: "linked", place: nameAt(file) }];
      }),
    ),
  );
  return [...rules, ...settings];
}

/** Secrets with a path of their own: agenix and sops-nix put a link there at each boot. */
function fromSecrets(root: OptionNode): PathLink[] {
  return SECRETS.flatMap(([module, kind, ...folders]) => {
    const secrets = root.at(module, kind);
    if (secrets.isDefined() === false) return [];
    const made = (path: string, place: PathLink["place"]): PathLink => ({
      ...{ path: normalise(path), target: known(null), by: "made from a secret", place },
    });
    const own = childrenOf(secrets).flatMap(({ node, certain }) => {
      const path = readString(node.child("path"));
      return certain.answer === "yes" && path?.known && path.value.startsWith("/")
        ? [made(path.value, path.place)]
        : [];
    });
    const elsewhere = module === "age" ? readString(root.at("age", "secretsDir")) : undefined;
    const all = elsewhere?.known ? [...folders, elsewhere.value] : folders;
    return [...all.map((folder) => made(folder, undefined)), ...own];
  });
}

/** Where secrets without a path of their own are, by the module that decrypts them. */
const SECRETS = [
  ["age", "secrets", "/run/agenix"],
  ["sops", "secrets", "/run/secrets", "/run/secrets-for-users"],
  ["sops", "templates", "/run/secrets/rendered", "/run/secrets-rendered"],
] as const;

/** Where a path of one stage is in the running system; undefined for what is gone by then. */
type Later = (path: string) => string | undefined;

function asIs(path: string): string | undefined {
  return path.startsWith("/") ? normalise(path) : undefined;
}

/** The initrd with systemd has the later root at `/sysroot`; all else of it is left behind. */
function laterPath(path: string): string | undefined {
  return path.startsWith("/sysroot/") ? normalise(path.slice("/sysroot".length)) : undefined;
}

/**
 * `system.etc.overlay`: what is written to `/etc` lies in the upper directory of an overlay on the root, where modules for
 * stores may keep it. Without `mutable` nothing is written there.
 */
function fromEtcOverlay(root: OptionNode): PathLink[] {
  const overlay = root.at("system", "etc", "overlay");
  const on = overlay.isDefined() === false ? undefined : readBoolean(overlay.child("enable"));
  if (!on || (on.known && !on.value)) return [];
  const target = on.known ? known("/.rw-etc/upper", on.place) : notKnown<string>(on.why, on.place);
  return [{ path: "/etc", target, by: "an overlay that leads", place: on.place }];
}

/** Mount units that are written by hand, of the running system or of its initrd. */
function fromMounts(mounts: OptionNode, later: Later): PathLink[] {
  const { items } = readItems(mounts);
  return items.flatMap((item) => {
    const mount = attrsOf(item, mounts.path);
    const where = mount && readString(mount.child("where"));
    const path = where?.known ? later(where.value) : undefined;
    if (!mount || path === undefined || item.certain.answer !== "yes") return [];
    return [{ path, target: mountedFrom(mount, later), by: "mounted", place: where?.place ?? item.place }];
  });
}

function mountedFrom(mount: OptionNode, later: Later): PathLink["target"] {
  const what = readString(mount.child("what"));
  const type = readString(mount.child("type"));
  if (!what?.known || type?.known === false) return notKnown("what a mount unit mounts is not known", what?.place);
  if (type?.value === "tmpfs") return known("/run", what.place);
  // A directory is bound; a device or a share keeps what is on it, which is for it to say.
  const source = what.value.startsWith("/dev/") ? undefined : later(what.value);
  if (source !== undefined) return known(source, what.place);
  return notKnown(`a mount unit mounts \`${what.value}\` there`, what.place);
}

/** `BindPaths` of a service: what it sees there lies elsewhere. Other services see the path as it is, and have their own. */
function fromBindPaths(root: OptionNode): readonly PathLink[] {
  const services = root.at("systemd", "services");
  if (services.isDefined() === false) return [];
  return bindPathsOf(childrenOf(services));
}

const bindPathsOf = perItem(({ node, certain: there }: Child): readonly PathLink[] => {
  const binds = node.at("serviceConfig", "BindPaths");
  if (there.answer !== "yes" || binds.isDefined() === false) return [];
  return readTexts(binds).texts.flatMap(({ text, place, certain }) =>
    certain.answer !== "yes" ? [] : text.split(/\s+/).flatMap((bind) => boundPath(bind, place)),
  );
});

/** `SOURCE:DESTINATION[:rbind]`; without a destination it is where it was. */
function boundPath(bind: string, place: PathLink["place"]): PathLink[] {
  const [source = "", destination = ""] = bind.replace(/^-/, "").split(":");
  if (!source.startsWith("/") || !destination.startsWith("/") || /[%\\]/.test(bind)) return [];
  const [from, to] = [normalise(source), normalise(destination)];
  return from === to ? [] : [{ path: to, target: known(from, place), by: "bound", place }];
}

/** Ends the reason why it is not known what is mounted at a path: an imported pool may have a dataset there. */
export const WHERE_THE_DISK_SAYS = "are mounted where the disk says";

/**
 * Pools that are imported beside those of `fileSystems`: their datasets are mounted where the disk says, mostly below
 * the pool's name, or where data is mounted by custom.
 */
function fromPools(root: OptionNode): PathLink[] {
  return readTexts(root.at("boot", "zfs", "extraPools")).texts.flatMap(({ text, place }) => {
    const target = notKnown<string>(`the datasets of the pool \`${text}\` ${WHERE_THE_DISK_SAYS}`, place);
    const usual = ["/mnt", "/media"].map((path) => ({ path, target, by: "mounted", place, isGuess: true }));
    return [{ path: normalise(text), target, by: "mounted", place }, ...usual];
  });
}

/** Datasets of disko that ZFS mounts by their own `mountpoint` property, which `fileSystems` does not know. */
function fromDatasets(root: OptionNode): PathLink[] {
  const pools = root.at("disko", "devices", "zpool");
  if (pools.isDefined() === false) return [];
  return childrenOf(pools).flatMap(({ name, node }) => {
    const sets = childrenOf(node.child("datasets"));
    const own = [propertyOf(node.child("rootFsOptions")), ...sets.flatMap((set) => mountedByZfs(set, sets))];
    return [{ value: `/${name}`, place: nameAt(node) }, ...own.filter((one) => one !== undefined)].map(
      ({ value, place }) => ({
        path: normalise(value),
        target: notKnown<string>(`ZFS mounts datasets of the pool \`${name}\` there by itself`, place),
        by: "mounted",
        place,
      }),
    );
  });
}

type Mounted = { readonly value: string; readonly place: PathLink["place"] };
type Dataset = Child;

/** The directory that the property `mountpoint` names. */
function propertyOf(options: OptionNode): Mounted | undefined {
  const mountpoint = readString(options.child("mountpoint"));
  return mountpoint?.known && mountpoint.value.startsWith("/") ? mountpoint : undefined;
}

/**
 * Where ZFS mounts a dataset without `fileSystems`. What disko mounts at the same place is known there; but datasets
 * below it that say nothing themselves inherit the property, and are mounted below it.
 */
function mountedByZfs({ name, node }: Dataset, all: readonly Dataset[]): Mounted[] {
  const property = propertyOf(node.child("options"));
  if (!property) return [];
  const declared = readString(node.child("mountpoint"));
  if (!declared?.known || normalise(declared.value) !== normalise(property.value)) return [property];
  return all
    .filter((other) => other.name.startsWith(`${name}/`) && !isNamed(other.node.child("options"), "mountpoint"))
    .map((other) => ({
      value: joinPath(property.value, other.name.slice(name.length + 1)),
      place: nameAt(other.node),
    }));
}

/** Directories that the host's own options call mountpoints: ZFS may mount there what `fileSystems` does not know. */
function fromOwnOptions(root: OptionNode): PathLink[] {
  const usesZfs = [root.at("boot", "zfs"), root.at("disko", "devices", "zpool")].some(
    (node) => node.isDefined() !== false,
  );
  if (!usesZfs) return [];
  return ownMountpoints(root).map(({ value, place }) => ({
    path: normalise(value),
    target: notKnown<string>("an option of the host calls it a mountpoint, and ZFS mounts datasets by itself", place),
    by: "mounted",
    place,
    isGuess: true,
  }));
}

function attrsOf(item: Item, path: readonly string[]): OptionNode | undefined {
  return item.value instanceof NixAttrs ? itemNode(item, path) : undefined;
}
