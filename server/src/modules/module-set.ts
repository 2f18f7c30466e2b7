import type { FileSource } from "../eval/file-source.ts";
import { NixError } from "../eval/nix-error.ts";
import { Cell, look, NixAttrs, NixList, register, Unknown, type Value } from "../eval/value.ts";
import { ConfigAttrs } from "./config-attrs.ts";
import { ConfigView } from "./config-view.ts";
import { DeclarationTree } from "./declaration.ts";
import type { RawDefinition } from "./definition.ts";
import { inputNamedIn } from "./flake-inputs.ts";
import { freeformElement } from "./freeform.ts";
import { isSharedGroup, providerOf, readBackDefault } from "./known-options.ts";
import {
  type LoadedModule,
  type ModuleForest,
  type ModuleLoader,
  type ModuleNotes,
  type ModuleRequest,
  type ModuleStructure,
  modulesInOrder,
  type OpaqueModule,
  readModules,
  structuresOf,
} from "./load-modules.ts";
import { MergeNode, type NodeOwner } from "./merge-node.ts";
import { misfits } from "./misfits.ts";
import { misplacedOptions } from "./misplaced-options.ts";
import { misspeltOptions } from "./misspelt-options.ts";
import { type CallingSet, type GivenArguments, ModuleCalls } from "./module-calls.ts";
import { confirmRevision, type PathReads, planRevision, replaceModule } from "./module-revision.ts";
import { NIXOS_MODULES } from "./nixos-files.ts";
import type { ModuleProblem, OptionNode } from "./option-node.ts";
import type { OptionType, SubmoduleRequest } from "./option-type.ts";
import { PathSet } from "./path-set.ts";
import { ReadIndex } from "./read-index.ts";
import { ReadingNode } from "./reading-node.ts";

/** What every set of modules of one host shares. */
export interface ModuleWorld {
  readonly files: FileSource;
  readonly lib: Cell;
  /** The `utils` argument that NixOS gives its modules. */
  readonly utils: Cell;
  /** The value of a file; `by` is the outermost set of modules that takes it for a module. */
  importFile(path: string, by: ModuleSet): Cell;
  similarFile(path: string, isOfNixos: boolean): string | undefined;
  /** Our model of a file below `nixos/modules`, for the few that have one. */
  modelOf(file: string): Value | undefined;
  knownDefault(path: readonly string[]): Value | undefined;
  isWholeOption(path: readonly string[]): boolean;
  /** Options of a host that a module we model derives from others, as disko does `fileSystems`. */
  readonly derived?: DerivedOptions | undefined;
}

/** The value at an option path of a host as far as another option makes it. */
export type DerivedOptions = (path: readonly string[], root: OptionNode) => Value | undefined;

export interface ModuleSetOptions extends GivenArguments {
  readonly world: ModuleWorld;
  readonly modules: readonly ModuleRequest[];
  readonly path: readonly string[];
  readonly undeclared: NodeOwner["undeclared"];
  /** The modules are those of a host; not of home-manager, of a flake or of an option's value. */
  readonly isOfNixos?: true;
  /** Defaults that depend on the rest of the configuration. */
  readonly defaults?: (path: readonly string[]) => ((root: OptionNode) => Value | undefined) | undefined;
  /** What modelled modules make of other options. */
  readonly readBack?: DerivedOptions | undefined;
  /** The set of modules of which an option's value is this one. */
  readonly within?: ModuleSet;
  /** The options that `readBack` makes of others. */
  readonly derivedPaths?: readonly (readonly string[])[];
}

