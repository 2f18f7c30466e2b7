import { type BuiltinDefinition, type Call, typeError } from "../builtin.ts";
import { attrsOf, listOf, stringOf } from "../coerce.ts";
import { afterDoubt } from "../doubt.ts";
import { restOf, whyPerhaps } from "../set-shape.ts";
import { eitherBranch } from "../speculate.ts";
import {
  byCodePoint,
  Cell,
  Gap,
  type ListItem,
  Maybe,
  NixAttrs,
  NixFunction,
  NixList,
  PerhapsAttrs,
  Unknown,
  UnknownSignal,
  type Value,
} from "../value.ts";
import { apply, deferred, settle, uncertainty } from "./calls.ts";
import { chargeElements } from "./limits.ts";
import { positionOf } from "./position.ts";

/**
 * Builtins on attribute sets. An open set may have more names than it lists: lists of its names end in a
 * gap, results that keep its names stay open, and a name it does not list is unknown rather than absent.
 */
export const attrBuiltins: readonly BuiltinDefinition[] = [
  { name: "attrNames", arity: 1, body: ([set], { at }) => names(attrsOf(set!, at), at) },
  { name: "attrValues", arity: 1, body: ([set], { at }) => values(attrsOf(set!, at)) },
  { name: "hasAttr", arity: 2, body: ([name, set], { at }) => attrsOf(set!, at).has(stringOf(name!, at)) },
  { name: "getAttr", arity: 2, passes: true, body: getAttr },
  { name: "mapAttrs", arity: 2, body: mapAttrs },
  { name: "listToAttrs", arity: 1, body: listToAttrs },
  { name: "removeAttrs", arity: 2, body: removeAttrs },
  { name: "intersectAttrs", arity: 2, body: intersectAttrs },
  { name: "catAttrs", arity: 2, body: catAttrs },
  { name: "zipAttrsWith", arity: 2, body: zipAttrsWith },
  { name: "groupBy", arity: 2, body: groupBy },
  { name: "functionArgs", arity: 1, body: functionArgs },
  {
    name: "unsafeGetAttrPos",
    arity: 2,
    body: ([name, set], call) => {
      const attribute = stringOf(name!, call.at);
      return positionOf(attrsOf(set!, call.at).get(attribute)?.slot, call);
    },
  },
];

function names(set: NixAttrs, at: Call["at"]): Value {
  const list = listed(set, (name) => Cell.of(name, at));
  chargeElements(list.items.length, at);
  return list;
}

function values(set: NixAttrs): Value {
  return listed(set, (_name, cell) => cell);
}

/** One element for each name in order; where other names may be, which is everywhere between them, a gap. */
function listed(set: NixAttrs, element: (name: string, cell: Cell) => Cell): NixList {
  const certain = set.names();
  const perhaps = set instanceof PerhapsAttrs ? set.perhaps : undefined;
  const rest = restOf(set);
  const known = perhaps ? [...new Set([...certain, ...perhaps.keys()])].sort(byCodePoint) : certain;
  const items: ListItem[] = rest ? [new Gap(rest)] : [];
  for (const name of known) {
    const doubt = set.has(name) === true ? undefined : perhaps?.get(name);
    if (doubt) items.push(new Maybe(element(name, doubt.cell), doubt.condition));
    else items.push(element(name, set.get(name) as Cell));
    if (rest) items.push(new Gap(rest));
  }
  return new NixList(items, !set.open);
}

/** A set with the same names, certain and possible ones, and other values. */
function sameNames(set: NixAttrs, change: (name: string, cell: Cell) => Cell): NixAttrs {
  const cells = new Map<string, Cell>();
  for (const name of set.names()) cells.set(name, change(name, set.get(name) as Cell));
  if (!(set instanceof PerhapsAttrs)) return new NixAttrs(cells, set.open);
  const perhaps = new Map<string, Maybe>();
  for (const [name, { cell, condition }] of set.perhaps) perhaps.set(name, new Maybe(change(name, cell), condition));
  return new PerhapsAttrs(cells, perhaps, set.rest);
}

/** A set of certain and possible names. */
function setOf(cells: Map<string, Cell>, perhaps: Map<string, Maybe>, rest: Unknown | undefined): NixAttrs {
  return perhaps.size > 0 ? new PerhapsAttrs(cells, perhaps, rest) : new NixAttrs(cells, rest);
}

