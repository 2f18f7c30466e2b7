import type { Place } from "../eval/origin.ts";
import { Cell, look, NixAttrs, type NixFunction, Unknown, unknownFrom, type Value } from "../eval/value.ts";
import type { MergeNode } from "./merge-node.ts";
import { OptionsAttrs } from "./options-attrs.ts";
import type { PathSet } from "./path-set.ts";

/** What a set of modules gives the functions among them. */
export interface CallingSet {
  readonly given: GivenArguments;
  readonly lib: Cell;
  readonly root: MergeNode;
  /** Whether it is still being found out which modules there are. */
  readonly isLoading: boolean;
  /** `config` for a reader whose questions are noted. */
  viewFor(reads: PathSet): Value;
}

/** The arguments that a set of modules is made with. */
export interface GivenArguments {
  /** Arguments for modules that `imports` may depend on (`specialArgs`). */
  readonly specialArgs: ReadonlyMap<string, Cell>;
  /** Why there may be more of them than are listed. */
  readonly hiddenArgs?: Unknown | undefined;
  /** Arguments that `_module.args` has from the start (`pkgs`, `name`). */
  readonly args: ReadonlyMap<string, Cell>;
}

/** How the functions among the modules of a set are called, and with what. */
export class ModuleCalls {
  private readonly set: CallingSet;

  constructor(set: CallingSet) {
    this.set = set;
  }

  /** Calls a module function the way nixpkgs' `applyModuleArgs` does: a formal's own default is never used. */
  call(fn: NixFunction, at: Place | undefined, reads: PathSet): Value {
    const { set } = this;
    const { specialArgs } = set.given;
    const names = [...(fn.formals?.keys() ?? [])];
    const cells = new Map<string, Cell>(specialArgs);
    if (!cells.has("lib")) cells.set("lib", set.lib);
    cells.set(
      "config",
      Cell.lazy(() => set.viewFor(reads)),
    );
    cells.set(
      "options",
      Cell.lazy(() => {
        reads.addWhole([]);
        return new OptionsAttrs(set.root);
      }),
    );
    cells.set("specialArgs", Cell.of(new NixAttrs(specialArgs)));
    for (const name of names) {
      if (!cells.has(name)) cells.set(name, this.argument(name, at));
    }
    try {
      const call = () => fn.call(Cell.of(new NixAttrs(cells)), undefined);
      return look(Cell.lazy(call));
    } catch (error) {
      return unknownFrom(error, at);
    }
  }

  /** What modules are given: `name` of a submodule, `pkgs`, and what any module defines. */
  readonly asArguments: Cell = Cell.lazy(() => {
    const { set } = this;
    const { args, specialArgs } = set.given;
    return NixAttrs.of({
      args: Cell.of(
        new ModuleArguments(
          (name) => this.argument(name, undefined),
          (name) => args.has(name) || set.root.at("_module", "args", name).isDefined(),
        ),
      ),
      specialArgs: Cell.of(new NixAttrs(specialArgs)),
    });
  });

  private argument(name: string, at: Place | undefined): Cell {
    const { set } = this;
    const { args, hiddenArgs } = set.given;
    const own = args.get(name);
    return Cell.lazy(() => {
      // Whoever imports by an argument was given it from outside, as the modules are not there yet.
      if (set.isLoading && hiddenArgs && !own) return hiddenArgs;
      const node = set.root.at("_module", "args", name);
      const defined = node.isDefined();
      // An argument is handed on as it is; only several definitions of one would have to be merged.
      const [only, ...others] = defined === true ? node.definitions() : [];
      if (only?.condition === true && others.length === 0) return only.cell.force();
      if (defined === true) return node.value();
      if (own) return own.force();
      if (defined instanceof Unknown) return defined;
      return hiddenArgs ?? new Unknown(`no module argument \`${name}\` is given`, at);
    });
  }
}

/** `config._module.args`, each of which is looked for when it is asked for. */
class ModuleArguments extends NixAttrs {
  private readonly find: (name: string) => Cell;
  private readonly isGiven: (name: string) => boolean | Unknown;
  constructor(find: (name: string) => Cell, isGiven: (name: string) => boolean | Unknown) {
    super(new Map(), new Unknown("which arguments modules are given is not known here"));
    this.find = find;
    this.isGiven = isGiven;
  }
  override get(name: string): Cell | undefined {
    return this.isGiven(name) === false ? undefined : this.find(name);
  }
  override has(name: string): boolean | Unknown {
    return this.isGiven(name);
  }
}
