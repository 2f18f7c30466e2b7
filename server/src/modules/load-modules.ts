import type { FileSource } from "../eval/file-source.ts";
import type { Place } from "../eval/origin.ts";
import { normalisePath, pathFrom } from "../eval/path-name.ts";
import { Cell, HOLE, look, NixAttrs, NixFunction, NixList, NixPath, Unknown, type Value } from "../eval/value.ts";
import { calledWhole } from "./called-module.ts";
import type { DeclarationSource } from "./declaration.ts";
import { Around, RawDefinition } from "./definition.ts";
import { FlakeInput } from "./flake-inputs.ts";
import { OF_OTHERS } from "./known-options.ts";
import {
  fileOfNixos,
  MOUNTS_ITSELF,
  type MountingFile,
  mountingFileOfNixos,
  mountsForNixos,
  NIXOS_MODULES,
  unreadFileOfNixos,
} from "./nixos-files.ts";
import { nixosProfile } from "./nixos-profiles.ts";
import type { ModuleProblem } from "./option-node.ts";
import { PathSet } from "./path-set.ts";

/** A module that could not be read. `known`: it comes from outside the workspace, as flake inputs do. */
export interface OpaqueModule {
  readonly name: string;
  readonly why: string;
  readonly place: Place | undefined;
  readonly known: boolean;
  /** The option whose value is the set of modules that imports it, unless that is the host itself. */
  readonly inside?: readonly string[];
  /** It is a file of NixOS that gives the host filesystems. */
  readonly mounts?: MountingFile;
}

/** A module after its imports were followed. */
export interface LoadedModule {
  readonly file: string;
  readonly options: DeclarationSource | undefined;
  readonly config: RawDefinition | undefined;
  /** `freeformType`, when the module sets one. */
  readonly freeform: Cell | undefined;
  /** What the module asked of the configuration so far. */
  readonly reads: PathSet;
  /** What there is to say about the module itself and its imports. */
  readonly notes: ModuleNotes;
}

/** Problems and unreadable imports that were found while a module was loaded. */
export interface ModuleNotes {
  readonly problems: ModuleProblem[];
  readonly opaque: OpaqueModule[];
}

/** What loading needs from outside. */
export interface ModuleLoader {
  readonly files: FileSource;
  importFile(path: string): Cell;
  /** Calls a module that is a function with the arguments it names; what it reads is added to `reads`. */
  callModule(fn: NixFunction, at: Place | undefined, reads: PathSet): Value;
  /** The one file of the workspace that a path that leads nowhere most probably meant. */
  similarFile(path: string, isOfNixos: boolean): string | undefined;
  /** Our model of a file below `nixos/modules`, for the few that have one. */
  modelOf(file: string): Value | undefined;
  /** The modules are those of a host; not of home-manager, of a flake or of an option's value. */
  readonly isOfNixos: boolean;
}

/** A module still to be looked at. */
export interface ModuleRequest {
  readonly cell: Cell;
  /** The file that mentions it. */
  readonly file: string;
  readonly conditions: readonly Cell[];
  readonly shorthandOnlyDefinesConfig?: boolean;
}

/** Keys of a module that are not configuration. `meta` is: NixOS has options there, and sets of one's own may have one. */
const STRUCTURE = new Set([
  "_class",
  "_file",
  "key",
  "disabledModules",
  "imports",
  "require",
  "options",
  "config",
  "freeformType",
]);

/** A module and the modules it imports, before it is known which of them are switched off. */
export interface ModuleStructure {
  /** How it was imported. */
  readonly request: ModuleRequest;
  /** Its file, for a module that is a file. */
  readonly path: string | undefined;
  /** What makes it one module wherever it is imported: its `key`, or its file. */
  readonly key: string | undefined;
  loaded: LoadedModule;
  readonly disabled: readonly string[];
  /** For each of its imports the module, or undefined where it cannot be read. */
  imports: readonly (ModuleStructure | undefined)[];
}

/** The modules of a set as they import each other. */
export interface ModuleForest {
  readonly roots: readonly (ModuleStructure | undefined)[];
  /** What there is to say about imports that no module makes. */
  readonly notes: ModuleNotes;
}

/** Follows imports, each file once. */
export function readModules(requests: readonly ModuleRequest[], loader: ModuleLoader): ModuleForest {
  const notes = noNotes();
  return { roots: gather(requests, notes, loader, { known: new Map(), count: 0 }), notes };
}