/** A set of modules and their merged configuration: `lib.evalModules` with three-valued answers. */
export class ModuleSet implements NodeOwner, CallingSet {
  private readonly options: ModuleSetOptions;
  private nested: ModuleSet[] = [];
  private readonly ownProblems = new Map<string, ModuleProblem>();
  /** What others than its modules asked of the configuration. */
  private readonly outsideReads = new PathSet();
  /** The defaults that were made of other options, and of which. */
  private readonly defaultReads = new Map<string, PathReads>();
  private readonly defaultReaders = new ReadIndex<PathReads>();
  private readonly readers = new ReadIndex<ModuleStructure>();
  private loading = false;
  private forestMemo: ModuleForest | undefined;
  private loadedMemo: readonly LoadedModule[] | undefined;
  private rootMemo: MergeNode | undefined;
  private declarationsMemo: DeclarationTree | undefined;
  private freeformMemo: { readonly type: OptionType | undefined } | undefined;
  private undeclaredMemo: NodeOwner["undeclared"] | undefined;
  private notesMemo: ModuleNotes | undefined;
  private refusedMemo: { readonly root: MergeNode; readonly problems: readonly ModuleProblem[] } | undefined;
  /** What the last change reached. */
  reached: PathSet | undefined;

  constructor(options: ModuleSetOptions) {
    this.options = options;
  }

  /** `config` for code that is no module of this set. Reading it does not load the modules before a name is asked for. */
  readonly config: Cell = Cell.lazy(() => this.viewFor(this.outsideReads));

  private readonly moduleCalls = new ModuleCalls(this);

  /** `config._module`: what modules are given. */
  readonly moduleArguments: Cell = this.moduleCalls.asArguments;

  get root(): MergeNode {
    if (!this.rootMemo) {
      const loaded = this.modules;
      this.declarationsMemo = declarationsOf(loaded);
      const position = { path: this.options.path, definitions: definitionsOf(loaded) };
      this.rootMemo = new MergeNode(this, position, this.declarationsMemo);
    }
    return this.rootMemo;
  }

  /** The modules in merge order. */
  get modules(): readonly LoadedModule[] {
    if (!this.loadedMemo) {
      // Which modules there are must not depend on what they say.
      if (this.loading)
        throw new NixError("recursion", "which modules are imported depends on the configuration itself");
      this.loading = true;
      try {
        this.forestMemo = readModules(this.options.modules, this.loader);
        this.loadedMemo = modulesInOrder(this.forestMemo);
      } finally {
        this.loading = false;
      }
    }
    return this.loadedMemo;
  }

  private get loader(): ModuleLoader {
    const { world } = this.options;
    return {
      files: world.files,
      importFile: (path) => world.importFile(path, this.outermost),
      isOfNixos: this.options.isOfNixos === true,
      similarFile: (path, isOfNixos) => world.similarFile(path, isOfNixos),
      modelOf: (file) => world.modelOf(file),
      callModule: (fn, at, reads) => this.moduleCalls.call(fn, at, reads),
    };
  }

  get given(): GivenArguments {
    return this.options;
  }

  get lib(): Cell {
    return this.options.world.lib;
  }

  get isLoading(): boolean {
    return this.loading;
  }

  viewFor(reads: PathSet): Value {
    register.origin = undefined;
    const value = this.root.value();
    return value instanceof ConfigAttrs ? new ConfigView(() => this.root, [], reads, value.openWorld) : value;
  }

  get undeclared(): NodeOwner["undeclared"] {
    this.undeclaredMemo ??= this.options.undeclared === "closed" ? this.howClosed() : this.options.undeclared;
    return this.undeclaredMemo;
  }

  get freeformType(): OptionType | undefined {
    this.freeformMemo ??= { type: this.undeclared === "freeform" ? freeformElement(this.modules) : undefined };
    return this.freeformMemo.type;
  }

  /**
   * A submodule with a module that cannot be read may have any option: that module declares some. So may one of which a
   * module of the host that cannot be read may be a second declaration.
   */
  private howClosed(): NodeOwner["undeclared"] {
    const { modules } = this;
    if (modules.some((module) => module.freeform)) return "freeform";
    if (this.options.within === undefined) return "closed";
    return this.notes.opaque.length > 0 || this.mayBeExtended(modules) ? "world" : "closed";
  }