function getAttr(args: readonly Cell[], call: Call): Value {
  const [nameCell, setCell] = args as [Cell, Cell];
  const name = stringOf(nameCell, call.at);
  const set = attrsOf(setCell, call.at);
  const cell = set.get(name);
  if (cell) return cell.force();
  const perhaps = whyPerhaps(set, name);
  if (perhaps) return perhaps;
  throw typeError(`attribute '${name}' is missing`, call);
}

function mapAttrs(args: readonly Cell[], { at }: Call): Value {
  const [fn, setCell] = args as [Cell, Cell];
  const set = attrsOf(setCell, at);
  const change = (name: string, cell: Cell) =>
    deferred(() => apply(fn, [Cell.of(name, at), cell], at), at, cell.slot && { ...cell.slot, copied: true });
  if (set.answersAnyName) return new MappedAttrs(set, change);
  const mapped = sameNames(set, change);
  chargeElements(mapped.cells.size, at);
  return mapped;
}

/** What a function makes of each attribute of a set that cannot list them. */
class MappedAttrs extends NixAttrs {
  private readonly source: NixAttrs;
  private readonly change: (name: string, cell: Cell) => Cell;
  constructor(source: NixAttrs, change: (name: string, cell: Cell) => Cell) {
    super(new Map(), source.open);
    this.source = source;
    this.change = change;
  }
  override get(name: string): Cell | undefined {
    const cell = this.source.get(name);
    return cell && this.change(name, cell);
  }
  override has(name: string): boolean | Unknown {
    return this.source.has(name);
  }
  override get answersAnyName(): boolean {
    return true;
  }
}

function listToAttrs(args: readonly Cell[], call: Call): Value {
  const list = listOf(args[0] as Cell, call.at);
  chargeElements(list.items.length, call.at);
  const cells = new Map<string, Cell>();
  const perhaps = new Map<string, Maybe>();
  let open: Unknown | undefined;
  for (const item of list.items) {
    if (item instanceof Gap) {
      open = harder(open, item.unknown);
      continue;
    }
    const pairCell = item instanceof Maybe ? item.cell : item;
    const read = () => pairOf(pairCell, call);
    const entry = item instanceof Maybe ? afterDoubt(item.condition, read) : read();
    if (entry instanceof Unknown) {
      open = harder(open, entry);
      continue;
    }
    const [name, value] = entry;
    if (cells.has(name)) continue;
    // The first of several elements with one name counts: what cannot be seen before it may have that name.
    const cell = open && !open.soft ? Cell.of(open) : value;
    const before = perhaps.get(name);
    if (item instanceof Maybe) {
      // Which of two perhaps-values counts depends on both conditions.
      const one = before ? Cell.of(before.condition) : cell;
      perhaps.set(name, new Maybe(one, before?.condition ?? item.condition));
    } else if (before) {
      perhaps.delete(name);
      cells.set(name, eitherCell(before, cell, call.at));
    } else cells.set(name, cell);
  }
  return setOf(cells, perhaps, open);
}

/** The value of `perhaps` if it is there, else the other one. */
function eitherCell(perhaps: Maybe, other: Cell, at: Call["at"]): Cell {
  if (!at) return Cell.of(perhaps.condition);
  const run = () =>
    eitherBranch(
      perhaps.condition,
      () => perhaps.cell.force(),
      () => other.force(),
      at,
    );
  return Cell.lazy(run, other.slot);
}

/** Of two reasons the one that is no mere assumption. */
function harder(a: Unknown | undefined, b: Unknown): Unknown {
  return a && (!a.soft || b.soft) ? a : b;
}

/** Name and value of an element, or why its name cannot be told. */
function pairOf(pairCell: Cell, call: Call): [string, Cell] | Unknown {
  try {
    return nameAndValue(pairCell, call);
  } catch (error) {
    if (error instanceof UnknownSignal) return error.unknown.reason;
    throw error;
  }
}

function nameAndValue(pairCell: Cell, call: Call): [string, Cell] | Unknown {
  const pair = attrsOf(pairCell, call.at);
  const nameCell = field(pair, "name", call);
  if (nameCell instanceof Unknown) return nameCell;
  const name = stringOf(nameCell, call.at);
  const value = field(pair, "value", call);
  return [name, value instanceof Unknown ? Cell.of(value) : value];
}

