import { type StorageCommand, type SubvolumeTool, storageCommands } from "./btrfs-commands.ts";
import { wipingFunctions } from "./rollback-functions.ts";
import { PathReader, splitPath, type TopPath } from "./rollback-paths.ts";
import type { Script, Span, Word } from "./sh-ast.ts";
import { commands } from "./sh-commands.ts";
import { type Scope, scopeOf } from "./sh-values.ts";

export type RollbackTechnique =
  /** The subvolume is deleted and an empty one created. */
  | "delete-and-create"
  /** A snapshot of a blank subvolume takes its place. */
  | "blank-snapshot"
  /** It is moved into a directory of old roots and made anew. */
  | "move-to-archive"
  /** It is kept as a snapshot among the old roots, then deleted and made anew. */
  | "rolling"
  | "zfs-rollback";

/** Something that the script does, but that cannot be read from its text. */
export interface RollbackUnknown extends Span {
  what: "subvolume" | "device" | "mount" | "blank" | "archive";
  reason: string;
}

export type RollbackReading =
  | { kind: "none"; unknown: RollbackUnknown[] }
  | {
      kind: "btrfs" | "bcachefs" | "zfs";
      /** How the first of the subvolumes is reset. */
      technique: RollbackTechnique;
      /**
       * What is empty afterwards: paths from the filesystem's top level, without a leading slash; for zfs the dataset.
       * Empty when a name is unknown, with an entry in `unknown`.
       */
      subvolumes: string[];
      /** The mounted device as written; for zfs the pool. */
      device?: string;
      /** The blank subvolume that is put in place; for zfs the snapshot's name. */
      blank?: string;
      /** The directory that keeps old roots, from the top level. */
      archive?: string;
      /** Each reset by itself, in the order of the text. */
      wipes: Wipe[];
      /** The commands that show it. */
      evidence: Span[];
      unknown: RollbackUnknown[];
    };

export interface Wipe {
  technique: RollbackTechnique;
  subvolume?: string;
  blank?: string;
  archive?: string;
  /** Whether the script itself mounts the filesystem that holds it; otherwise `subvolume` is a path. */
  isMounted: boolean;
  evidence: Span[];
}

/** What happens to one path, gathered over the whole script. */
interface Fate {
  path: TopPath;
  tool: SubvolumeTool;
  deleted: Span[];
  /** Destinations of `mv`. */
  moved: { span: Span; to: TopPath[]; into: Word }[];
  created: Span[];
  /** Sources of snapshots that take this path. */
  restored: { span: Span; from: TopPath[]; source: Word }[];
  /** Destinations of snapshots of this path. */
  kept: { span: Span; to: TopPath[]; into: Word }[];
}

/**
 * What a script wipes when it runs at boot: btrfs and bcachefs subvolumes that are removed or moved away and made anew,
 * and zfs datasets that are rolled back. A script that only deletes, only creates or only takes snapshots wipes nothing.
 *
 * Paths are followed through variables, loops over spelled-out words, `cd`, and functions that delete their argument.
 * A name that is not certain is left out and explained in `unknown`.
 */
export function readRollback(script: Script, scope: Scope = scopeOf(script)): RollbackReading {
  const storage = storageCommands(script, scope);
  const zfs = readZfs(storage, scope);
  if (zfs) return zfs;
  const directories = commands(script).flatMap(({ name, args, command }) =>
    name === "cd" && args[0] ? [{ at: command.start, word: args[0] }] : [],
  );
  const paths = new PathReader(storage, scope, directories);
  const fates = gatherFates(script, paths, storage);
  const unknown: RollbackUnknown[] = [];
  const wipes = fates.flatMap((fate) => wipeOf(fate, unknown) ?? []);
  const first = wipes[0];
  if (!first) return { kind: "none", unknown: [...unknown, ...doubts(fates)] };
  const wiped = fates.filter((fate) => wipes.some(({ key }) => key === fate.path.key));
  const device = deviceOf(wiped, paths, unknown);
  return {
    kind: wiped[0]!.tool,
    technique: first.technique,
    subvolumes: wipes.flatMap(({ subvolume }) => (subvolume === undefined ? [] : [subvolume])),
    ...(device === undefined ? {} : { device }),
    ...(first.blank === undefined ? {} : { blank: first.blank }),
    ...(first.archive === undefined ? {} : { archive: first.archive }),
    wipes: wipes.map(({ key: _, ...wipe }) => wipe),
    evidence: mergeSpans([...wipes.flatMap(({ evidence }) => evidence), ...mountSpans(wiped)]),
    unknown,
  };
}

/**
 * Where a script without a certain reset removes something with an unknown name and makes something with an unknown
 * name, the two may be the same.
 */