  /** The types of several declarations of an option are joined. One without options of its own is made for that. */
  private mayBeExtended(modules: readonly LoadedModule[]): boolean {
    const unseen = this.outermost.notes.opaque;
    if (unseen.some(({ known }) => !known)) return true;
    return unseen.length > 0 && modules.every(({ options }) => options === undefined);
  }

  /** Problems found so far, nested sets included. Grows as more of the configuration is read. */
  get problems(): readonly ModuleProblem[] {
    if (this.rootMemo && this.undeclared === "closed") this.rootMemo.reportUndeclared();
    const found = new Map<string, ModuleProblem>();
    for (const problem of this.notes.problems) found.set(problemKey(problem), problem);
    for (const [key, problem] of this.ownProblems) found.set(key, problem);
    const nested: ModuleProblem[] = [];
    for (const set of this.nested) if (set.mayHaveProblems) nested.push(...set.problems);
    if (this.rootMemo && this.undeclared === "world" && !this.options.within) {
      for (const problem of this.refused(this.rootMemo)) found.set(problemKey(problem), problem);
    }
    return [...found.values(), ...(this.options.within ? nested : this.withoutAdditions(nested))];
  }

  /** What NixOS would refuse of what is set, although nobody has read it yet. */
  private refused(root: MergeNode): readonly ModuleProblem[] {
    if (this.refusedMemo?.root !== root) {
      this.refusedMemo = { root, problems: [...misplacedOptions(root), ...misspeltOptions(root), ...misfits(root)] };
    }
    return this.refusedMemo.problems;
  }

  /** Whether modules were found to need what they make themselves. */
  private hasRecursed(): boolean {
    const found = [...this.notes.problems, ...this.ownProblems.values()];
    return found.some(({ kind }) => kind === "recursion") || this.nested.some((set) => set.hasRecursed());
  }

  /** False for the hundreds of submodules of which nothing is to be said. */
  private get mayHaveProblems(): boolean {
    if (this.ownProblems.size > 0 || this.nested.length > 0 || this.notes.problems.length > 0) return true;
    return this.rootMemo !== undefined && this.undeclared === "closed";
  }

  /**
   * Without unknown options in groups that the workspace sets more of than it declares: others declare these, too, and
   * may have declared what is missed. A module that cannot be read may also declare, with a type of its own, what stands in a
   * set that takes any name.
   */
  private withoutAdditions(problems: readonly ModuleProblem[]): readonly ModuleProblem[] {
    if (this.undeclared !== "world") return problems;
    const isShared = new Map<string, boolean>();
    const unread = this.opaque.some(({ known }) => !known);
    return problems.filter(({ kind, isFree, path: [top] }) => {
      if (isFree && unread) return false;
      if (kind !== "unknown-option" || top === undefined) return true;
      if (!isShared.has(top)) isShared.set(top, this.isShared(top));
      return !isShared.get(top);
    });
  }

  private isShared(top: string): boolean {
    const group = this.root.child(top);
    return group.names().some(({ name }) => !(group.child(name) as Partial<MergeNode>).isDeclared?.());
  }

  get files(): FileSource {
    return this.options.world.files;
  }

  get opaque(): readonly OpaqueModule[] {
    const found: OpaqueModule[] = [];
    this.addOpaque(found);
    return found;
  }

  /** The modules of this set, then those of the sets in it, of which there are hundreds. */
  private addOpaque(found: OpaqueModule[]): void {
    const { path } = this.options;
    for (const module of this.notes.opaque) found.push(path.length === 0 ? module : { ...module, inside: path });
    for (const set of this.nested) set.addOpaque(found);
  }

  /** What was noted when the modules were read, all of them; nothing before that. */
  private get notes(): ModuleNotes {
    const forest = this.forestMemo;
    if (!forest) return NO_NOTES;
    this.notesMemo ??= joined([forest.notes, ...[...structuresOf(forest)].map(({ loaded }) => loaded.notes)]);
    return this.notesMemo;
  }

  private get outermost(): ModuleSet {
    return this.options.within?.outermost ?? this;
  }

