import type { Cell, NixAttrs, Unknown, Value } from "../eval/value.ts";
import type { Definition, ModuleProblem } from "./option-node.ts";

/** What a type may need while it merges. */
export interface MergeContext {
  /** The option's path. */
  readonly path: readonly string[];
  report(problem: Omit<ModuleProblem, "path">): void;
  /** Merges definitions of something inside the option (an element, an attribute). */
  mergeInner(type: OptionType, path: readonly string[], definitions: readonly Definition[]): Cell;
  /** Evaluates the modules of a submodule. */
  submodule(request: SubmoduleRequest): NixAttrs;
}

export interface SubmoduleRequest {
  readonly path: readonly string[];
  /** Modules of the type. */
  readonly modules: readonly Cell[];
  readonly definitions: readonly Definition[];
  readonly specialArgs: ReadonlyMap<string, Cell>;
  readonly shorthandOnlyDefinesConfig: boolean;
  /** Attribute name the submodule sits at, for its `name` argument. */
  readonly name: string;
  /** Options nobody declares are taken as they are instead of being errors. */
  readonly open: boolean;
}

/** How definitions of an option become one value. */
export interface OptionType {
  readonly name: string;
  readonly description: string;
  /** Whether one definition's value fits. */
  check(value: Value): boolean | Unknown;
  /**
   * Merges at least one definition, all of the same (best) priority, conditions true or unknown.
   * Sets the register when it passes a definition's value on.
   */
  merge(definitions: readonly Definition[], context: MergeContext): Value;
  /** The value of an option that has neither definition nor default; undefined when that is an error. */
  readonly empty?: (context: MergeContext) => Value;
  /** For types that hold modules: merging two declarations of one option joins them. */
  readonly join?: (other: OptionType) => OptionType | undefined;
  /** Type of the parts, for reflection. */
  readonly inner?: OptionType;
}
