import type { FileSource } from "../eval/file-source.ts";
import type { Place } from "../eval/origin.ts";
import { normalisePath, pathFrom } from "../eval/path-name.ts";
import { Cell, look, NixAttrs, NixFunction, NixList, NixPath, Unknown, type Value } from "../eval/value.ts";
import type { DeclarationSource } from "./declaration.ts";
import { Around, RawDefinition } from "./definition.ts";
import type { ModuleProblem } from "./option-node.ts";

/** A module that could not be read. `known`: it comes from outside the workspace, as flake inputs do. */
export interface OpaqueModule {
  readonly name: string;
  readonly why: string;
  readonly place: Place | undefined;
  readonly known: boolean;
}

/** A module after its imports were followed. */
export interface LoadedModule {
  readonly file: string;
  readonly options: DeclarationSource | undefined;
  readonly config: RawDefinition | undefined;
  /** `freeformType`, when the module sets one. */
  readonly freeform: Cell | undefined;
}

/** What loading needs from outside. */
export interface ModuleLoader {
  readonly files: FileSource;
  importFile(path: string): Cell;
  /** Calls a module that is a function with the arguments it names. */
  callModule(fn: NixFunction, at: Place | undefined): Value;
  /** The one file of the workspace that a path that leads nowhere most probably meant. */
  similarFile(path: string): string | undefined;
  report(problem: ModuleProblem): void;
  opaque(module: OpaqueModule): void;
}

/** A module still to be looked at. */
export interface ModuleRequest {
  readonly cell: Cell;
  /** The file that mentions it. */
  readonly file: string;
  readonly conditions: readonly Cell[];
  readonly shorthandOnlyDefinesConfig?: boolean;
}

/** Keys of a module that are not configuration. */
const STRUCTURE = new Set([
  "_class",
  "_file",
  "key",
  "disabledModules",
  "imports",
  "require",
  "options",
  "config",
  "meta",
  "freeformType",
]);

/** A module and the modules it imports, before it is known which of them are switched off. */
interface Structure {
  /** What makes it one module wherever it is imported: its `key`, or its file. */
  readonly key: string | undefined;
  readonly loaded: LoadedModule;
  readonly imports: readonly Structure[];
}

/**
 * Follows imports, each file once, leaves out what `disabledModules` names together with what only that
 * imports, and returns the modules in the order in which their definitions merge: breadth first, reversed,
 * as nixpkgs does.
 */
export function loadModules(requests: readonly ModuleRequest[], loader: ModuleLoader): LoadedModule[] {
  const gathering: Gathering = { known: new Map(), disabled: new Set(), count: 0 };
  const roots = gather(requests, loader, gathering);
  const queue = [...roots];
  const seen = new Set<string | Structure>();
  const modules: LoadedModule[] = [];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const identity = next.key ?? next;
    if (seen.has(identity) || (next.key !== undefined && gathering.disabled.has(next.key))) continue;
    seen.add(identity);
    modules.push(next.loaded);
    queue.push(...next.imports);
  }
  return modules.reverse();
}

interface Gathering {
  /** Files that were read, or are being read: imports may go in circles. */
  readonly known: Map<string, Structure>;
  readonly disabled: Set<string>;
  count: number;
}

function gather(requests: readonly ModuleRequest[], loader: ModuleLoader, gathering: Gathering): Structure[] {
  return requests.flatMap((request) => {
    const source = locate(request, loader);
    if (!source) return [];
    // The same file under other conditions is another module as far as certainty goes.
    const known =
      source.key === undefined || request.conditions.length > 0 ? undefined : gathering.known.get(source.key);
    if (known) return [known];
    if (++gathering.count > MAX_MODULES) return [];
    const module = readModule(source.value(), request, source.file, loader);
    if (!module) return [];
    const imports: Structure[] = [];
    const structure = { key: module.key ?? source.key, loaded: module.loaded, imports };
    if (source.key !== undefined) gathering.known.set(source.key, structure);
    for (const key of module.disabled) gathering.disabled.add(key);
    imports.push(...gather(module.imports, loader, gathering));
    return [structure];
  });
}

const MAX_MODULES = 5_000;

interface Located {
  value(): Value;
  readonly file: string;
  /** Path of the file, for modules that are files. */
  readonly key: string | undefined;
}

function locate(request: ModuleRequest, loader: ModuleLoader): Located | undefined {
  const value = look(request.cell);
  const path = modulePath(value);
  if (path === undefined) return { value: () => value, file: request.file, key: undefined };
  return locateFile(path, request, loader);
}

function modulePath(value: Value): string | undefined {
  if (value instanceof NixPath) return value.path;
  return typeof value === "string" && value.startsWith("/") ? normalisePath(value) : undefined;
}

