import type { BinaryOperator } from "../syntax/expr.ts";
import { chargeCopies } from "./builtins/limits.ts";
import { coerceToString, integer } from "./coerce.ts";
import { afterDoubt } from "./doubt.ts";
import { NixError } from "./nix-error.ts";
import type { Site } from "./origin.ts";
import { placeOf } from "./origin.ts";
import { normalisePath } from "./path-name.ts";
import { joinText } from "./text.ts";
import {
  byCodePoint,
  type Cell,
  Gap,
  type ListItem,
  NixAttrs,
  NixFloat,
  NixFunction,
  NixList,
  NixPath,
  register,
  typeName,
  Unknown,
  type Value,
} from "./value.ts";

/*
 * The operators of the language on values. An unknown operand gives Unknown with its reason; the test
 * for it sits on the type-error path, so known operands pay nothing.
 */

type Numeric = number | bigint | NixFloat;

function isNumeric(value: Value): value is Numeric {
  return typeof value === "number" || typeof value === "bigint" || value instanceof NixFloat;
}

function firstUnknown(...values: Value[]): Unknown | undefined {
  return (values.find((value) => value instanceof Unknown) as Unknown | undefined)?.reason;
}

function failure(message: string, at: Site): NixError {
  return new NixError("type", message, placeOf(at));
}

/** `+`: numbers, strings (with provenance of both halves), paths. */
export function plus(left: Cell, right: Cell, at: Site): Value {
  const a = left.force();
  const originA = register.origin;
  if (isNumeric(a)) {
    const b = right.force();
    register.origin = at;
    if (isNumeric(b)) return arithmetic("+", a, b, at);
    const unknown = firstUnknown(b);
    if (unknown) return unknown;
    throw failure(`cannot add ${typeName(b)} to ${typeName(a)}`, at);
  }
  if (a instanceof NixPath) {
    const b = right.force();
    register.origin = at;
    if (b instanceof Unknown) return new Unknown(b.why, b.place);
    return new NixPath(normalisePath(a.path + coerceToString(b, false, at)));
  }
  const b = right.force();
  const originB = register.origin;
  // What the left side is decides what `+` does; only a text says that it was a text.
  if (a instanceof Unknown && !a.partial && typeof b !== "string" && !(b instanceof Unknown && b.partial)) {
    register.origin = at;
    return new Unknown(a.why, a.place, { soft: a.soft });
  }
  return joinText(
    [
      { value: a, origin: originA },
      { value: b, origin: originB },
    ],
    at,
  );
}

export function arithmetic(operator: "+" | "-" | "*" | "/", left: Value, right: Value, at: Site): Value {
  if (typeof left === "number" && typeof right === "number" && operator !== "/") {
    const result = operator === "+" ? left + right : operator === "-" ? left - right : left * right;
    if (Number.isSafeInteger(result)) return result;
  }
  if (!isNumeric(left) || !isNumeric(right)) {
    const unknown = firstUnknown(left, right);
    if (unknown) return unknown;
    throw failure(`value is ${typeName(isNumeric(left) ? right : left)} while a number was expected`, at);
  }
  if (left instanceof NixFloat || right instanceof NixFloat) {
    const a = toFloat(left);
    const b = toFloat(right);
    if (operator === "/" && b === 0) throw failure("division by zero", at);
    return new NixFloat(operator === "+" ? a + b : operator === "-" ? a - b : operator === "*" ? a * b : a / b);
  }
  const a = BigInt(left);
  const b = BigInt(right);
  if (operator === "/" && b === 0n) throw failure("division by zero", at);
  return integer(operator === "+" ? a + b : operator === "-" ? a - b : operator === "*" ? a * b : a / b, at);
}

export function negate(value: Value, at: Site): Value {
  return value instanceof Unknown ? value.reason : arithmetic("-", 0, value, at);
}

function toFloat(value: Numeric): number {
  return value instanceof NixFloat ? value.value : Number(value);
}

/** `<`, `<=`, `>`, `>=` in terms of `<`, as Nix defines them. */
export function compare(operator: BinaryOperator, left: Value, right: Value, at: Site): Value {
  switch (operator) {
    case "<":
      return lessThan(left, right, at);
    case ">":
      return lessThan(right, left, at);
    case "<=":
      return not(lessThan(right, left, at), at);
    default:
      return not(lessThan(left, right, at), at);
  }
}

export function not(value: Value, at: Site): Value {
  if (typeof value === "boolean") return !value;
  if (value instanceof Unknown) return value.reason;
  throw failure(`value is ${typeName(value)} while a Boolean was expected`, at);
}