  /** Whether one of the files is a module of this set, or of one that is the value of an option in it. */
  private reads(files: ReadonlySet<string>): boolean {
    const forest = this.forestMemo;
    const isModule = forest && [...structuresOf(forest)].some(({ path }) => path !== undefined && files.has(path));
    return isModule || this.nested.some((set) => set.reads(files));
  }

  /**
   * Takes over new texts of files that are modules of this set and nothing else, and keeps what they do not reach.
   * False when they may reach anything: then the set is of no use any more.
   */
  revise(changed: ReadonlySet<string>): boolean {
    const { forestMemo: forest, rootMemo: root, declarationsMemo: declarations, loader } = this;
    if (!forest || !root || this.undeclared === "closed") return false;
    if (this.hasRecursed()) return false;
    const inside = this.nested.filter((set) => set.reads(changed)).map((set) => set.options.path);
    const paths = [...(this.options.derivedPaths ?? []), ...inside];
    for (const made of this.defaultReads.values()) this.defaultReaders.take(made, made.reads);
    const known = { forest, readers: this.readers, defaults: this.defaultReaders, reached: paths };
    const revision = planRevision(known, changed, loader, (read) => this.withoutConfig(read));
    if (!revision || revision.paths.some((path) => this.outsideReads.touches(path))) return false;
    const { stale, dirty } = revision;
    const isReplaced = this.withoutConfig(() => stale.every((module) => replaceModule(module, loader)));
    this.notesMemo = undefined;
    if (!isReplaced) return false;
    this.loadedMemo = modulesInOrder(forest);
    const declares = stale.some(({ structure }) => structure.loaded.options !== undefined);
    if (declares) this.declarationsMemo = declarationsOf(this.loadedMemo, declarations);
    this.rootMemo = root.replacedBy(
      definitionsOf(this.loadedMemo),
      declares ? this.declarationsMemo : declarations,
      dirty,
    );
    this.nested = this.nested.filter((set) => !dirty.touches(set.options.path));
    for (const [key, made] of this.defaultReads) {
      if (!dirty.touches(made.path)) continue;
      this.defaultReads.delete(key);
      this.defaultReaders.drop(made);
    }
    for (const [key, { path }] of this.ownProblems) if (dirty.touches(path)) this.ownProblems.delete(key);
    this.reached = dirty;
    return confirmRevision(revision);
  }

  /** Reads modules as when they are loaded: they must not depend on what they say. */
  private withoutConfig<T>(read: () => T): T {
    const { loadedMemo, rootMemo } = this;
    this.loadedMemo = undefined;
    this.rootMemo = undefined;
    this.loading = true;
    try {
      return read();
    } finally {
      this.loading = false;
      this.loadedMemo = loadedMemo;
      this.rootMemo = rootMemo;
    }
  }

  report(problem: ModuleProblem): void {
    this.ownProblems.set(problemKey(problem), problem);
  }

  knownDefault(path: readonly string[]): Value | undefined {
    const computed = this.outermost.computedDefault(path);
    return computed === undefined ? this.options.world.knownDefault(path) : computed;
  }

  private computedDefault(path: readonly string[]): Value | undefined {
    const compute = this.options.defaults?.(path);
    if (!compute) return undefined;
    const reads = new PathSet();
    const computed = compute(new ReadingNode(this.root, reads));
    if (!reads.isEmpty) this.noteDefault({ path, reads });
    return computed;
  }

  private noteDefault(made: PathReads): void {
    const key = made.path.join(".");
    const before = this.defaultReads.get(key);
    if (before) this.defaultReaders.drop(before);
    this.defaultReads.set(key, made);
  }

  readBack(path: readonly string[]): Value | undefined {
    const made = this.options.readBack?.(path, this.root);
    return made === undefined ? readBackDefault(path) : made;
  }