function locateFile(path: string, request: ModuleRequest, loader: ModuleLoader): Located | undefined {
  const { files } = loader;
  const place = request.cell.place;
  if (!files.covers(path)) {
    loader.opaque({ name: path, why: "it lies outside the workspace", place, known: true });
    return undefined;
  }
  const kind = files.kind(path);
  const file = kind === "directory" ? `${path}/default.nix` : path;
  if (kind !== undefined && files.kind(file) !== undefined) {
    return { value: () => look(loader.importFile(file)), file, key: file };
  }
  return recover(path, kind === "directory", request, loader);
}

/** An import that leads nowhere is reported, and read as the one file that fits. */
function recover(
  path: string,
  isDirectory: boolean,
  request: ModuleRequest,
  loader: ModuleLoader,
): Located | undefined {
  const replacement = loader.similarFile(path);
  const from = request.cell.place?.file ?? request.file;
  const shown = pathFrom(from, path);
  loader.report({
    kind: "missing-import",
    path: [],
    place: request.cell.place,
    message: isDirectory
      ? `The directory \`${shown}\` has no \`default.nix\`, so this import fails and nothing of this host can be built.`
      : `\`${shown}\` does not exist, so this import fails and nothing of this host can be built.`,
    ...(replacement ? { replacement, recovery: `The analysis goes on with \`${pathFrom(from, replacement)}\`.` } : {}),
  });
  if (!replacement) {
    loader.opaque({ name: path, why: "the file does not exist", place: request.cell.place, known: false });
    return undefined;
  }
  return { value: () => look(loader.importFile(replacement)), file: replacement, key: replacement };
}

interface ReadModule {
  readonly loaded: LoadedModule;
  readonly key: string | undefined;
  readonly imports: readonly ModuleRequest[];
  readonly disabled: readonly string[];
}

function readModule(value: Value, request: ModuleRequest, file: string, loader: ModuleLoader): ReadModule | undefined {
  const place = request.cell.place;
  let module = value;
  for (let calls = 0; calls < 4 && !(module instanceof Unknown); calls++) {
    if (module instanceof NixFunction) module = loader.callModule(module, place);
    else if (module instanceof NixAttrs && module.has("__functor") === true) {
      const functor = look(module.get("__functor") as Cell);
      if (!(functor instanceof NixFunction)) break;
      module = functor.call(Cell.of(module), undefined);
    } else break;
  }
  if (module instanceof Unknown) {
    loader.opaque({ name: nameOf(request, file), why: module.why, place: module.place ?? place, known: module.soft });
    if (module.error) {
      loader.report({ kind: "evaluation", path: [], place: module.place ?? place, message: sentence(module.why) });
    }
    return undefined;
  }
  if (!(module instanceof NixAttrs)) {
    loader.report({
      kind: "wrong-type",
      path: [],
      place,
      message: "This is imported as a module, but it is no attribute set and no function.",
    });
    return undefined;
  }
  return readSet(module, request, file, loader);
}

function sentence(text: string): string {
  return `This module cannot be evaluated: ${text}.`;
}

function nameOf(request: ModuleRequest, file: string): string {
  const place = request.cell.place;
  return place && place.file !== file ? file : "a module";
}

function readSet(module: NixAttrs, request: ModuleRequest, file: string, loader: ModuleLoader): ReadModule {
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
      file,
      options: options && { file, cell: options },
      config: config && new RawDefinition(config, new Around(file, conditions)),
      freeform: request.shorthandOnlyDefinesConfig ? undefined : module.get("freeformType"),
    },
    key: request.shorthandOnlyDefinesConfig ? undefined : keyOf(module),
    imports: importsCell ? importRequests(importsCell, file, conditions, loader) : [],
    disabled: request.shorthandOnlyDefinesConfig ? [] : disabledKeys(module),
  };
}

function withoutStructure(module: NixAttrs, request: ModuleRequest): NixAttrs {
  if (request.shorthandOnlyDefinesConfig) return module;
  const cells = new Map<string, Cell>();
  for (const name of module.names()) {
    if (!STRUCTURE.has(name)) cells.set(name, module.get(name) as Cell);
  }
  return new NixAttrs(cells, module.open);
}

function importRequests(cell: Cell, file: string, conditions: readonly Cell[], loader: ModuleLoader): ModuleRequest[] {
  const list = look(cell);
  if (list instanceof Unknown) {
    loader.opaque({ name: "imports", why: list.why, place: list.place ?? cell.place, known: list.soft });
    if (list.error?.kind === "recursion") {
      loader.report({
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
      const { why, place, soft } = item.unknown;
      loader.opaque({ name: "some imports", why, place: place ?? cell.place, known: soft });
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
