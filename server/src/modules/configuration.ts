import { budget } from "../eval/budget.ts";
import type { FileSource } from "../eval/file-source.ts";
import { Interpreter, type ProgramSource } from "../eval/interpreter.ts";
import type { Place } from "../eval/origin.ts";
import { isWithin, parentPath } from "../eval/path-name.ts";
import { Cell, look, NixAttrs, NixList, NixPath, Unknown, type Value } from "../eval/value.ts";
import { evaluateModules } from "./evaluate-modules.ts";
import { expressionHosts } from "./expression-hosts.ts";
import { evaluateFlake, type Flake, inputsOfFlake, outsideFlake } from "./flake.ts";
import type { FlakeWorld } from "./flake-world.ts";
import { flakeHosts } from "./frameworks/flake-hosts.ts";
import { flakeNotes } from "./frameworks/flake-notes.ts";
import { openFunction } from "./frameworks/framework-inputs.ts";
import { evaluateFramework } from "./frameworks/framework-text.ts";
import type { Incomplete } from "./frameworks/incomplete.ts";
import { isToolOfFlakes } from "./frameworks/known-flakes.ts";
import { type RemoteTarget, remoteTargets } from "./frameworks/remote-targets.ts";
import { isWholeOption, knownDefault } from "./known-options.ts";
import { type MissingFunctions, makeLibrary, type SystemFunctions } from "./library.ts";
import type { OpaqueModule } from "./load-modules.ts";
import { looseHosts } from "./loose-hosts.ts";
import type { DerivedOptions, ModuleSet, ModuleWorld } from "./module-set.ts";
import { mayBeModelled } from "./nixos-files.ts";
import { makeSystem, platformOf, type SystemAttrs, systemBehind } from "./nixos-system.ts";
import type { ModuleProblem, OptionNode } from "./option-node.ts";
import type { PathSet } from "./path-set.ts";
import { pinnedRelease, providePinnedSources } from "./pinned-sources.ts";
import { nixpkgsSearchPath, provideNixpkgs } from "./provided-nixpkgs.ts";
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
  /** flake.nix, the module that nothing imports, or the file whose value is (or holds) systems. */
  readonly entry: string;
  readonly kind: "flake" | "module" | "expression";
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
  /** The last release of which that nixpkgs certainly has every change; "newest" for a rolling branch without a lock. */
  readonly settledRelease: string | undefined;
  /** When the locked revision of impermanence was made, in seconds since 1970. */
  readonly impermanenceAt: number | undefined;
  /** The same of microvm.nix. */
  readonly microvmAt: number | undefined;
  /** Files read so far; complete once everything of interest was asked for. */
  readonly files: readonly string[];
  /** What the evaluation took so far, and the functions of `lib` it met that are not modelled, with how often. */
  readonly cost: { readonly steps: number; readonly missing: ReadonlyMap<string, number> };
  readonly problems: readonly ModuleProblem[];
  readonly opaque: readonly OpaqueModule[];
  /** What models of frameworks saw and do not interpret; it could change anything of the host. */
  readonly incomplete: readonly Incomplete[];
  /** The platform, e.g. "x86_64-linux". */
  readonly system: Value;
  /** Where the configuration is deployed to. */
  readonly targets: readonly RemoteTarget[];
  /** A file of the workspace, for what is read beside the modules. */
  beside(path: string): FileBeside;
  /**
   * The configuration after files got new texts, made of this one, which is of no use afterwards. Undefined when the
   * change may reach more than modules that are noted to depend on it: then the host has to be evaluated anew.
   */
  revise(changed: ReadonlySet<string>): Configuration | undefined;
  /** Paths at, above and below which options may be others than in the configuration that this one was made of. */
  readonly reached: PathSet | undefined;
}

/** A file of the workspace that is no module: its text, that it is not there, or nothing where that is not known. */
export interface FileBeside {
  readonly state: "read" | "missing" | "unknown";
  readonly text?: string;
  /** What the file holds as an expression. */
  value(): Value;
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
  const flakes = flakesIn(source);
  for (const entry of flakes) {
    const { interpreter, flakes } = newInterpreter(source);
    const flake = evaluateFlake(flakes, parentPath(entry));
    const names = flake instanceof Unknown ? flake : systemNames(flake, flakes);
    if (names instanceof Unknown) problems.push({ entry, why: names.why, place: names.place });
    else hosts.push(...names.map((name): HostReference => ({ name, entry, kind: "flake" })));
    if (!(names instanceof Unknown) && names.length === 0) {
      // A flake of shells and packages may have its hosts in files beside it.
      const root = parentPath(entry);
      const beside = source.nixFiles.filter((path) => path !== entry && isWithin(path, root));
      const found = looseHosts(beside, source.programs, () => newInterpreter(source).flakes, false);
      hosts.push(...found.hosts);
      problems.push(...(found.hosts.length > 0 ? [] : [...hiddenHosts(entry, flakes), ...found.problems]));
      for (const file of beside) files.add(file);
    }
    for (const file of [entry, ...interpreter.evaluated]) files.add(file);
  }
  const roots = flakes.map(parentPath);
  const loose = source.nixFiles.filter(
    (path) => !roots.some((root) => path.startsWith(root === "/" ? "/" : `${root}/`)),
  );
  for (const file of loose) files.add(file);
  const newWorld = () => newInterpreter(source).flakes;
  const found = looseHosts(loose, source.programs, newWorld, true);
  hosts.push(...found.hosts);
  problems.push(...found.problems);
  return { hosts, problems, files };
}