function field(set: NixAttrs, name: string, call: Call): Cell | Unknown {
  const cell = set.get(name) ?? whyPerhaps(set, name);
  if (!cell) throw typeError(`attribute '${name}' is missing`, call);
  return cell;
}

function removeAttrs(args: readonly Cell[], { at }: Call): Value {
  const set = attrsOf(args[0] as Cell, at);
  const list = listOf(args[1] as Cell, at);
  if (list.items.length === 0) return set;
  const gone = new Set<string>();
  const doubts = new Map<string, Unknown>();
  let any: Unknown | undefined;
  for (const item of list.items) {
    if (item instanceof Gap) {
      any = item.unknown;
      continue;
    }
    const name = settle(() => stringOf(item instanceof Maybe ? item.cell : item, at), at);
    if (typeof name !== "string") any = name as Unknown;
    else if (item instanceof Maybe) doubts.set(name, item.condition);
    else gone.add(name);
  }
  const cells = pick(set, (name) => !gone.has(name) && !doubts.has(name) && !any);
  const perhaps = new Map<string, Maybe>();
  for (const name of set.names()) {
    const doubt = doubts.get(name) ?? any;
    if (doubt && !gone.has(name)) perhaps.set(name, new Maybe(set.get(name) as Cell, doubt));
  }
  for (const [name, maybe] of set instanceof PerhapsAttrs ? set.perhaps : []) {
    if (!gone.has(name) && !cells.has(name)) perhaps.set(name, maybe);
  }
  return setOf(cells, perhaps, restOf(set));
}

function pick(set: NixAttrs, keep: (name: string) => boolean): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const name of set.names()) {
    if (keep(name)) cells.set(name, set.get(name) as Cell);
  }
  return cells;
}

function intersectAttrs(args: readonly Cell[], { at }: Call): Value {
  const left = attrsOf(args[0] as Cell, at);
  const right = attrsOf(args[1] as Cell, at);
  const leftRest = restOf(left);
  const rightRest = restOf(right);
  const cells = new Map<string, Cell>();
  const perhaps = new Map<string, Maybe>();
  for (const name of new Set([...listedNames(left), ...(leftRest ? listedNames(right) : [])])) {
    const inLeft = left.has(name);
    const inRight = right.has(name);
    if (inLeft === false || inRight === false) continue;
    const known = right.get(name) ?? (right instanceof PerhapsAttrs ? right.perhaps.get(name)?.cell : undefined);
    const doubt = inRight === true ? inLeft : inRight;
    if (doubt === true) cells.set(name, known as Cell);
    else perhaps.set(name, new Maybe(known ?? Cell.of(doubt), doubt));
  }
  return setOf(cells, perhaps, leftRest && rightRest);
}

function listedNames(set: NixAttrs): readonly string[] {
  return set instanceof PerhapsAttrs ? [...set.names(), ...set.perhaps.keys()] : set.names();
}

function catAttrs(args: readonly Cell[], { at }: Call): Value {
  const name = stringOf(args[0] as Cell, at);
  const items: ListItem[] = [];
  for (const item of listOf(args[1] as Cell, at).items) {
    if (item instanceof Gap) {
      items.push(item);
      continue;
    }
    const set = (item instanceof Maybe ? item.cell : item).force();
    const known = set instanceof Unknown ? new NixAttrs(new Map(), set) : attrsOf(Cell.of(set), at);
    items.push(...partsOf(known, name, item instanceof Maybe ? item.condition : undefined));
  }
  return new NixList(items);
}

/** What a set gives for a name: the value, perhaps the value, perhaps something, or nothing. */
function partsOf(set: NixAttrs, name: string, around: Unknown | undefined): ListItem[] {
  const has = set.has(name);
  if (has === false) return [];
  const perhaps = has !== true && set instanceof PerhapsAttrs ? set.perhaps.get(name) : undefined;
  if (perhaps) return [new Maybe(perhaps.cell, around ?? perhaps.condition)];
  if (has !== true) return [new Gap(has)];
  const cell = set.get(name) as Cell;
  return [around ? new Maybe(cell, around) : cell];
}

