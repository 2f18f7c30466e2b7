import type { Place } from "../eval/origin.ts";
import type { OptionNode } from "../modules/option-node.ts";
import { type Gap, gapConcerns } from "./gaps.ts";
import { EVERY_DATASET } from "./hand-made-mounts.ts";
import type { EphemeralRoot, Fate, FileSystem, PersistedPath, Rollback, Store, Verdict } from "./host.ts";
import type { PathLink } from "./links.ts";
import { isAtOrBelow, isBelow, joinPath, normalise } from "./paths.ts";
import { readBoolean } from "./read-values.ts";
import { wipesFileSystem } from "./rollback-target.ts";
import { allOf, NO, unsure, YES } from "./verdict.ts";

/** What the fate of a path depends on. */
export interface FateInput {
  /** See `linksOf`. */
  readonly links: readonly PathLink[];
  readonly emptied: readonly EmptiedTmp[];
  readonly fileSystems: readonly FileSystem[];
  readonly fileSystemsOpen: string | undefined;
  readonly stores: readonly Store[];
  /** Directories of which somebody says that their content survives. */
  readonly kept?: readonly { readonly path: string; readonly place: Place }[];
  readonly gaps: readonly Gap[];
  /** The folder of the configuration: evaluation copies files of it to the Nix store, and their paths stand for those. */
  readonly sources?: string | undefined;
  readonly ephemeralRoot: EphemeralRoot;
  readonly rollbacks: readonly Rollback[];
  /** Why modules that cannot be read may change anything. */
  readonly unseen: string | undefined;
}

/** An option by which `/tmp` is empty after every boot. */
export interface EmptiedTmp {
  readonly certain: Verdict;
  /** As in {@link Fate}. */
  readonly by: string;
}

/** One thing that covers a path; the one with the longest path decides. */
interface Layer {
  readonly depth: number;
  readonly certain: Verdict;
  fate(): Fate;
}

/** Bind mounts of bind mounts end somewhere. */
const MAX_BINDS = 8;

/** What the next boot does to a path: "no" only if nothing that could save it can exist. */
export function fateOf(input: FateInput, path: string): Fate {
  const at = normalise(path);
  const copied = copiedFate(input, at);
  if (copied) return copied;
  const fate = decide(layersAt(input, at, 0));
  return fate.survives.answer === "no" ? doubted(input, at, fate) : fate;
}

/** What is said of a path in the folder of the configuration itself. */
function copiedFate({ sources }: FateInput, path: string): Fate | undefined {
  if (sources === undefined || !path.startsWith(`${sources}/`)) return undefined;
  return {
    ...NOWHERE,
    survives: unsure("it may be a file of the configuration, copied to the Nix store"),
    by: "in the configuration",
  };
}

/** At equal depth a bind mount of the persistence module covers the filesystem below it, so it comes first. */
function layersAt(input: FateInput, path: string, hops: number): Layer[] {
  return byDepth([
    ...persistedLayers(input, path),
    ...linkLayers(input, path, hops),
    ...mountLayers(input, path, hops),
  ]);
}

/** The filesystem that certainly holds a path. */
export function fileSystemAt(fileSystems: readonly FileSystem[], path: string): FileSystem | undefined {
  const at = normalise(path);
  return fileSystems
    .filter((fs) => fs.certain.answer === "yes" && isAtOrBelow(at, fs.mountpoint))
    .reduce<FileSystem | undefined>(
      (best, fs) => (best && best.mountpoint.length >= fs.mountpoint.length ? best : fs),
      undefined,
    );
}

function decide(layers: readonly Layer[]): Fate {
  const [first, ...rest] = layers;
  if (!first) throw new Error("the root always covers a path");
  const fate = first.fate();
  if (first.certain.answer === "yes" || rest.length === 0) return fate;
  const otherwise = decide(rest);
  if (fate.survives.answer === otherwise.survives.answer && fate.survives.answer !== "unknown") return otherwise;
  if (first.certain.answer === "unknown") return { ...fate, survives: first.certain, by: `perhaps ${fate.by}` };
  return otherwise;
}

