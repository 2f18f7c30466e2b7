import { chargeCopies } from "./builtins/limits.ts";
import { NixError } from "./nix-error.ts";
import { placeOf, type Site } from "./origin.ts";
import { isPlain, restOf } from "./set-shape.ts";
import { eitherBranch } from "./speculate.ts";
import { byCodePoint, Cell, Maybe, NixAttrs, PerhapsAttrs, typeName, Unknown, type Value } from "./value.ts";

/** `//`: an unknown left side leaves an open set; a soft unknown right side keeps the left as an assumption. */
export function update(left: Value, right: Value, at: Site): Value {
  if (left instanceof NixAttrs && right instanceof NixAttrs) {
    if (isPlain(left) && isPlain(right)) chargeCopies(left.cells.size + right.cells.size, at);
    if (right instanceof PerhapsAttrs) return overlay(left, right, at);
    return right.open && !right.open.soft ? hide(left, right, right.open) : mergeSets(left, right);
  }
  if (left instanceof Unknown && right instanceof NixAttrs) {
    return update(new NixAttrs(new Map(), left.reason), right, at);
  }
  if (left instanceof NixAttrs && right instanceof Unknown) {
    return update(left, new NixAttrs(new Map(), right.reason), at);
  }
  if (left instanceof Unknown && right instanceof Unknown) return left.reason;
  const wrong = left instanceof NixAttrs || left instanceof Unknown ? right : left;
  throw new NixError("type", `value is ${typeName(wrong)} while a set was expected`, placeOf(at));
}

/**
 * `a // (b // (c // …))` of the values in this order, `sites` being those of the operators. Where nothing is in doubt, no set
 * is made for each step: a library is some dozen sets, each of which would be copied as often as it is deep.
 */
export function updateAll(values: readonly Value[], sites: readonly Site[]): Value {
  const joined = joinPlain(values, sites[0] as Site);
  if (joined) return joined;
  let right = values.at(-1) as Value;
  for (let at = values.length - 2; at >= 0; at--) right = update(values[at] as Value, right, sites[at] as Site);
  return right;
}

/** The sets over each other, as `mergeSets` joins two; undefined where that does not tell all. */
function joinPlain(values: readonly Value[], at: Site): NixAttrs | undefined {
  const sets: NixAttrs[] = [];
  let count = 0;
  for (const value of values) {
    if (!(value instanceof NixAttrs) || value.constructor !== NixAttrs || value.open) return undefined;
    count += value.cells.size;
    if (value.cells.size > 0) sets.push(value);
  }
  const [first] = sets;
  if (sets.length < 2 || !first) return first ?? (values[0] as NixAttrs);
  chargeCopies(count, at);
  const cells = new Map<string, Cell>();
  for (const set of sets) copyCells(set.cells, cells);
  return new NixAttrs(cells);
}

/** Unlike a loop, this makes no object for each cell. */
function copyCells(from: ReadonlyMap<string, Cell>, to: Map<string, Cell>): void {
  from.forEach((cell, name) => {
    to.set(name, cell);
  });
}

/** Whatever the left has may be replaced by a name of the right that we cannot see. */
function hide(left: NixAttrs, right: NixAttrs, hidden: Unknown): NixAttrs {
  const cells = new Map<string, Cell>();
  for (const name of left.names()) cells.set(name, Cell.of(hidden));
  for (const name of right.names()) cells.set(name, right.get(name) as Cell);
  return new NixAttrs(cells, hidden);
}

/** Names that the right side may have replace those of the left perhaps; the others stay as they are. */
function overlay(left: NixAttrs, right: PerhapsAttrs, at: Site): NixAttrs {
  const { rest } = right;
  const certain = new NixAttrs(right.cells, rest);
  const below = rest && !rest.soft ? hide(left, certain, rest) : mergeSets(left, certain);
  const cells = new Map<string, Cell>();
  const perhaps = new Map(below instanceof PerhapsAttrs ? below.perhaps : []);
  for (const [name, { cell, condition }] of right.perhaps) {
    const has = below.has(name);
    if (has === false) {
      perhaps.set(name, new Maybe(cell, condition));
      continue;
    }
    const other = has === true ? (below.get(name) as Cell) : (perhaps.get(name)?.cell ?? Cell.of(has));
    const either = Cell.lazy(
      () =>
        eitherBranch(
          condition,
          () => cell.force(),
          () => other.force(),
          at,
        ),
      cell.slot,
    );
    if (has === true) cells.set(name, either);
    else perhaps.set(name, new Maybe(either, condition));
  }
  if (isPlain(below)) {
    for (const [name, cell] of below.cells) if (!cells.has(name)) cells.set(name, cell);
    return new PerhapsAttrs(cells, perhaps, restOf(below));
  }
  return new LayeredAttrs(below, new PerhapsAttrs(cells, perhaps, undefined));
}

/** Keeps computed sets (the merged configuration, packages) behind the names written over them. */
function mergeSets(left: NixAttrs, right: NixAttrs): NixAttrs {
  if (!isPlain(left) || !isPlain(right)) return new LayeredAttrs(left, right);
  if (right.cells.size === 0 && !right.open) return left;
  if (left.cells.size === 0 && !left.open) return right;
  const cells = new Map<string, Cell>();
  copyCells(left.cells, cells);
  copyCells(right.cells, cells);
  if (!(left instanceof PerhapsAttrs)) return new NixAttrs(cells, left.open ?? right.open);
  const perhaps = new Map([...left.perhaps].filter(([name]) => !right.cells.has(name)));
  return new PerhapsAttrs(cells, perhaps, left.rest ?? right.open);
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
    if (this.right.has(name) === true) return this.right.get(name);
    if (this.right instanceof PerhapsAttrs && this.right.perhaps.has(name)) return undefined;
    return this.left.get(name) ?? this.right.get(name);
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