/**
 * The modules in the order in which their definitions merge: breadth first, reversed, as nixpkgs does. Leaves out
 * what `disabledModules` names together with what only that imports.
 */
export function modulesInOrder(forest: ModuleForest): LoadedModule[] {
  const disabled = new Set<string>();
  for (const structure of structuresOf(forest)) for (const key of structure.disabled) disabled.add(key);
  const queue = [...forest.roots];
  const seen = new Set<string | ModuleStructure>();
  const modules: LoadedModule[] = [];
  for (const next of queue) {
    if (!next) continue;
    const identity = next.key ?? next;
    if (seen.has(identity) || (next.key !== undefined && disabled.has(next.key))) continue;
    seen.add(identity);
    modules.push(next.loaded);
    queue.push(...next.imports);
  }
  return modules.reverse();
}

/** Every module of a forest once, switched-off ones included. Which ones there are never changes. */
export function structuresOf(forest: ModuleForest): ReadonlySet<ModuleStructure> {
  let known = structures.get(forest);
  if (!known) {
    known = readStructures(forest);
    structures.set(forest, known);
  }
  return known;
}

const structures = new WeakMap<ModuleForest, ReadonlySet<ModuleStructure>>();

function readStructures(forest: ModuleForest): ReadonlySet<ModuleStructure> {
  const found = new Set<ModuleStructure>();
  const visit = (structures: readonly (ModuleStructure | undefined)[]): void => {
    for (const structure of structures) {
      if (!structure || found.has(structure)) continue;
      found.add(structure);
      visit(structure.imports);
    }
  };
  visit(forest.roots);
  return found;
}

interface Gathering {
  /** Files that were read, or are being read: imports may go in circles. */
  readonly known: Map<string, ModuleStructure>;
  count: number;
}

function gather(
  requests: readonly ModuleRequest[],
  notes: ModuleNotes,
  loader: ModuleLoader,
  gathering: Gathering,
): (ModuleStructure | undefined)[] {
  return requests.map((request) => {
    const source = locate(request, notes, loader);
    if (!source) return undefined;
    const { path } = source;
    // The same file under other conditions is another module as far as certainty goes.
    const known = path === undefined || request.conditions.length > 0 ? undefined : gathering.known.get(path);
    if (known) return known;
    if (++gathering.count > MAX_MODULES) return undefined;
    const { loaded, key = path, disabled, imports } = readModule(source, request, loader);
    const structure: ModuleStructure = { request, path, key, loaded, disabled, imports: [] };
    if (path !== undefined) gathering.known.set(path, structure);
    structure.imports = gather(imports, loaded.notes, loader, gathering);
    return structure;
  });
}

const MAX_MODULES = 5_000;

export interface Located {
  value(): Value;
  readonly file: string;
  /** The file, for modules that are files. */
  readonly path: string | undefined;
}

/** What is imported, without reading it. */
export function locate(request: ModuleRequest, notes: ModuleNotes, loader: ModuleLoader): Located | undefined {
  const value = fetchedFolder(look(request.cell));
  const path = modulePath(value);
  if (path === undefined) return { value: () => value, file: request.file, path: undefined };
  return locateFile(path, request, notes, loader);
}

/** A pinned source that is imported itself is the folder it is fetched to, not a module written as a set. */
function fetchedFolder(value: Value): Value {
  return value instanceof FlakeInput ? look(value.get("outPath")) : value;
}

function modulePath(value: Value): string | undefined {
  if (value instanceof NixPath) return value.path;
  return typeof value === "string" && value.startsWith("/") ? normalisePath(value) : undefined;
}

function locateFile(
  path: string,
  request: ModuleRequest,
  notes: ModuleNotes,
  loader: ModuleLoader,
): Located | undefined {
  const { files } = loader;
  const place = request.cell.place;
  const ofNixos = fileOfNixos(path);
  const model = ofNixos === undefined ? undefined : loader.modelOf(ofNixos);
  const mounts = mountingFileOfNixos(path);
  if (model !== undefined || mounts) {
    const why = model === undefined ? MOUNTS_ITSELF : NIXOS_MODULES.why;
    notes.opaque.push({ name: `…/${ofNixos}`, why, place, known: model !== undefined, ...(mounts ? { mounts } : {}) });
    return model === undefined ? undefined : { value: () => model, file: path, path };
  }
  if (!files.covers(path)) {
    notes.opaque.push({ name: path, why: "it lies outside the workspace", place, known: true });
    return undefined;
  }
  const kind = files.kind(path);
  const file = kind === "directory" ? `${path}/default.nix` : path;
  if (kind !== undefined && files.kind(file) !== undefined) {
    return { value: () => look(loader.importFile(file)), file, path: file };
  }
  return recover(path, kind === "directory", request, notes, loader);
}