function persistedLayers(input: FateInput, path: string): Layer[] {
  const layers: Layer[] = [];
  const entries = entriesByPath(input.stores);
  for (let at = path; ; at = at.slice(0, at.lastIndexOf("/")) || "/") {
    for (const entry of entries.get(at) ?? []) {
      if (entry.kind === "file" && at !== path) continue;
      const certain = allOf(entry.store.enabled, entry.certain);
      layers.push({ depth: entry.path.length, certain, fate: () => persistedFate(input, entry) });
    }
    if (at === "/") return layers;
  }
}

/** Links at the path or above it: what is asked for lies where they lead. */
function linkLayers(input: FateInput, path: string, hops: number): Layer[] {
  return input.links
    .filter((link) => isAtOrBelow(path, link.path))
    .map((link) => ({
      depth: link.path.length - (link.isGuess ? 0.5 : 0),
      certain: YES,
      fate: () => linkedFate(input, link, path, hops),
    }));
}

function linkedFate(input: FateInput, { path: from, target, by, place }: PathLink, path: string, hops: number): Fate {
  const common = { persisted: undefined, fileSystem: undefined, place };
  if (!target.known)
    return { ...common, survives: unsure(target.why, target.place ?? place), by: `${by} from elsewhere` };
  if (target.value === null)
    return { ...common, survives: YES, by: `${by === "linked" ? "made" : by} by the configuration` };
  if (hops >= MAX_BINDS) return { ...common, survives: unsure("the links lead in a circle", place), by };
  const inner = joinPath(target.value, path.slice(from.length));
  const fate = copiedFate(input, inner) ?? decide(layersAt(input, inner, hops + 1));
  return {
    ...fate,
    persisted: undefined,
    by: `${by} to ${target.value}, which is ${fate.by}`,
    place: place ?? fate.place,
  };
}

const indexes = new WeakMap<readonly Store[], ReadonlyMap<string, readonly PersistedPath[]>>();

/** The entries of all stores that may be in use, by path: every service asks for some. */
function entriesByPath(stores: readonly Store[]): ReadonlyMap<string, readonly PersistedPath[]> {
  let index = indexes.get(stores);
  if (!index) {
    const found = new Map<string, PersistedPath[]>();
    for (const store of stores) {
      if (store.enabled.answer === "no") continue;
      for (const entry of [...store.directories, ...store.files]) {
        const same = found.get(entry.path);
        if (same) same.push(entry);
        else found.set(entry.path, [entry]);
      }
    }
    index = found;
    indexes.set(stores, index);
  }
  return index;
}

function persistedFate(input: FateInput, entry: PersistedPath): Fate {
  const { store } = entry;
  const common = { place: entry.place, persisted: entry, fileSystem: undefined };
  if (!store.path.known) {
    const survives = unsure(store.path.why, store.path.place);
    return { ...common, survives, by: `persisted by ${store.option.join(".")}` };
  }
  const kept = keptIn(input, store.path.value, entry.path);
  if (kept.survives.answer === "yes") {
    return { ...common, survives: YES, by: `persisted in ${store.path.value}`, fileSystem: kept.fileSystem };
  }
  return {
    ...common,
    survives: kept.survives,
    by: `persisted in ${store.path.value}, which itself is ${kept.by}`,
    fileSystem: kept.fileSystem,
  };
}

/** The fates of stores that hold no mount of their own, by the host and the path: hundreds of entries share them. */
const wholeStores = new WeakMap<FateInput, Map<string, Fate | undefined>>();

/** The fate of what a store has for a path. */
function keptIn(input: FateInput, store: string, path: string): Fate {
  let known = wholeStores.get(input);
  if (!known) {
    known = new Map();
    wholeStores.set(input, known);
  }
  const shared = known.get(store);
  if (shared) return shared;
  const fate = decide(byDepth(mountLayers(input, joinPath(store, path), 0)));
  if (!known.has(store)) known.set(store, path !== "/" && isWhole(input, store) ? fate : undefined);
  return fate;
}

/** Whether nothing is mounted below a store, so that all in it has one fate. */
function isWhole(input: FateInput, store: string): boolean {
  const mounts = input.fileSystems.map(({ mountpoint }) => mountpoint);
  const inside = ["/run", "/dev", "/proc", "/sys", "/tmp", ...mounts, ...(input.kept ?? []).map((one) => one.path)];
  if (inside.some((mountpoint) => isBelow(mountpoint, store))) return false;
  // What is bound from elsewhere may have mounts in it there.
  return !input.fileSystems.some((fs) => isAtOrBelow(store, fs.mountpoint) && bindSource(fs) !== undefined);
}