  importsGroup(path: readonly string[]): boolean | undefined {
    const provider = providerOf(path);
    const { outermost } = this;
    // Which modules there are is not known while they are being read.
    if (!provider || !outermost.loadedMemo || !this.loadedMemo) return undefined;
    const sets = outermost === this ? [this] : [this, outermost];
    const unseen = sets.flatMap(({ notes }) => notes.opaque);
    if (unseen.some(({ why }) => provider.test(inputNamedIn(why) ?? ""))) return true;
    // Modules of public inputs declare their own options and no others', and those of NixOS what every host has.
    const isModest = ({ why, known }: OpaqueModule) =>
      known && (inputNamedIn(why) !== undefined || why === NIXOS_MODULES.why);
    return unseen.every(isModest) ? false : undefined;
  }

  inputCalled(path: readonly string[]): string | undefined {
    const { outermost } = this;
    if (!outermost.loadedMemo || !this.loadedMemo) return undefined;
    const sets = outermost === this ? [this] : [this, outermost];
    const inputs = sets.flatMap(({ notes }) => notes.opaque.map(({ why }) => inputNamedIn(why)));
    const names = path.slice(0, -1).map(plainName);
    return inputs.find((input) => input !== undefined && names.includes(plainName(input)));
  }

  isWholeOption(path: readonly string[]): boolean {
    return this.options.world.isWholeOption(path);
  }

  submodule(request: SubmoduleRequest): NixAttrs {
    const { world } = this.options;
    const base = request.modules.map((cell): ModuleRequest => ({ cell, file: "", conditions: [] }));
    const own = request.definitions.map((definition): ModuleRequest => {
      const { file, cell } = definition;
      const conditions = definition.condition === true ? [] : [Cell.of(definition.condition)];
      if (request.shorthandOnlyDefinesConfig && look(cell) instanceof NixAttrs) {
        return { cell, file, conditions, shorthandOnlyDefinesConfig: true };
      }
      // What cannot be seen may define any option of the submodule.
      if (!request.open && look(cell) instanceof Unknown) {
        return { cell: Cell.of(NixAttrs.of({ config: cell })), file, conditions };
      }
      // nixpkgs imports these instead of taking them as they are, which decides their place in the order.
      return { cell: Cell.of(NixAttrs.of({ imports: Cell.of(NixList.of([cell])) })), file, conditions };
    });
    const set = new ModuleSet({
      world,
      modules: [...base, ...own],
      specialArgs: new Map([["lib", world.lib], ...request.specialArgs]),
      args: new Map([["name", Cell.of(request.name)]]),
      path: request.path,
      undeclared:
        request.open || (this.outermost.undeclared === "world" && isSharedGroup(request.path)) ? "world" : "closed",
      within: this,
    });
    this.nested.push(set);
    const config = set.root.value();
    return config instanceof NixAttrs
      ? config
      : new NixAttrs(new Map(), config instanceof Unknown ? config : undefined);
  }
}

const NO_NOTES: ModuleNotes = { problems: [], opaque: [] };

function joined(notes: readonly ModuleNotes[]): ModuleNotes {
  const [some, ...others] = notes.filter(({ problems, opaque }) => problems.length > 0 || opaque.length > 0);
  if (!some) return NO_NOTES;
  return {
    problems: [...some.problems, ...others.flatMap(({ problems }) => problems)],
    opaque: [...some.opaque, ...others.flatMap(({ opaque }) => opaque)],
  };
}

/** `before` is what was declared before a change of some of them. */
function declarationsOf(modules: readonly LoadedModule[], before?: DeclarationTree): DeclarationTree {
  return new DeclarationTree(
    modules.flatMap((module) => module.options ?? []),
    before,
  );
}

function definitionsOf(modules: readonly LoadedModule[]): RawDefinition[] {
  return modules.flatMap((module) => module.config ?? []);
}

/** What makes a problem the same however often it is found. */
function problemKey({ kind, path, place }: ModuleProblem): string {
  return `${kind} ${path.join(".")} ${place?.file}:${place?.start}`;
}

/** A name as it is written elsewhere, too: `coffee-vault`, `coffeeVault`, `coffee-vault-nix`. */
function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[-_]?(nix|flake|modules?)$/, "")
    .replace(/[-_]/g, "");
}
