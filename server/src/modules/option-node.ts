import type { Place } from "../eval/origin.ts";
import type { Cell, Unknown, Value } from "../eval/value.ts";
import type { Span } from "../syntax/expr.ts";

/** One definition of an option, after `mkIf`, `mkMerge`, `mkOverride` and `mkOrder` around it were read. */
export interface Definition {
  /** The file of the module that makes the definition. */
  readonly file: string;
  /** The content without its wrappers. */
  readonly cell: Cell;
  /** `true`, or the condition that cannot be decided. Definitions whose condition is false are not listed. */
  readonly condition: true | Unknown;
  /** 100 for a plain definition, 50 for mkForce, 1000 for mkDefault, 1500 for an option's default. */
  readonly priority: number;
  readonly order: number;
  /** Where the definition is written: the binding's name and whole range, when it is one. */
  readonly place: Place | undefined;
  readonly name: Span | undefined;
  readonly binding: Span | undefined;
}

/** Something wrong that the module system noticed. `path` is the option. */
export interface ModuleProblem {
  readonly kind:
    | "missing-import"
    | "unknown-option"
    | "wrong-type"
    | "conflict"
    | "evaluation"
    | "opaque-module"
    | "recursion";
  readonly path: readonly string[];
  readonly message: string;
  readonly place: Place | undefined;
  /** What the analysis went on with, in plain words, when it recovered. */
  readonly recovery?: string;
  /** For unknown options: the one that was meant. */
  readonly meant?: readonly string[];
  /** Another place that explains it. */
  readonly related?: { readonly place: Place | undefined; readonly message: string };
  /** The option is declared by nobody in sight, in a set that takes any name. */
  readonly isFree?: boolean;
  /** For missing imports: the file that is not there. */
  readonly missing?: string;
  /** For missing imports: the file taken instead. */
  readonly replacement?: string;
}

/** A name below a node and whether it is certainly there. */
export interface ChildName {
  readonly name: string;
  /** `true`, or why it may be absent. */
  readonly certain: true | Unknown;
}

/**
 * One place in the merged configuration of a host. Lazy: nothing is evaluated before it is asked for,
 * nothing throws; what cannot be known is `Unknown` with the reason.
 */
export interface OptionNode {
  readonly path: readonly string[];
  /** The definitions that win (highest priority), in merge order. */
  definitions(): readonly Definition[];
  /** All definitions, overridden ones included. */
  allDefinitions(): readonly Definition[];
  /** The merged value; Unknown for an option that nobody defines and whose default is not known. */
  value(): Value;
  /** Names of the attributes below, certain and possible ones. Empty for leaves. */
  names(): readonly ChildName[];
  /** Why more names than listed may exist. */
  open(): Unknown | undefined;
  child(name: string): OptionNode;
  at(...path: string[]): OptionNode;
  /** Whether a definition exists in the workspace (defaults do not count). */
  isDefined(): boolean | Unknown;
}

/** A path as it is written in Nix: `fileSystems."/data".device`. */
export function optionText(path: readonly string[]): string {
  return path.map((name) => (/^[A-Za-z_][\w'-]*$/.test(name) ? name : `"${name}"`)).join(".");
}