function zipAttrsWith(args: readonly Cell[], { at }: Call): Value {
  const [fn, list] = args as [Cell, Cell];
  const sources = listOf(list, at).items.map((item) => {
    if (item instanceof Gap) return { set: new NixAttrs(new Map(), item.unknown), around: undefined };
    const around = item instanceof Maybe ? item.condition : undefined;
    const read = () => settle(() => attrsOf(item instanceof Maybe ? item.cell : item, at) as Value, at);
    const set = around ? afterDoubt(around, read) : read();
    return { set: set instanceof NixAttrs ? set : new NixAttrs(new Map(), set as Unknown), around };
  });
  const names = new Set<string>();
  let rest: Unknown | undefined;
  for (const { set } of sources) {
    rest ??= restOf(set);
    for (const name of set.names()) names.add(name);
    if (set instanceof PerhapsAttrs) for (const name of set.perhaps.keys()) names.add(name);
  }
  const cells = new Map<string, Cell>();
  const perhaps = new Map<string, Maybe>();
  for (const name of names) {
    const items = sources.flatMap(({ set, around }) => partsOf(set, name, around));
    const group = Cell.of(new NixList(items), at);
    const cell = deferred(() => apply(fn, [Cell.of(name, at), group], at), at, firstSlot(items));
    const doubt = items.some((item) => item instanceof Cell) ? undefined : uncertainty(new NixList(items));
    if (doubt) perhaps.set(name, new Maybe(cell, doubt));
    else cells.set(name, cell);
  }
  chargeElements(cells.size, at);
  return setOf(cells, perhaps, rest);
}

function firstSlot(items: readonly ListItem[]) {
  const first = items[0];
  return first instanceof Cell ? first.slot : undefined;
}

function groupBy(args: readonly Cell[], call: Call): Value {
  const [fn, list] = args as [Cell, Cell];
  const items = listOf(list, call.at).items.map((item): [ListItem, string | Unknown] => {
    if (item instanceof Gap) return [item, item.unknown];
    const cell = item instanceof Maybe ? item.cell : item;
    const read = () =>
      settle(() => stringOf(Cell.of(apply(fn, [cell], call.at)), call.at), call.at) as string | Unknown;
    const key = item instanceof Maybe ? afterDoubt(item.condition, read) : read();
    // An element whose group is not known belongs to each of them perhaps.
    return [key instanceof Unknown ? new Maybe(cell, key) : item, key];
  });
  const cells = new Map<string, Cell>();
  const perhaps = new Map<string, Maybe>();
  const open = items.find(([, key]) => key instanceof Unknown)?.[1] as Unknown | undefined;
  const groups = new Map<string, [ListItem, string | Unknown][]>();
  for (const [item, key] of items) {
    if (typeof key !== "string") continue;
    const group = groups.get(key);
    if (group) group.push([item, key]);
    else groups.set(key, [[item, key]]);
  }
  if (open) chargeElements(groups.size * items.length, call.at);
  for (const [key, own] of groups) {
    const group = open
      ? items.flatMap(([item, other]) => (other === key || other instanceof Unknown ? [item] : []))
      : own.map(([item]) => item);
    const certain = own.find(([item]) => item instanceof Cell)?.[0] as Cell | undefined;
    const cell = Cell.of(new NixList(group), call.at, certain?.slot);
    const doubt = uncertainty(new NixList(group));
    if (certain || !doubt) cells.set(key, cell);
    else perhaps.set(key, new Maybe(cell, doubt));
  }
  return setOf(cells, perhaps, open);
}

function functionArgs(args: readonly Cell[], call: Call): Value {
  const fn = (args[0] as Cell).force();
  if (fn instanceof Unknown) return fn;
  if (!(fn instanceof NixFunction)) throw typeError("'functionArgs' needs a function", call);
  const cells = new Map<string, Cell>();
  const lambda = typeof fn.origin === "string" ? undefined : fn.origin;
  const written = lambda?.expr.kind === "lambda" ? lambda.expr.formals : undefined;
  for (const [name, hasDefault] of fn.formals ?? []) {
    const formal = written?.find((one) => one.name === name);
    const slot = lambda && formal && { site: lambda, name: formal };
    cells.set(name, Cell.of(hasDefault, call.at, slot));
  }
  return new NixAttrs(cells);
}