/** An import that leads nowhere is reported, and read as the one file that fits. */
function recover(
  path: string,
  isDirectory: boolean,
  request: ModuleRequest,
  notes: ModuleNotes,
  loader: ModuleLoader,
): Located | undefined {
  const similar = loader.similarFile(path, loader.isOfNixos);
  const replacement = similar !== undefined && isOfOtherClass(similar, request, loader) ? undefined : similar;
  const from = request.cell.place?.file ?? request.file;
  const shown = pathFrom(from, path);
  notes.problems.push({
    kind: "missing-import",
    path: [],
    missing: path,
    place: request.cell.place,
    message: isDirectory
      ? `The directory \`${shown}\` has no \`default.nix\`, so this import fails and nothing of this host can be built.`
      : `\`${shown}\` does not exist, so this import fails and nothing of this host can be built.`,
    ...(replacement ? { replacement, recovery: `The analysis goes on with \`${pathFrom(from, replacement)}\`.` } : {}),
  });
  if (!replacement) {
    notes.opaque.push({ name: path, why: "the file does not exist", place: request.cell.place, known: false });
    return undefined;
  }
  return { value: () => look(loader.importFile(replacement)), file: replacement, path: replacement };
}

/** Whether a file that a host may have meant is a module of something else than NixOS. */
function isOfOtherClass(file: string, request: ModuleRequest, loader: ModuleLoader): boolean {
  if (!loader.isOfNixos) return false;
  const fn = look(loader.importFile(file));
  const module = fn instanceof NixFunction ? loader.callModule(fn, request.cell.place, new PathSet()) : fn;
  if (!(module instanceof NixAttrs)) return false;
  const declared = module.has("_class") === true ? look(module.get("_class") as Cell) : undefined;
  if (typeof declared === "string") return declared !== "nixos";
  return module.has("options") !== true && OF_OTHERS.some((name) => module.has(name) === true);
}

export interface ReadModule {
  readonly loaded: LoadedModule;
  readonly key: string | undefined;
  readonly imports: readonly ModuleRequest[];
  readonly disabled: readonly string[];
}

/** Reads one module. One that cannot be read defines nothing, and its notes say why. */
export function readModule({ value, file }: Located, request: ModuleRequest, loader: ModuleLoader): ReadModule {
  const place = request.cell.place;
  const reads = new PathSet();
  const notes = noNotes();
  const call = (fn: NixFunction) => loader.callModule(fn, place, reads);
  const module = calledWhole(value(), call);
  if (module instanceof NixAttrs) return readSet(module, request, { file, reads, notes });
  if (module instanceof Unknown) {
    const mounts = mountsForNixos(module);
    const ofNixos = unreadFileOfNixos(module);
    const model = ofNixos === undefined ? undefined : loader.modelOf(ofNixos);
    notes.opaque.push({
      name: writtenName(module) ?? nameOf(request, file),
      why: mounts && !model ? MOUNTS_ITSELF : module.why,
      place: module.place ?? place,
      known: comesFromOutside(module) && !(mounts && !model),
      ...(mounts ? { mounts } : {}),
    });
    if (module.error) {
      notes.problems.push({
        kind: "evaluation",
        path: [],
        place: module.place ?? place,
        message: sentence(module.why),
      });
    }
    const known = model ? calledWhole(model, call) : ofNixos && nixosProfile(ofNixos, request.cell);
    if (known instanceof NixAttrs) return readSet(known, request, { file, reads, notes });
  } else {
    notes.problems.push({
      kind: "wrong-type",
      path: [],
      place,
      message: "This is imported as a module, but it is no attribute set and no function.",
    });
  }
  const loaded = { file, reads, notes, options: undefined, config: undefined, freeform: undefined };
  return { loaded, key: undefined, imports: [], disabled: [] };
}