/** The deepest first, else as they were; they are two or three, and hundreds of paths ask, so nothing is made for it. */
function byDepth(layers: Layer[]): Layer[] {
  for (let at = 1; at < layers.length; at++) {
    const layer = layers[at] as Layer;
    let to = at;
    for (; to > 0 && (layers[to - 1] as Layer).depth < layer.depth; to--) layers[to] = layers[to - 1] as Layer;
    layers[to] = layer;
  }
  return layers;
}

function mountLayers(input: FateInput, path: string, binds: number): Layer[] {
  const layers = [...(IN_MEMORY.test(path) ? memoryLayers(input, path) : []), ...keptLayers(input, path)];
  let hasRoot = false;
  for (const fs of input.fileSystems) {
    if (!isAtOrBelow(path, fs.mountpoint)) continue;
    hasRoot ||= fs.mountpoint === "/";
    const certain = fs.mountpoint === "/" ? YES : fs.certain;
    layers.push({ depth: depthOf(fs.mountpoint), certain, fate: () => mountFate(input, fs, path, binds) });
  }
  if (!hasRoot) layers.push({ depth: 0, certain: YES, fate: () => rootFate(input, undefined) });
  return layers;
}

/** A filesystem that is declared at the same place says more, so it goes before. */
function keptLayers({ kept = [] }: FateInput, path: string): Layer[] {
  return kept
    .filter((store) => isAtOrBelow(path, store.path))
    .map((store) => ({
      depth: store.path.length - 0.5,
      certain: YES,
      fate: () => ({
        ...NOWHERE,
        survives: YES,
        by: `in ${store.path}, a store by impermanence.json`,
        place: store.place,
      }),
    }));
}

function depthOf(mountpoint: string): number {
  return mountpoint === "/" ? 0 : mountpoint.length;
}

/** Where the running system has, or may have, something in memory. */
const IN_MEMORY = /^\/(run|dev|proc|sys|tmp)(\/|$)/;

/** What the running system always keeps in memory, and `/tmp` where an option says so. */
function memoryLayers(input: FateInput, path: string): Layer[] {
  const lost = (directory: string, certain: Verdict, by: string): Layer[] =>
    isAtOrBelow(path, directory)
      ? [{ depth: directory.length, certain, fate: () => ({ ...NOWHERE, survives: NO, by }) }]
      : [];
  const layers = ["/run", "/dev", "/proc", "/sys"].flatMap((directory) =>
    lost(directory, YES, `in memory (${directory})`),
  );
  if (!isAtOrBelow(path, "/tmp")) return layers;
  return [...layers, ...input.emptied.flatMap(({ certain, by }) => lost("/tmp", certain, by))];
}

/** The options by which every boot empties `/tmp`, as far as they are, or may be, switched on. */
export function readEmptiedTmp(root: OptionNode): EmptiedTmp[] {
  const options = [
    ["useTmpfs", "in memory (/tmp is a tmpfs)"],
    ["cleanOnBoot", "in /tmp, which is emptied at boot"],
  ] as const;
  return options.flatMap(([option, by]) => {
    const flag = readBoolean(root.at("boot", "tmp", option));
    if (flag?.known === false) return [{ certain: unsure(flag.why, flag.place), by }];
    return flag?.value ? [{ certain: YES, by }] : [];
  });
}

const NOWHERE = { place: undefined, persisted: undefined, fileSystem: undefined } as const;

