import type { FileSource } from "../eval/file-source.ts";
import { Interpreter, type ProgramSource } from "../eval/interpreter.ts";
import type { Place } from "../eval/origin.ts";
import { parentPath } from "../eval/path-name.ts";
import { Cell, look, NixAttrs, NixList, NixPath, Unknown, type Value } from "../eval/value.ts";
import { entryFiles } from "./entry-files.ts";
import { evaluateModules } from "./evaluate-modules.ts";
import { evaluateFlake, type Flake } from "./flake.ts";
import { isWholeOption, knownDefault } from "./known-options.ts";
import { makeLibrary } from "./library.ts";
import type { OpaqueModule } from "./load-modules.ts";
import type { ModuleSet, ModuleWorld } from "./module-set.ts";
import { makeSystem, SystemAttrs } from "./nixos-system.ts";
import type { ModuleProblem, OptionNode } from "./option-node.ts";
import { similarFile } from "./similar-file.ts";

/** What the analysis reads hosts from. */
export interface ConfigurationSource {
  readonly files: FileSource;
  readonly programs: ProgramSource;
  /** Absolute paths of the workspace's Nix files. */
  readonly nixFiles: readonly string[];
}

/** A host that the workspace declares; enough to evaluate it. */
export interface HostReference {
  readonly name: string;
  /** flake.nix, or the module that nothing imports. */
  readonly entry: string;
  readonly kind: "flake" | "module";
}

/** Why hosts of an entry could not be listed. */
export interface DiscoveryProblem {
  readonly entry: string;
  readonly why: string;
  readonly place: Place | undefined;
}

/** One host's merged configuration. Lazy: reading `root` evaluates what is asked for. */
export interface Configuration {
  readonly name: string;
  readonly entry: string;
  readonly root: OptionNode;
  /** Where the host is declared. */
  readonly place: Place | undefined;
  /** Release of the nixpkgs input, e.g. "25.11" or "unstable". */
  readonly release: string | undefined;
  /** Files read so far; complete once everything of interest was asked for. */
  readonly files: readonly string[];
  readonly problems: readonly ModuleProblem[];
  readonly opaque: readonly OpaqueModule[];
}

/** The hosts of a workspace and the files that were read to find them. */
export interface Discovery {
  readonly hosts: readonly HostReference[];
  readonly problems: readonly DiscoveryProblem[];
  readonly files: ReadonlySet<string>;
}

/** Lists the hosts of a workspace: outputs of its flakes, and modules outside of flakes that nothing imports. */
export function discoverHosts(source: ConfigurationSource): Discovery {
  const files = new Set<string>();
  const hosts: HostReference[] = [];
  const problems: DiscoveryProblem[] = [];
  const flakes = source.nixFiles.filter((path) => path.endsWith("/flake.nix"));
  for (const entry of flakes) {
    const { interpreter, lib } = newInterpreter(source);
    const flake = evaluateFlake(interpreter, parentPath(entry), lib);
    const names = flake instanceof Unknown ? flake : systemNames(flake);
    if (names instanceof Unknown) problems.push({ entry, why: names.why, place: names.place });
    else hosts.push(...names.map((name): HostReference => ({ name, entry, kind: "flake" })));
    for (const file of [entry, ...interpreter.evaluated]) files.add(file);
  }
  const roots = flakes.map(parentPath);
  const loose = source.nixFiles.filter(
    (path) => !roots.some((root) => path.startsWith(root === "/" ? "/" : `${root}/`)),
  );
  for (const file of loose) files.add(file);
  for (const entry of entryFiles(loose, source.programs)) {
    hosts.push({ name: moduleHostName(entry), entry, kind: "module" });
  }
  return { hosts, problems, files };
}

/** Evaluates one host with an interpreter of its own, so that limits and read files are the host's alone. */
export function evaluateHost(source: ConfigurationSource, reference: HostReference): Configuration | DiscoveryProblem {
  const { interpreter, lib, world } = newInterpreter(source);
  const { name, entry } = reference;
  let release: string | undefined;
  let system: Value;
  if (reference.kind === "flake") {
    const flake = evaluateFlake(interpreter, parentPath(entry), lib);
    if (flake instanceof Unknown) return { entry, why: flake.why, place: flake.place };
    release = flake.release;
    system = systemNamed(flake, name);
  } else {
    const modules = Cell.lazy(() => NixList.of([Cell.of(new NixPath(entry))]));
    system = makeSystem(world, Cell.of(NixAttrs.of({ modules })));
  }
  if (!(system instanceof SystemAttrs)) {
    const unknown =
      system instanceof Unknown ? system : new Unknown(`\`nixosConfigurations.${name}\` is not made by nixosSystem`);
    return { entry, why: unknown.why, place: unknown.place };
  }
  return configurationOf(reference, system, interpreter, release);
}

function configurationOf(
  reference: HostReference,
  system: SystemAttrs,
  interpreter: Interpreter,
  release: string | undefined,
): Configuration {
  const set: ModuleSet = system.set;
  return {
    name: reference.name,
    entry: reference.entry,
    root: set.root,
    place: system.place,
    release,
    get files() {
      return [...new Set([reference.entry, ...interpreter.evaluated])];
    },
    get problems() {
      return set.problems;
    },
    get opaque() {
      return set.opaque;
    },
  };
}

/** A fresh interpreter with the library and module world that belong to it. */
export function newInterpreter(source: ConfigurationSource): {
  interpreter: Interpreter;
  lib: Cell;
  world: ModuleWorld;
} {
  const interpreter: Interpreter = new Interpreter({
    files: source.files,
    programs: source.programs,
    searchPath: (name) => (name === "nixpkgs/lib" ? look(lib) : undefined),
  });
  const lib: Cell = makeLibrary(interpreter.lib, {
    nixosSystem: (args) => makeSystem(world, args),
    evalModules: (args) => evaluateModules(world, args),
  });
  const world: ModuleWorld = {
    files: source.files,
    lib,
    importFile: (path) => interpreter.evaluateFile(path),
    similarFile: (path) => similarFile(path, source.nixFiles),
    knownDefault,
    isWholeOption,
  };
  return { interpreter, lib, world };
}

function systems(flake: Flake): NixAttrs | Unknown {
  if (flake.outputs instanceof Unknown) return flake.outputs;
  if (!(flake.outputs instanceof NixAttrs)) return new Unknown(`the outputs of \`${flake.path}\` are not a set`);
  const cell = flake.outputs.get("nixosConfigurations");
  if (!cell) return flake.outputs.open ?? new NixAttrs(new Map());
  const value = look(cell);
  return value instanceof NixAttrs || value instanceof Unknown
    ? value
    : new Unknown("`nixosConfigurations` is not a set");
}

function systemNames(flake: Flake): string[] | Unknown {
  const set = systems(flake);
  if (set instanceof Unknown) return set;
  const names = set.names();
  return names.length === 0 && set.open ? set.open : names;
}

function systemNamed(flake: Flake, name: string): Value {
  const set = systems(flake);
  if (set instanceof Unknown) return set;
  const cell = set.get(name);
  return cell ? look(cell) : new Unknown(`the flake has no host \`${name}\``);
}

/** `/etc/nixos/configuration.nix` is named after its folder, other files after themselves. */
function moduleHostName(entry: string): string {
  const file = entry.slice(entry.lastIndexOf("/") + 1).replace(/\.nix$/, "");
  if (file !== "default" && file !== "configuration") return file;
  const folder = parentPath(entry);
  return folder.slice(folder.lastIndexOf("/") + 1) || file;
}