/**
 * The files of flakes: a set that is written out, with outputs. Inside of a flake other files may be called the same;
 * one that stands by itself and is none is worth a word.
 */
function flakesIn({ nixFiles, programs }: ConfigurationSource): string[] {
  const named = nixFiles.filter((path) => path.endsWith("/flake.nix"));
  const written = named.filter((path) => {
    const program = programs.program(path);
    const root = "why" in program ? undefined : program.root;
    if (root?.kind !== "attrs") return root?.kind === "error";
    return root.bindings.some((binding) => binding.kind !== "bind" || isOutputs(binding.path[0]));
  });
  const folders = written.map(parentPath);
  return named.filter((path) => written.includes(path) || !folders.some((folder) => isWithin(path, folder)));
}

function isOutputs(name: { readonly kind: string; readonly name?: string } | undefined): boolean {
  return name?.kind === "name" && name.name === "outputs";
}

/** Why a flake without hosts in sight may have some: modules of its inputs that nobody here can read. */
function hiddenHosts(entry: string, { flakeModules }: FlakeWorld): DiscoveryProblem[] {
  const unseen = flakeModules.flatMap(({ opaque }) => opaque).find(({ why }) => !isToolOfFlakes(why));
  if (!unseen) return [];
  const why = `no host is in sight, but a flake module that is not read may declare some: ${unseen.why}`;
  return [{ entry, why, place: unseen.place }];
}

/**
 * Evaluates one host with an interpreter of its own, so that limits and read files are the host's alone.
 * `derived` are options that readers of the host know how to make from others.
 */
export function evaluateHost(
  source: ConfigurationSource,
  reference: HostReference,
  derived?: DerivedOptions,
): Configuration | DiscoveryProblem {
  const made = newInterpreter(source, derived);
  const { flakes, world } = made;
  const { name, entry } = reference;
  let flake: Flake | undefined;
  let value: Value;
  if (reference.kind === "flake") {
    const found = evaluateFlake(flakes, parentPath(entry));
    if (found instanceof Unknown) return { entry, why: found.why, place: found.place };
    flake = found;
    value = systemNamed(found, name, flakes);
  } else if (reference.kind === "expression") {
    value = expressionHosts(entry, flakes).get(name) ?? new Unknown(`\`${entry}\` makes no host \`${name}\``);
  } else {
    const modules = Cell.lazy(() => NixList.of([Cell.of(new NixPath(entry))]));
    const specialArgs = Cell.of(
      new Unknown("what the modules are given as arguments is said outside of the workspace"),
    );
    value = makeSystem(world, Cell.of(NixAttrs.of({ modules, specialArgs })));
  }
  const system = systemBehind(value);
  if (!system) {
    const unknown =
      value instanceof Unknown ? value : new Unknown(`\`nixosConfigurations.${name}\` is not made by nixosSystem`);
    return { entry, why: unknown.why, place: unknown.place };
  }
  const { set } = system;
  const revise = (changed: ReadonlySet<string>): Configuration | undefined =>
    made.replace(changed, set) && set.revise(changed) ? current() : undefined;
  const pins = flake ? undefined : pinnedRelease(entry, source.files, source.nixFiles);
  const current = () => configurationOf(reference, system, { flakes, flake, pins }, revise);
  return current();
}

/** Where a host is found. */
interface Surroundings {
  readonly flakes: FlakeWorld;
  readonly flake: Flake | undefined;
  /** The release that the pins beside a host without a flake lead to. */
  readonly pins: string | undefined;
}

function configurationOf(
  reference: HostReference,
  system: SystemAttrs,
  { flakes, flake, pins }: Surroundings,
  revise: Configuration["revise"],
): Configuration {
  const set: ModuleSet = system.set;
  const release = system.release ?? flake?.release ?? pins;
  return {
    name: reference.name,
    entry: reference.entry,
    root: set.root,
    revise,
    reached: set.reached,
    place: system.place,
    release,
    settledRelease: release === undefined ? undefined : flake?.settled(release),
    impermanenceAt: flake?.impermanenceAt,
    microvmAt: flake?.microvmAt,
    get files() {
      return [...new Set([reference.entry, ...flakes.interpreter.evaluated])];
    },
    get cost() {
      return { steps: budget.used, missing: flakes.missing };
    },
    get problems() {
      return mayBeDefinedElsewhere(flakes) ? set.problems.filter((problem) => !isMissing(problem)) : set.problems;
    },
    get opaque() {
      return set.opaque;
    },
    get incomplete() {
      return flakeNotes(flakes);
    },
    get system() {
      return platformOf(set, system.system);
    },
    get targets() {
      return remoteTargets(reference.name, system, flake?.outputs, flakes);
    },
    beside: (path) => fileBeside(path, flakes),
  };
}

