import { declaredPaths, definedPaths } from "./defined-paths.ts";
import {
  type LoadedModule,
  locate,
  type ModuleForest,
  type ModuleLoader,
  type ModuleRequest,
  type ModuleStructure,
  noNotes,
  type ReadModule,
  readModule,
  structuresOf,
} from "./load-modules.ts";
import { PathSet } from "./path-set.ts";
import type { ReadIndex } from "./read-index.ts";

/** A module that has to be read again, and how it is imported now. */
export interface StaleModule {
  readonly structure: ModuleStructure;
  readonly request: ModuleRequest;
}

/** An option whose value was made of others. */
export interface PathReads {
  readonly path: readonly string[];
  readonly reads: PathSet;
}

/** What is known of a set of modules before a change. */
export interface RevisionInput {
  readonly forest: ModuleForest;
  /** The modules by what they read, as far as it was known at the last change. */
  readonly readers: ReadIndex<ModuleStructure>;
  readonly defaults: ReadIndex<PathReads>;
  /** Paths that any change reaches. */
  readonly reached: readonly (readonly string[])[];
}

/** What a change of files reaches. */
export interface Revision {
  readonly stale: readonly StaleModule[];
  /** Paths below which options may have other definitions, declarations or places than before. */
  readonly dirty: PathSet;
  readonly paths: readonly (readonly string[])[];
}

/** Reads a module while the configuration cannot be asked, as it is when modules are loaded. */
export type ReadStructure = (read: () => ReadModule) => ReadModule;

/** Paths on which more depends than the notes of modules tell. */
function isFarReaching(path: readonly string[]): boolean {
  const [first, second] = path;
  if (first === undefined || first === "_module") return true;
  // The platform is part of all packages; which of them are allowed and what overlays make of them is not known anyway.
  if (first === "nixpkgs") return second !== "config" && second !== "overlays";
  return first === "home-manager" && second !== "users";
}

/**
 * The modules that read what changed files define, and those that read what these define, and so on. Undefined when
 * the change is not confined to modules: then everything has to be evaluated anew.
 *
 * What the modules define now is worked out in the configuration as it was; `confirmRevision` makes sure of it.
 */
export function planRevision(
  { forest, readers, defaults, reached }: RevisionInput,
  changed: ReadonlySet<string>,
  loader: ModuleLoader,
  readStructure: ReadStructure,
): Revision | undefined {
  const structures = structuresOf(forest);
  for (const structure of structures) readers.take(structure, structure.loaded.reads);
  const stale = new Map<ModuleStructure, ModuleRequest>();
  const dirty = new PathSet();
  const all: (readonly string[])[] = [];
  const queue: [ModuleStructure, ModuleRequest][] = [];
  const reach = (paths: readonly (readonly string[])[]): void => {
    for (const path of paths) dirty.addWhole(path);
    all.push(...paths);
    const made = new Set(paths.flatMap((path) => [...defaults.readersOf(path)].map((one) => one.path)));
    const further = [...made].filter((path) => !dirty.covers(path));
    if (further.length > 0) reach(further);
    for (const path of paths) {
      for (const structure of readers.readersOf(path)) queue.push([structure, structure.request]);
    }
  };
  for (const structure of structures) {
    if (structure.path !== undefined && changed.has(structure.path)) queue.push([structure, structure.request]);
  }
  reach(reached);
  for (const [structure, request] of queue) {
    if (stale.has(structure)) continue;
    stale.set(structure, request);
    if (stale.size > structures.size / 2 + 10) return undefined;
    const before = structure.loaded;
    const source = locate(request, noNotes(), loader);
    if (!source || source.path !== structure.path || request.conditions.length > 0) return undefined;
    const now = readStructure(() => readModule(source, request, loader));
    const inline = inlineImports(structure, now, loader);
    if (!inline || !isSameKind(structure, now)) return undefined;
    queue.push(...inline);
    const declared = declaredPaths(before);
    if (!isSameList(declared.map(textOf).sort(), declaredPaths(now.loaded).map(textOf).sort())) return undefined;
    const paths = [...declared, ...definedPaths(before), ...definedPaths(now.loaded)];
    if (paths.some(isFarReaching)) return undefined;
    reach(paths.filter((path) => !dirty.covers(path)));
  }
  return { stale: [...stale].map(([structure, request]) => ({ structure, request })), dirty, paths: all };
}

/** Whether modules that were read again define nothing outside of what was taken for reached. */
export function confirmRevision({ stale, dirty }: Revision): boolean {
  return stale.every(({ structure }) => definedPaths(structure.loaded).every((path) => dirty.covers(path)));
}

/** Puts a module that was read again into its place. False when it turned out another than it was planned with. */
export function replaceModule({ structure, request }: StaleModule, loader: ModuleLoader): boolean {
  const source = locate(request, noNotes(), loader);
  const now = source && readModule(source, request, loader);
  if (!now || !isSameKind(structure, now) || !inlineImports(structure, now, loader)) return false;
  structure.loaded = now.loaded;
  return true;
}

/** The imports of a module that are no files, with the modules they were; undefined when other modules are imported. */
function inlineImports(
  structure: ModuleStructure,
  now: ReadModule,
  loader: ModuleLoader,
): [ModuleStructure, ModuleRequest][] | undefined {
  const { imports } = structure;
  if (imports.length !== now.imports.length) return undefined;
  const inline: [ModuleStructure, ModuleRequest][] = [];
  for (const [index, request] of now.imports.entries()) {
    const was = imports[index];
    // Notes about what cannot be found belong to the module that imports it.
    const source = locate(request, now.loaded.notes, loader);
    if (source?.path !== was?.path || (source === undefined) !== (was === undefined)) return undefined;
    if (was && source?.path === undefined) inline.push([was, request]);
  }
  return inline;
}

function isSameKind(structure: ModuleStructure, now: ReadModule): boolean {
  const kind = (loaded: LoadedModule) => loaded.freeform !== undefined;
  return (
    (now.key ?? structure.path) === structure.key &&
    isSameList(now.disabled, structure.disabled) &&
    kind(now.loaded) === kind(structure.loaded)
  );
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

function textOf(path: readonly string[]): string {
  return JSON.stringify(path);
}