export function noNotes(): ModuleNotes {
  return { problems: [], opaque: [] };
}

function sentence(text: string): string {
  return `This module cannot be evaluated: ${text}.`;
}

/** What is known of a path with an unknown part, such as `…/profiles/qemu-guest.nix` below `modulesPath`. */
function writtenName({ partial }: Unknown): string | undefined {
  return partial?.text.replaceAll(HOLE, "…");
}

function nameOf(request: ModuleRequest, file: string): string {
  const place = request.cell.place;
  return file !== "" && place && place.file !== file ? file : "a module";
}

function readSet(
  module: NixAttrs,
  request: ModuleRequest,
  common: Pick<LoadedModule, "file" | "reads" | "notes">,
): ReadModule {
  const { file } = common;
  const structured =
    !request.shorthandOnlyDefinesConfig && (module.has("config") === true || module.has("options") === true);
  const options = structured ? module.get("options") : undefined;
  const conditions = request.conditions;
  const config = structured
    ? module.get("config")
    : Cell.of(withoutStructure(module, request), request.cell.origin, request.cell.slot);
  const importsCell = request.shorthandOnlyDefinesConfig ? undefined : (module.get("imports") ?? module.get("require"));
  return {
    loaded: {
      ...common,
      options: options && { file, cell: options },
      config: config && new RawDefinition(config, new Around(file, conditions)),
      freeform: request.shorthandOnlyDefinesConfig ? undefined : module.get("freeformType"),
    },
    key: request.shorthandOnlyDefinesConfig ? undefined : keyOf(module),
    imports: importsCell ? importRequests(importsCell, file, conditions, common.notes) : [],
    disabled: request.shorthandOnlyDefinesConfig ? [] : disabledKeys(module),
  };
}

/** Whether modules that cannot be read are not of the workspace: those are assumed to leave alone what it says. */
function comesFromOutside({ soft, ofWorkspace }: Unknown): boolean {
  return soft && !ofWorkspace;
}

function withoutStructure(module: NixAttrs, request: ModuleRequest): NixAttrs {
  if (request.shorthandOnlyDefinesConfig) return module;
  const cells = new Map<string, Cell>();
  for (const name of module.names()) {
    if (!STRUCTURE.has(name)) cells.set(name, module.get(name) as Cell);
  }
  return new NixAttrs(cells, module.open);
}

function importRequests(cell: Cell, file: string, conditions: readonly Cell[], notes: ModuleNotes): ModuleRequest[] {
  const list = look(cell);
  if (list instanceof Unknown) {
    notes.opaque.push({
      name: "imports",
      why: list.why,
      place: list.place ?? cell.place,
      known: comesFromOutside(list),
    });
    if (list.error?.kind === "recursion") {
      notes.problems.push({
        kind: "recursion",
        path: ["imports"],
        place: cell.place,
        message:
          "Which modules are imported depends on the configuration they make up. NixOS stops here with infinite recursion.",
      });
    }
    return [];
  }
  if (!(list instanceof NixList)) return [];
  return list.items.flatMap((item): ModuleRequest[] => {
    if ("unknown" in item) {
      const { why, place } = item.unknown;
      notes.opaque.push({
        name: "some imports",
        why,
        place: place ?? cell.place,
        known: comesFromOutside(item.unknown),
      });
      return [];
    }
    if ("condition" in item) {
      return [{ cell: item.cell, file, conditions: [...conditions, Cell.of(item.condition)] }];
    }
    return [{ cell: item, file, conditions }];
  });
}

function keyOf(module: NixAttrs): string | undefined {
  const key = module.has("key") === true ? look(module.get("key") as Cell) : undefined;
  if (key instanceof NixPath) return key.path;
  return typeof key === "string" ? key : undefined;
}

/** Modules to leave out: paths (files of NixOS itself are named by strings, and not ours), or sets with a `key`. */
function disabledKeys(module: NixAttrs): string[] {
  const cell = module.get("disabledModules");
  const list = cell && look(cell);
  if (!(list instanceof NixList)) return [];
  return list.items.flatMap((item) => {
    const value = item instanceof Cell ? look(item) : undefined;
    if (value instanceof NixPath) return [value.path];
    return value instanceof NixAttrs ? (keyOf(value) ?? []) : [];
  });
}
