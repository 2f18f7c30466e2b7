import type { BinaryOperator } from "../syntax/expr.ts";
import { coerceToString, integer } from "./coerce.ts";
import type { Site } from "./origin.ts";
import { placeOf } from "./origin.ts";
import { normalisePath } from "./path-name.ts";
import { joinText } from "./text.ts";
import {
  byCodePoint,
  Cell,
  Gap,
  type ListItem,
  NixAttrs,
  NixError,
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
  return values.find((value) => value instanceof Unknown) as Unknown | undefined;
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
  return value instanceof Unknown ? value : arithmetic("-", 0, value, at);
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
  if (value instanceof Unknown) return value;
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
  if (left instanceof Unknown) return left;
  if (right instanceof Unknown) return right;
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
    const result = test();
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
    return new NixList([...left.items, ...right.items], left.certain && right.certain);
  }
  if (left instanceof Unknown && right instanceof Unknown) return left;
  if ((left instanceof Unknown || left instanceof NixList) && (right instanceof Unknown || right instanceof NixList)) {
    return new NixList([...itemsOf(left), ...itemsOf(right)], false);
  }
  throw failure(`value is ${typeName(left instanceof NixList ? right : left)} while a list was expected`, at);
}

function itemsOf(value: NixList | Unknown): readonly ListItem[] {
  return value instanceof NixList ? value.items : [new Gap(value)];
}

/** `//`: an unknown left side leaves an open set; a soft unknown right side keeps the left as an assumption. */
export function update(left: Value, right: Value, at: Site): Value {
  if (left instanceof NixAttrs && right instanceof NixAttrs) {
    if (right.open && !right.open.soft) {
      // Whatever the left has may be replaced by a name we cannot see.
      const hidden = right.open;
      const cells = new Map<string, Cell>();
      for (const name of left.names()) cells.set(name, Cell.of(hidden));
      for (const name of right.names()) cells.set(name, right.get(name) as Cell);
      return new NixAttrs(cells, hidden);
    }
    return mergeSets(left, right);
  }
  if (left instanceof Unknown && right instanceof NixAttrs) {
    return mergeSets(new NixAttrs(new Map(), left), right);
  }
  if (left instanceof NixAttrs && right instanceof Unknown) {
    if (right.soft) return mergeSets(left, new NixAttrs(new Map(), right));
    const cells = new Map<string, Cell>();
    for (const name of left.names()) cells.set(name, Cell.of(right));
    return new NixAttrs(cells, right);
  }
  const unknown = firstUnknown(left, right);
  if (unknown) return unknown;
  throw failure(`value is ${typeName(left instanceof NixAttrs ? right : left)} while a set was expected`, at);
}

/** Keeps computed sets (the merged configuration, packages) behind the names written over them. */
function mergeSets(left: NixAttrs, right: NixAttrs): NixAttrs {
  if (left.constructor !== NixAttrs || right.constructor !== NixAttrs) {
    return new LayeredAttrs(left, right);
  }
  if (right.cells.size === 0 && !right.open) return left;
  if (left.cells.size === 0 && !left.open) return right;
  const cells = new Map(left.cells);
  for (const [name, cell] of right.cells) cells.set(name, cell);
  return new NixAttrs(cells, left.open ?? right.open);
}

/** `left // right` where one side computes its attributes on demand. */
class LayeredAttrs extends NixAttrs {
  private readonly left: NixAttrs;
  private readonly right: NixAttrs;
  constructor(left: NixAttrs, right: NixAttrs) {
    super(new Map(), left.open ?? right.open);
    this.left = left;
    this.right = right;
  }
  override get(name: string): Cell | undefined {
    return this.right.has(name) === true ? this.right.get(name) : (this.left.get(name) ?? this.right.get(name));
  }
  override has(name: string): boolean | Unknown {
    const right = this.right.has(name);
    if (right === true) return true;
    const left = this.left.has(name);
    return left === true ? true : left === false ? right : left;
  }
  override names(): string[] {
    return [...new Set([...this.left.names(), ...this.right.names()])].sort(byCodePoint);
  }
}
