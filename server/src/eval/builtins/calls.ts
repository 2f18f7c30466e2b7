import { callable } from "../coerce.ts";
import { NixError } from "../nix-error.ts";
import { placeOf, type Site } from "../origin.ts";
import {
  Cell,
  type ListItem,
  Maybe,
  NixList,
  register,
  type Slot,
  typeName,
  Unknown,
  UnknownSignal,
  type Value,
} from "../value.ts";

/*
 * How builtins call functions of the program and make cells for later. A cell outlives the call of its
 * builtin, so the signal "this is unknown" has to become a value inside the cell.
 */

/** A cell computed later by a builtin: `UnknownSignal` becomes the Unknown it carries. */
export function deferred(run: () => Value, at: Site | undefined, slot?: Slot): Cell {
  return Cell.lazy(() => settle(run, at), slot);
}

/** Runs `run` and answers with a value where it would signal Unknown. */
export function settle(run: () => Value, at: Site | undefined): Value {
  try {
    return run();
  } catch (error) {
    if (error instanceof UnknownSignal) {
      register.origin = at;
      return error.unknown.reason;
    }
    throw error;
  }
}

/** Calls a function value with one argument after the other; signals Unknown when it is not known. */
export function apply(fn: Cell, args: readonly Cell[], at: Site | undefined): Value {
  let value = fn.force();
  for (const arg of args) {
    value = callable(value, at)(arg);
  }
  return value;
}

/** A value known to be a Boolean, or the Unknown it is; anything else is the program's error. */
export function condition(value: Value, at: Site | undefined): boolean | Unknown {
  if (typeof value === "boolean" || value instanceof Unknown) return value;
  throw new NixError("type", `value is ${typeName(value)} while a Boolean was expected`, at && placeOf(at));
}

/** A list with every element replaced, element by element, so that what is uncertain stays uncertain alone. */
export function mapItems(list: NixList, change: (cell: Cell) => Cell): NixList {
  const items: ListItem[] = list.items.map((item) =>
    item instanceof Cell ? change(item) : item instanceof Maybe ? new Maybe(change(item.cell), item.condition) : item,
  );
  return new NixList(items, list.certain);
}

/** The reason why a list is not fully known, or undefined when it is. */
export function uncertainty(list: NixList): Unknown | undefined {
  for (const item of list.items) {
    if (item instanceof Maybe) return item.condition;
    if (!(item instanceof Cell)) return item.unknown;
  }
  return undefined;
}