function doubts(fates: readonly Fate[]): RollbackUnknown[] {
  const nameless = fates.filter(({ path }) => path.name === undefined);
  if (!nameless.some(({ created, restored }) => created.length + restored.length > 0)) return [];
  return nameless
    .filter(({ deleted, moved }) => deleted.length + moved.length > 0)
    .map(({ path }) => ({ what: "subvolume", reason: path.reason ?? "the path is unknown", ...spanOf(path.word) }));
}

function gatherFates(script: Script, paths: PathReader, storage: readonly StorageCommand[]): Fate[] {
  const fates = new Map<string, Fate>();
  const each = (word: Word, tool: SubvolumeTool, note: (fate: Fate, path: TopPath) => void) => {
    for (const path of paths.paths(word)) {
      // A name that changes with every turn of a loop or call of a function is no subvolume of its own.
      if (path.key === "" || /\u0001(?:loop|argument):/.test(path.key)) continue;
      const fate = fates.get(path.key) ?? { path, tool, deleted: [], moved: [], created: [], restored: [], kept: [] };
      fates.set(path.key, fate);
      note(fate, path);
    }
  };
  const tool: SubvolumeTool = storage.some((command) => "tool" in command && command.tool === "bcachefs")
    ? "bcachefs"
    : "btrfs";
  const deletes = (word: Word, by: SubvolumeTool, span: Span) =>
    each(word, by, (fate) => fate.deleted.push(spanOf(span)));
  for (const { argument, span } of wipingFunctions(script, paths)) deletes(argument, tool, span);
  for (const command of storage) {
    const span = spanOf(command);
    if (command.kind === "subvolume-delete") {
      // What a function deletes as a whole was noted at its calls.
      const named = command.targets.filter(
        (target) => !/^\u0001argument:1:[^\u0001]*\u0001$/.test(paths.value(target).key ?? ""),
      );
      for (const target of named) deletes(target, command.tool, span);
    } else if (command.kind === "subvolume-create") {
      for (const target of command.targets) each(target, command.tool, (fate) => fate.created.push(span));
    } else if (command.kind === "move") {
      const into = command.destination;
      for (const source of command.sources)
        each(source, tool, (fate) => fate.moved.push({ span, to: paths.paths(into), into }));
    } else if (command.kind === "subvolume-snapshot") {
      const { source, destination } = command;
      each(destination, command.tool, (fate, path) =>
        fate.restored.push({ span, from: matching(paths.paths(source), path, paths.paths(destination)), source }),
      );
      each(source, command.tool, (fate) => fate.kept.push({ span, to: paths.paths(destination), into: destination }));
    }
  }
  for (const fate of fates.values()) takePlaces(fate, fates);
  return [...fates.values()];
}

/**
 * What is made under a name of its own, and then moved to where something was removed, is that one made anew: a script
 * that stops half-way has one of the two.
 */
function takePlaces(fate: Fate, fates: ReadonlyMap<string, Fate>): void {
  if (fate.created.length + fate.restored.length === 0) return;
  for (const { span, to } of fate.moved) {
    const place = to.length === 1 ? fates.get(to[0]!.key) : undefined;
    if (place === undefined || place === fate || !isRemoved(place, fate)) continue;
    // What is made after the move stays where it is: a root that was moved away and made anew.
    if (fate.created.some(({ start }) => start > span.start)) continue;
    if (fate.restored.some((restored) => restored.span.start > span.start)) continue;
    place.created.push(...fate.created.splice(0));
    place.restored.push(...fate.restored.splice(0));
  }
}

function isRemoved({ deleted, moved }: Fate, by: Fate): boolean {
  return deleted.length > 0 || moved.some(({ to }) => to.some(({ key }) => key !== by.path.key));
}

/** In a loop, the source that belongs to one of the destinations is the one of the same turn. */
function matching(sources: TopPath[], path: TopPath, destinations: TopPath[]): TopPath[] {
  const turn = destinations.findIndex(({ key }) => key === path.key);
  return sources.length === destinations.length && sources[turn] ? [sources[turn]] : sources;
}

