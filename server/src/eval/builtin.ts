import { budget } from "./budget.ts";
import type { FileSource } from "./file-source.ts";
import { NixError } from "./nix-error.ts";
import type { Site } from "./origin.ts";
import { placeOf } from "./origin.ts";
import { type Cell, type NixAttrs, NixFunction, register, Unknown, UnknownSignal, type Value } from "./value.ts";

/** What builtins may ask of the world they run in. */
export interface Builtins {
  /** Reads of the workspace; everything outside it answers Unknown. */
  readonly files: FileSource;
  /** Evaluates a file, as `import` does; cached by path. */
  importFile(path: string, at: Site | undefined): Value;
  /** Evaluates a file in which the attributes of a set are names, as `scopedImport` does. */
  importWith(names: NixAttrs, path: string, at: Site | undefined): Value;
  /** What stands for a source that is fetched from an address; undefined when nothing is known of it. */
  fetched(url: string): Value | undefined;
}

/** The arguments of one call, with the place of the call. */
export interface Call {
  readonly world: Builtins;
  readonly at: Site | undefined;
}

/** Arguments arrive unforced; throw `UnknownSignal` (or return Unknown) when one that matters is unknown. */
export type BuiltinBody = (args: readonly Cell[], call: Call) => Value;

export interface BuiltinDefinition {
  readonly name: string;
  readonly arity: number;
  readonly body: BuiltinBody;
  /**
   * True when the result is (or may be) one of the arguments or a cell inside them, so that its origin
   * is that cell's own: `head`, `elemAt`, `getAttr`, `seq`, `foldl'`… For the rest the origin is the call.
   */
  readonly passes?: boolean;
}

/** Makes the curried function value of a builtin. */
export function builtinFunction(definition: BuiltinDefinition, world: Builtins): NixFunction {
  const { arity, name } = definition;
  const collect = (args: readonly Cell[]): NixFunction => {
    const take = (arg: Cell, at: Site | undefined): Value => {
      const all = [...args, arg];
      return all.length === arity ? run(definition, all, { world, at }) : collect(all);
    };
    return new NixFunction(take, name, undefined, false, args.length > 0);
  };
  return collect([]);
}

function run(definition: BuiltinDefinition, args: readonly Cell[], call: Call): Value {
  budget.enter();
  try {
    const value = definition.body(args, call);
    if (!definition.passes) {
      register.origin = call.at;
    }
    return value;
  } catch (error) {
    if (error instanceof UnknownSignal) {
      register.origin = call.at;
      return error.unknown.reason;
    }
    throw error;
  } finally {
    budget.leave();
  }
}

/** A type error of a builtin, placed at the call. */
export function typeError(message: string, call: Call): NixError {
  return new NixError("type", message, call.at && placeOf(call.at));
}

/** Ends the builtin with Unknown. */
export function unknown(why: string, call: Call): never {
  throw new UnknownSignal(new Unknown(why, call.at && placeOf(call.at)));
}
