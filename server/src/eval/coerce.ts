import { NixError } from "./nix-error.ts";
import type { Site } from "./origin.ts";
import { placeOf } from "./origin.ts";
import {
  Cell,
  NixAttrs,
  NixFloat,
  NixFunction,
  NixList,
  NixPath,
  typeName,
  Unknown,
  UnknownSignal,
  type Value,
} from "./value.ts";

/*
 * Readers for builtins and operators: they force a cell and answer with the JavaScript shape, throw
 * `UnknownSignal` for an unknown value and `NixError("type")` for a wrong one.
 */

function wrong(value: Value, expected: string, at: Site | undefined): never {
  if (value instanceof Unknown) {
    throw new UnknownSignal(value);
  }
  throw new NixError("type", `value is ${typeName(value)} while ${expected} was expected`, at && placeOf(at));
}

export function attrsOf(cell: Cell, at?: Site): NixAttrs {
  const value = cell.force();
  return value instanceof NixAttrs ? value : wrong(value, "a set", at);
}

export function listOf(cell: Cell, at?: Site): NixList {
  const value = cell.force();
  return value instanceof NixList ? value : wrong(value, "a list", at);
}

/** The elements of a list that must be known completely (for `length`, `elemAt`, `foldl'`…). */
export function cellsOf(cell: Cell, at?: Site): readonly Cell[] {
  const list = listOf(cell, at);
  if (!list.certain) {
    const uncertain = list.items.find((item) => "unknown" in item || "condition" in item);
    throw new UnknownSignal(
      uncertain && "unknown" in uncertain ? uncertain.unknown : (uncertain as { condition: Unknown }).condition,
    );
  }
  return list.items as readonly Cell[];
}

export function stringOf(cell: Cell, at?: Site): string {
  const value = cell.force();
  return typeof value === "string" ? value : wrong(value, "a string", at);
}

export function booleanOf(cell: Cell, at?: Site): boolean {
  const value = cell.force();
  return typeof value === "boolean" ? value : wrong(value, "a Boolean", at);
}

/** An integer as number or bigint. */
export function integerOf(cell: Cell, at?: Site): number | bigint {
  const value = cell.force();
  return typeof value === "number" || typeof value === "bigint" ? value : wrong(value, "an integer", at);
}

export function functionOf(cell: Cell, at?: Site): (arg: Cell) => Value {
  const value = cell.force();
  return callable(value, at);
}

/** A value as something that can be called: a function or a set with `__functor`. */
export function callable(value: Value, at?: Site): (arg: Cell) => Value {
  if (value instanceof NixFunction) {
    return (arg) => value.call(arg, at);
  }
  if (value instanceof NixAttrs) {
    const functor = member(value, "__functor");
    if (functor) {
      return (arg) => callable(callable(functor.force(), at)(selfCell(value)), at)(arg);
    }
    const { open } = value;
    if (open) return (arg) => value.called(arg) ?? open.reason;
  }
  return wrong(value, "a function", at);
}

/** Normalises an integer result: a number when safe, else a bigint; throws on 64-bit overflow. */
export function integer(value: bigint, at?: Site): number | bigint {
  if (value > 9223372036854775807n || value < -9223372036854775808n) {
    throw new NixError("other", "integer overflow", at && placeOf(at));
  }
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/**
 * `toString`/interpolation of a value. `loose` accepts what only `toString` does: booleans, numbers,
 * null and lists (joined by spaces).
 */
export function coerceToString(value: Value, loose: boolean, at?: Site): string {
  if (typeof value === "string") return value;
  if (value instanceof NixPath) return value.path;
  if (value instanceof Unknown) throw new UnknownSignal(value);
  if (value instanceof NixAttrs) {
    const convert = member(value, "__toString");
    if (convert) {
      const text = callable(convert.force(), at)(selfCell(value));
      return coerceToString(text, loose, at);
    }
    const outPath = member(value, "outPath");
    if (outPath) return coerceToString(outPath.force(), loose, at);
    if (value.open) throw new UnknownSignal(value.open);
  }
  if (loose) {
    if (value === true) return "1";
    if (value === false || value === null) return "";
    if (typeof value === "number" || typeof value === "bigint") return value.toString();
    if (value instanceof NixFloat) return value.value.toFixed(6);
    if (value instanceof NixList) {
      if (!value.certain) throw new UnknownSignal(new Unknown("the list is not fully known"));
      return joinWords(value.items as readonly Cell[], at);
    }
  }
  throw new NixError("type", `cannot coerce ${typeName(value)} to a string`, at && placeOf(at));
}

/** The elements separated by spaces; an empty list among them leaves no space behind. */
function joinWords(cells: readonly Cell[], at: Site | undefined): string {
  let text = "";
  for (const [index, cell] of cells.entries()) {
    const value = cell.force();
    text += coerceToString(value, true, at);
    const isEmptyList = value instanceof NixList && value.items.length === 0;
    if (index < cells.length - 1 && !isEmptyList) text += " ";
  }
  return text;
}

/** An attribute that is certainly there; computed sets answer `get` for any name. */
function member(value: NixAttrs, name: string): Cell | undefined {
  return value.has(name) === true ? value.get(name) : undefined;
}

function selfCell(value: NixAttrs): Cell {
  return Cell.of(value);
}
