import type { FileSource } from "../eval/file-source.ts";
import type { Place } from "../eval/origin.ts";
import {
  Cell,
  look,
  NixAttrs,
  NixError,
  type NixFunction,
  NixList,
  register,
  Unknown,
  unknownFrom,
  type Value,
} from "../eval/value.ts";
import { DeclarationTree } from "./declaration.ts";
import type { RawDefinition } from "./definition.ts";
import { readBackDefault } from "./known-options.ts";
import { type LoadedModule, loadModules, type ModuleRequest, type OpaqueModule } from "./load-modules.ts";
import { MergeNode, type NodeOwner } from "./merge-node.ts";
import type { ModuleProblem, OptionNode } from "./option-node.ts";
import type { SubmoduleRequest } from "./option-type.ts";
import { OptionsAttrs } from "./options-attrs.ts";

/** What every set of modules of one host shares. */
export interface ModuleWorld {
  readonly files: FileSource;
  readonly lib: Cell;
  /** The `utils` argument that NixOS gives its modules. */
  readonly utils: Cell;
  importFile(path: string): Cell;
  similarFile(path: string): string | undefined;
  knownDefault(path: readonly string[]): Value | undefined;
  isWholeOption(path: readonly string[]): boolean;
  /** Options of a host that a module we model derives from others, as disko does `fileSystems`. */
  readonly derived?: DerivedOptions | undefined;
}

/** The value at an option path of a host as far as another option makes it. */
export type DerivedOptions = (path: readonly string[], root: OptionNode) => Value | undefined;

export interface ModuleSetOptions {
  readonly world: ModuleWorld;
  readonly modules: readonly ModuleRequest[];
  /** Arguments for modules that `imports` may depend on (`specialArgs`). */
  readonly specialArgs: ReadonlyMap<string, Cell>;
  /** Arguments that `_module.args` has from the start (`pkgs`, `name`). */
  readonly args: ReadonlyMap<string, Cell>;
  readonly path: readonly string[];
  readonly undeclared: NodeOwner["undeclared"];
  /** Defaults that depend on the rest of the configuration. */
  readonly defaults?: DerivedOptions;
  /** What modelled modules make of other options. */
  readonly readBack?: DerivedOptions | undefined;
}

/** A set of modules and their merged configuration: `lib.evalModules` with three-valued answers. */
export class ModuleSet implements NodeOwner {
  private readonly options: ModuleSetOptions;
  private readonly nested: ModuleSet[] = [];
  private readonly ownProblems = new Map<string, ModuleProblem>();
  private readonly opaqueModules: OpaqueModule[] = [];
  private loading = false;
  private loadedMemo: readonly LoadedModule[] | undefined;
  private rootMemo: MergeNode | undefined;
  private undeclaredMemo: NodeOwner["undeclared"] | undefined;

  constructor(options: ModuleSetOptions) {
    this.options = options;
  }

  /** `config` as a Nix value. Reading it does not load the modules before a name is asked for. */
  readonly config: Cell = Cell.lazy(() => {
    register.origin = undefined;
    return this.root.value();
  });

  get root(): MergeNode {
    if (!this.rootMemo) {
      const loaded = this.modules;
      const declarations = new DeclarationTree(loaded.flatMap((module) => module.options ?? []));
      const definitions: RawDefinition[] = loaded.flatMap((module) => module.config ?? []);
      this.rootMemo = new MergeNode(this, { path: this.options.path, definitions }, declarations);
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
        this.loadedMemo = this.load();
      } finally {
        this.loading = false;
      }
    }
    return this.loadedMemo;
  }

  private load(): readonly LoadedModule[] {
    const { world } = this.options;
    return loadModules(this.options.modules, {
      files: world.files,
      importFile: (path) => world.importFile(path),
      similarFile: (path) => world.similarFile(path),
      callModule: (fn, at) => this.callModule(fn, at),
      report: (problem) => this.report(problem),
      opaque: (module) => this.opaqueModules.push(module),
    });
  }

  get undeclared(): NodeOwner["undeclared"] {
    this.undeclaredMemo ??=
      this.options.undeclared === "closed" && this.modules.some((module) => module.freeform)
        ? "freeform"
        : this.options.undeclared;
    return this.undeclaredMemo;
  }

  /** Problems found so far, nested sets included. Grows as more of the configuration is read. */
  get problems(): readonly ModuleProblem[] {
    if (this.rootMemo && this.undeclared === "closed") this.rootMemo.reportUndeclared();
    return [...this.ownProblems.values(), ...this.nested.flatMap((set) => set.problems)];
  }

  get opaque(): readonly OpaqueModule[] {
    return [...this.opaqueModules, ...this.nested.flatMap((set) => set.opaque)];
  }

  report(problem: ModuleProblem): void {
    const { place } = problem;
    this.ownProblems.set(`${problem.kind} ${problem.path.join(".")} ${place?.file}:${place?.start}`, problem);
  }

  knownDefault(path: readonly string[]): Value | undefined {
    const computed = this.options.defaults?.(path, this.root);
    return computed === undefined ? this.options.world.knownDefault(path) : computed;
  }

  readBack(path: readonly string[]): Value | undefined {
    const made = this.options.readBack?.(path, this.root);
    return made === undefined ? readBackDefault(path) : made;
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
      undeclared: request.open ? "world" : "closed",
    });
    this.nested.push(set);
    const config = set.root.value();
    return config instanceof NixAttrs
      ? config
      : new NixAttrs(new Map(), config instanceof Unknown ? config : undefined);
  }

  /** Calls a module function the way nixpkgs' `applyModuleArgs` does: a formal's own default is never used. */
  private callModule(fn: NixFunction, at: Place | undefined): Value {
    const names = [...(fn.formals?.keys() ?? [])];
    const cells = new Map<string, Cell>(this.options.specialArgs);
    if (!cells.has("lib")) cells.set("lib", this.options.world.lib);
    cells.set("config", this.config);
    cells.set(
      "options",
      Cell.lazy(() => new OptionsAttrs(this.root)),
    );
    cells.set("specialArgs", Cell.of(new NixAttrs(this.options.specialArgs)));
    for (const name of names) {
      if (!cells.has(name)) cells.set(name, this.moduleArgument(name, at));
    }
    try {
      const call = () => fn.call(Cell.of(new NixAttrs(cells)), undefined);
      return look(Cell.lazy(call));
    } catch (error) {
      return unknownFrom(error, at);
    }
  }

  private moduleArgument(name: string, at: Place | undefined): Cell {
    return Cell.lazy(() => {
      const given = this.root.at("_module", "args", name);
      const defined = given.isDefined();
      if (defined === true) return given.value();
      const own = this.options.args.get(name);
      if (own) return own.force();
      if (defined instanceof Unknown) return defined;
      return new Unknown(`no module argument \`${name}\` is given`, at);
    });
  }
}