function wipeOf(fate: Fate, unknown: RollbackUnknown[]): (Wipe & { key: string }) | undefined {
  const restored = fate.restored.filter(({ from }) => from.every(({ key }) => key !== fate.path.key));
  const removed = fate.deleted.length + fate.moved.length > 0;
  const remade = fate.created.length + restored.length > 0;
  if (!removed || !remade) return undefined;
  const { path } = fate;
  if (path.name === undefined) {
    const reason = path.reason ?? "the path is unknown";
    unknown.push({ what: "subvolume", reason, ...spanOf(path.word) });
  } else if (!path.mount) {
    const reason = `the script does not mount the filesystem that holds “/${path.name}”`;
    unknown.push({ what: "mount", reason, ...spanOf(path.word) });
  }
  const spans = [...fate.deleted, ...fate.moved, ...fate.created, ...restored, ...fate.kept].map((seen) =>
    spanOf("span" in seen ? seen.span : seen),
  );
  const wipe: Wipe & { key: string } = {
    key: path.key,
    technique: techniqueOf(fate),
    isMounted: path.mount !== undefined,
    evidence: mergeSpans(spans),
  };
  if (path.name !== undefined) wipe.subvolume = path.name;
  const [source] = restored;
  if (source) {
    const blank = source.from[0]?.name;
    if (blank !== undefined) wipe.blank = blank;
    else
      unknown.push({
        what: "blank",
        reason: source.from[0]?.reason ?? "the source of the snapshot is unknown",
        ...spanOf(source.source),
      });
  }
  const store = fate.moved[0] ?? fate.kept[0];
  if (store) {
    const archive = archiveOf(store);
    if (archive !== undefined) wipe.archive = archive;
    else unknown.push({ what: "archive", reason: "the directory of the old roots is unknown", ...spanOf(store.into) });
  }
  return wipe;
}

function techniqueOf({ moved, deleted, kept, restored }: Fate): RollbackTechnique {
  if (moved.length > 0) return "move-to-archive";
  if (deleted.length > 0 && kept.length > 0) return "rolling";
  return restored.length > 0 ? "blank-snapshot" : "delete-and-create";
}

/** The known directory above the name that a kept root gets; a name that is known altogether is one by itself. */
function archiveOf({ to, into }: { to: TopPath[]; into: Word }): string | undefined {
  const [target] = to;
  const lastPart = into.parts.at(-1);
  const isDirectory = lastPart?.kind === "literal" && lastPart.value.endsWith("/");
  if (!target) return undefined;
  if (isDirectory) return target.name;
  // All that is known of an argument of a function is that it is one.
  if (target.name === undefined && !target.mount) return undefined;
  const { directory, last } = splitPath(target.key);
  if (directory.includes("\u0001")) return undefined;
  return directory === "" && !last.includes("\u0001") ? last : directory;
}

function deviceOf(wiped: readonly Fate[], paths: PathReader, unknown: RollbackUnknown[]): string | undefined {
  const mount = wiped.find(({ path }) => path.mount)?.path.mount;
  const word = mount?.command.device;
  if (!word) return undefined;
  const value = paths.value(word);
  if (value.value === undefined)
    unknown.push({ what: "device", reason: value.reason ?? "the device is unknown", ...spanOf(word) });
  const others = paths.alternatives(mount).flatMap(({ command: { device } }) => device ?? []);
  if (value.value !== undefined && others.some((other) => paths.value(other).value !== value.value)) {
    unknown.push({ what: "device", reason: "the script mounts one of several devices there", ...spanOf(word) });
    return undefined;
  }
  return value.value;
}

function mountSpans(wiped: readonly Fate[]): Span[] {
  return wiped.flatMap(({ path }) => (path.mount ? [spanOf(path.mount.command)] : []));
}

function readZfs(storage: readonly StorageCommand[], scope: Scope): RollbackReading | undefined {
  const found = storage.filter((command) => command.kind === "zfs-rollback");
  if (found.length === 0) return undefined;
  const paths = new PathReader([], scope, []);
  const unknown: RollbackUnknown[] = [];
  const wipes = found.map((command): Wipe => {
    const { value, reason } = paths.value(command.target);
    const [dataset, snapshot] = value?.split("@") ?? [];
    const wipe: Wipe = { technique: "zfs-rollback", isMounted: true, evidence: [spanOf(command)] };
    if (dataset === undefined) {
      unknown.push({ what: "subvolume", reason: reason ?? "the dataset is unknown", ...spanOf(command.target) });
      return wipe;
    }
    return { ...wipe, subvolume: dataset, ...(snapshot === undefined ? {} : { blank: snapshot }) };
  });
  const subvolumes = wipes.flatMap(({ subvolume }) => (subvolume === undefined ? [] : [subvolume]));
  const pool = subvolumes[0]?.split("/")[0];
  return {
    kind: "zfs",
    technique: "zfs-rollback",
    subvolumes,
    ...(pool === undefined ? {} : { device: pool }),
    ...(wipes[0]?.blank === undefined ? {} : { blank: wipes[0].blank }),
    wipes,
    evidence: wipes.flatMap(({ evidence }) => evidence),
    unknown,
  };
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}

function mergeSpans(spans: readonly Span[]): Span[] {
  const unique = new Map(spans.map((span) => [`${span.start}:${span.end}`, span]));
  return [...unique.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}