function mountFate(input: FateInput, fs: FileSystem, path: string, binds: number): Fate {
  if (fs.mountpoint === "/") return rootFate(input, fs);
  const common = { place: fs.place, persisted: undefined, fileSystem: fs };
  const name = `${fs.mountpoint}${subvolumeText(fs)}`;
  const own = path === fs.mountpoint ? `on its own filesystem ${name}` : `on the filesystem ${name}`;
  const source = bindSource(fs);
  if (source !== undefined) {
    if (binds >= MAX_BINDS)
      return { ...common, survives: unsure("the bind mounts lead in a circle", fs.place), by: own };
    const inner = joinPath(source, path.slice(fs.mountpoint.length));
    const fate = decide(byDepth(mountLayers(input, inner, binds + 1)));
    return { ...common, survives: fate.survives, by: `bound to ${source}, which is ${fate.by}` };
  }
  const memory = inMemory(fs);
  if (memory.answer === "yes")
    return { ...common, survives: NO, by: `on the tmpfs ${fs.mountpoint}, which is empty after every boot` };
  if (memory.answer === "unknown") return { ...common, survives: memory, by: own };
  for (const rollback of input.rollbacks) {
    const wiped = wipedBy(rollback, fs, input.fileSystems);
    if (wiped.answer === "no") continue;
    const by = `on the filesystem ${name}, which \`${rollback.option.join(".")}\` ${wiped.answer === "yes" ? "empties" : "may empty"} at boot`;
    return { ...common, place: rollback.place, survives: wiped.answer === "yes" ? NO : wiped, by };
  }
  return { ...common, survives: YES, by: own };
}

/** Whether a rollback empties a filesystem other than the root: it must run, and mean this one. */
function wipedBy(rollback: FateInput["rollbacks"][number], fs: FileSystem, all: readonly FileSystem[]): Verdict {
  if (rollback.runs.answer === "no" || rollback.works.answer === "no") return NO;
  return allOf(wipesFileSystem(rollback, fs, all), rollback.runs);
}

function rootFate(input: FateInput, fs: FileSystem | undefined): Fate {
  const { ephemeralRoot: root } = input;
  const common = { persisted: undefined, fileSystem: fs };
  switch (root.kind) {
    case "tmpfs":
      return { ...common, survives: NO, by: "on the root, a tmpfs that is empty after every boot", place: root.place };
    case "declared":
      return {
        ...common,
        survives: NO,
        by: "on the root, which every boot wipes, as impermanence.json says",
        place: root.place,
      };
    case "rollback":
      return { ...common, survives: NO, by: "on the root, which is wiped at every boot", place: root.rollback.place };
    case "unknown":
      return { ...common, survives: unsure(root.why, root.place), by: "on the root", place: root.place };
    case "none":
      return { ...common, survives: YES, by: "on the root, which nothing wipes", place: fs?.place };
  }
}

/** A "no" becomes "cannot tell" when something that cannot be seen might cover the path. */
function doubted(input: FateInput, path: string, fate: Fate): Fate {
  const gaps = [
    ...input.gaps,
    ...input.stores.filter(({ enabled }) => enabled.answer !== "no").flatMap(({ open }) => open),
  ].filter((one) => gapConcerns(one, path));
  // That there are datasets which nobody sees is the weakest of reasons: it is named where there is no other.
  const gap = gaps.find(({ why }) => why !== EVERY_DATASET);
  const why = gap?.why ?? input.fileSystemsOpen ?? input.unseen;
  if (why !== undefined) return { ...fate, survives: unsure(why, gap?.place) };
  const [last] = gaps;
  return last ? { ...fate, survives: unsure(last.why, last.place) } : fate;
}

/** The directory a bind mount shows. */
function bindSource(fs: FileSystem): string | undefined {
  const binds = fs.options.some(({ text, certain }) => certain && (text === "bind" || text === "rbind"));
  return binds && fs.device.known && fs.device.value.startsWith("/") ? fs.device.value : undefined;
}

function inMemory(fs: FileSystem): Verdict {
  const { fsType, device } = fs;
  if (fsType.known) {
    if (fsType.value === "tmpfs" || fsType.value === "ramfs") return YES;
    return fsType.value === "overlay" ? unsure("an overlay keeps its changes wherever its upperdir is", fs.place) : NO;
  }
  // A device node cannot be a tmpfs, whatever its type.
  if (device.known && device.value.startsWith("/dev/")) return NO;
  return unsure(fsType.why, fsType.place ?? fs.place);
}

function subvolumeText(fs: FileSystem): string {
  return fs.subvolume?.known && fs.subvolume.value !== "" ? ` (subvolume ${fs.subvolume.value})` : "";
}