export function lessThan(left: Value, right: Value, at: Site | undefined): boolean | Unknown {
  if (isNumeric(left) && isNumeric(right)) {
    if (left instanceof NixFloat || right instanceof NixFloat) return toFloat(left) < toFloat(right);
    return left < right;
  }
  if (typeof left === "string" && typeof right === "string") return byCodePoint(left, right) < 0;
  if (left instanceof NixPath && right instanceof NixPath) return byCodePoint(left.path, right.path) < 0;
  if (left instanceof NixList && right instanceof NixList) return listLessThan(left, right, at);
  const unknown = firstUnknown(left, right);
  if (unknown) return unknown;
  throw new NixError("type", `cannot compare ${typeName(left)} with ${typeName(right)}`, at && placeOf(at));
}

function listLessThan(left: NixList, right: NixList, at: Site | undefined): boolean | Unknown {
  if (!left.certain || !right.certain) return new Unknown("the compared list is not fully known", at && placeOf(at));
  for (let i = 0; ; i++) {
    const a = left.items[i] as Cell | undefined;
    const b = right.items[i] as Cell | undefined;
    if (!b) return false;
    if (!a) return true;
    const same = equal(a.force(), b.force());
    if (same instanceof Unknown) return same;
    if (!same) return lessThan(a.force(), b.force(), at);
  }
}

/** Deep equality; functions are never equal; an unknown part matters only if the known parts agree. */
export function equal(left: Value, right: Value): boolean | Unknown {
  if (left === right && !(left instanceof Unknown) && !(left instanceof NixFunction)) return true;
  if (left instanceof Unknown) return left.reason;
  if (right instanceof Unknown) return right.reason;
  if (isNumeric(left) && isNumeric(right)) {
    if (left instanceof NixFloat || right instanceof NixFloat) return toFloat(left) === toFloat(right);
    return BigInt(left) === BigInt(right);
  }
  if (left instanceof NixPath && right instanceof NixPath) return left.path === right.path;
  if (left instanceof NixList && right instanceof NixList) return equalLists(left, right);
  if (left instanceof NixAttrs && right instanceof NixAttrs) return equalAttrs(left, right);
  return false;
}

function equalLists(left: NixList, right: NixList): boolean | Unknown {
  if (!left.certain || !right.certain) return new Unknown("the compared list is not fully known");
  if (left.items.length !== right.items.length) return false;
  return every(left.items.map((item, i) => () => equalParts((item as Cell).force(), (right.items[i] as Cell).force())));
}

function equalAttrs(left: NixAttrs, right: NixAttrs): boolean | Unknown {
  const a = left.get("outPath");
  const b = right.get("outPath");
  if (a && b && isDerivation(left) && isDerivation(right)) return equal(a.force(), b.force());
  const names = left.names();
  if (left.open || right.open) {
    const missing = names.some((name) => right.has(name) === false) || right.names().some((n) => left.has(n) === false);
    return missing ? false : ((left.open ?? right.open) as Unknown);
  }
  const others = right.names();
  if (names.length !== others.length || names.some((name, i) => name !== others[i])) return false;
  return every(names.map((name) => () => equalParts(member(left, name), member(right, name))));
}

/** Inside lists and sets, the very same function is equal to itself. */
function equalParts(left: Value, right: Value): boolean | Unknown {
  return (left instanceof NixFunction && left === right) || equal(left, right);
}

function isDerivation(value: NixAttrs): boolean {
  return value.get("type")?.force() === "derivation";
}

function member(value: NixAttrs, name: string): Value {
  return (value.get(name) as Cell).force();
}

function every(tests: readonly (() => boolean | Unknown)[]): boolean | Unknown {
  let unknown: Unknown | undefined;
  for (const test of tests) {
    const result = unknown ? afterDoubt(unknown, test) : test();
    if (result === false) return false;
    if (result instanceof Unknown) unknown ??= result;
  }
  return unknown ?? true;
}

/** `++`: what is unknown on one side is a gap, the other side stays. */
export function concat(left: Value, right: Value, at: Site): Value {
  if (left instanceof NixList && right instanceof NixList) {
    if (left.items.length === 0) return right;
    if (right.items.length === 0) return left;
    chargeCopies(left.items.length + right.items.length, at);
    return new NixList([...left.items, ...right.items], left.certain && right.certain);
  }
  if (left instanceof Unknown && right instanceof Unknown) return left.reason;
  if ((left instanceof Unknown || left instanceof NixList) && (right instanceof Unknown || right instanceof NixList)) {
    const [a, b] = [itemsOf(left), itemsOf(right)];
    chargeCopies(a.length + b.length, at);
    return new NixList([...a, ...b], false);
  }
  throw failure(`value is ${typeName(left instanceof NixList ? right : left)} while a list was expected`, at);
}

function itemsOf(value: NixList | Unknown): readonly ListItem[] {
  return value instanceof NixList ? value.items : [new Gap(value)];
}