/** Reading the text as well notes that everything is to be looked at again when it changes, also when it comes to be. */
function fileBeside(path: string, { interpreter }: FlakeWorld): FileBeside {
  const { files } = interpreter;
  const value = () => look(interpreter.evaluateFile(path));
  if (!files.covers(path)) return { state: "unknown", value };
  const read = files.read(path);
  if ("text" in read) return { state: "read", text: read.text, value };
  // A folder without others of its kind may be a submodule that was not fetched, or be kept out of git.
  const ending = /\.\w+$/.exec(path)?.[0];
  const names = [...(files.list(parentPath(path))?.keys() ?? [])];
  const isMissing =
    files.kind(path) === undefined && ending !== undefined && names.some((name) => name.endsWith(ending));
  return { state: isMissing ? "missing" : "unknown", value };
}

/** Whether flake modules that cannot be seen may define outputs that the workspace asks for. */
function mayBeDefinedElsewhere({ flakeModules }: FlakeWorld): boolean {
  return flakeModules.some(({ opaque }) => opaque.some(({ why }) => !isToolOfFlakes(why)));
}

/** What is missing in a set is no mistake where others may put it there; that it cannot be evaluated is said anyway. */
function isMissing({ kind, message }: ModuleProblem): boolean {
  return kind === "evaluation" && /attribute '[^']*' is missing/.test(message);
}

/** A fresh interpreter with the library and module world that belong to it. */
export function newInterpreter(
  source: ConfigurationSource,
  derived?: DerivedOptions,
): {
  interpreter: Interpreter;
  lib: Cell;
  world: ModuleWorld;
  flakes: FlakeWorld;
  /**
   * Forgets the old values of files. False when what is evaluated already may hold them elsewhere than in modules
   * of the given set.
   */
  replace(changed: ReadonlySet<string>, set: ModuleSet): boolean;
} {
  const { files, programs } = source;
  const users = new Map<string, Set<ModuleSet>>();
  const interpreter: Interpreter = new Interpreter({
    files,
    programs,
    searchPath: (name) => nixpkgsSearchPath(name, lib),
  });
  const missing: MissingFunctions = new Map();
  const systems: SystemFunctions = {
    nixosSystem: (args) => makeSystem(world, args),
    evalModules: (args) => evaluateModules(world, args),
  };
  const lib: Cell = makeLibrary(interpreter.lib, systems, missing);
  const utils = Cell.lazy(() =>
    evaluateFramework("utils", { lib, open: Cell.of(openFunction) }, interpreter, programs),
  );
  const images = Cell.lazy(() => evaluateFramework("nixos-images", { lib }, interpreter, programs));
  const world: ModuleWorld = {
    files,
    lib,
    utils,
    importFile: (path, by) => {
      users.set(path, (users.get(path) ?? new Set()).add(by));
      return interpreter.evaluateFile(path);
    },
    similarFile: (path, isOfNixos) => similarFile(path, source.nixFiles, isOfNixos),
    modelOf: (file) => {
      if (!mayBeModelled(file)) return undefined;
      const models = look(images);
      const model = models instanceof NixAttrs ? models.get(file) : undefined;
      return model && look(model);
    },
    knownDefault,
    isWholeOption,
    derived,
  };
  const flakes: FlakeWorld = {
    interpreter,
    programs,
    files,
    lib,
    modules: world,
    missing,
    flakeModules: [],
    notes: [],
    inputsOf: (directory) => inputsOfFlake(flakes, directory),
  };
  provideNixpkgs(interpreter, world);
  providePinnedSources(interpreter, files, source.nixFiles, (...pin) => outsideFlake(...pin, flakes));
  const replace = (changed: ReadonlySet<string>, set: ModuleSet): boolean => {
    for (const file of changed) {
      const by = users.get(file);
      if (!by?.has(set) || by.size > 1 || interpreter.imported.has(file)) return false;
      // The host may no longer be made of that file, which only a new evaluation tells.
      if (interpreter.dropsImport(file)) return false;
    }
    for (const file of changed) interpreter.forgetFile(file);
    budget.renew();
    return true;
  };
  return { interpreter, lib, world, flakes, replace };
}

function systemNames(flake: Flake, flakes: FlakeWorld): string[] | Unknown {
  const set = flakeHosts(flake, flakes);
  if (set instanceof Unknown) return set;
  const names = set.names();
  return names.length === 0 && set.open ? set.open : names;
}

function systemNamed(flake: Flake, name: string, flakes: FlakeWorld): Value {
  const set = flakeHosts(flake, flakes);
  if (set instanceof Unknown) return set;
  const cell = set.get(name);
  return cell ? look(cell) : new Unknown(`the flake has no host \`${name}\``);
}
