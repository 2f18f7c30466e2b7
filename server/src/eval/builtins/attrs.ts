import { type BuiltinDefinition, type Call, typeError } from "../builtin.ts";
import { attrsOf, listOf, stringOf } from "../coerce.ts";
import {
  Cell,
  Gap,
  type ListItem,
  Maybe,
  NixAttrs,
  NixFunction,
  NixList,
  PerhapsAttrs,
  Unknown,
  type Value,
} from "../value.ts";
import { apply, deferred, settle } from "./calls.ts";
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
  const known = set.names();
  chargeElements(known.length, at);
  const items: ListItem[] = known.map((name) => Cell.of(name, at));
  if (set.open) items.push(new Gap(set.open));
  return new NixList(items, !set.open);
}

function values(set: NixAttrs): Value {
  const items: ListItem[] = set.names().map((name) => set.get(name) as Cell);
  if (set.open) items.push(new Gap(set.open));
  return new NixList(items, !set.open);
}

function getAttr(args: readonly Cell[], call: Call): Value {
  const [nameCell, setCell] = args as [Cell, Cell];
  const name = stringOf(nameCell, call.at);
  const set = attrsOf(setCell, call.at);
  const cell = set.get(name);
  if (cell) return cell.force();
  if (set.open) return set.open;
  throw typeError(`attribute '${name}' is missing`, call);
}

function mapAttrs(args: readonly Cell[], { at }: Call): Value {
  const [fn, setCell] = args as [Cell, Cell];
  const set = attrsOf(setCell, at);
  const cells = new Map<string, Cell>();
  for (const name of set.names()) {
    const cell = set.get(name) as Cell;
    cells.set(
      name,
      deferred(() => apply(fn, [Cell.of(name, at), cell], at), at, cell.slot),
    );
  }
  chargeElements(cells.size, at);
  return new NixAttrs(cells, set.open);
}

function listToAttrs(args: readonly Cell[], call: Call): Value {
  const list = listOf(args[0] as Cell, call.at);
  chargeElements(list.items.length, call.at);
  const cells = new Map<string, Cell>();
  const perhaps = new Map<string, Maybe>();
  let open: Unknown | undefined;
  for (const item of list.items) {
    if (item instanceof Gap) {
      open ??= item.unknown;
      continue;
    }
    const pairCell = item instanceof Maybe ? item.cell : item;
    const entry = settle(() => {
      const pair = attrsOf(pairCell, call.at);
      const nameCell = field(pair, "name", call);
      return nameCell instanceof Unknown ? nameCell : stringOf(nameCell, call.at);
    }, call.at);
    if (typeof entry !== "string") {
      // The names written after it stay: the same name twice in one list is rare and first wins anyway.
      if (entry instanceof Unknown) open ??= entry;
      continue;
    }
    if (cells.has(entry)) continue;
    const value = field(attrsOf(pairCell, call.at), "value", call);
    const cell = value instanceof Unknown ? Cell.of(value) : value;
    const before = perhaps.get(entry);
    // Which of two perhaps-values counts depends on both conditions.
    if (before) perhaps.set(entry, new Maybe(Cell.of(before.condition), before.condition));
    else if (item instanceof Maybe) perhaps.set(entry, new Maybe(cell, item.condition));
    else cells.set(entry, cell);
  }
  return perhaps.size > 0 ? new PerhapsAttrs(cells, perhaps, open) : new NixAttrs(cells, open);
}

function field(set: NixAttrs, name: string, call: Call): Cell | Unknown {
  const cell = set.get(name) ?? set.open;
  if (!cell) throw typeError(`attribute '${name}' is missing`, call);
  return cell;
}

function removeAttrs(args: readonly Cell[], { at }: Call): Value {
  const set = attrsOf(args[0] as Cell, at);
  const list = listOf(args[1] as Cell, at);
  if (list.items.length === 0) return set;
  const gone = new Set<string>();
  let open = set.open;
  for (const item of list.items) {
    if (item instanceof Gap) return new NixAttrs(new Map(), item.unknown);
    const name = settle(() => stringOf(item instanceof Maybe ? item.cell : item, at), at);
    if (typeof name !== "string") return new NixAttrs(new Map(), name as Unknown);
    gone.add(name);
    if (item instanceof Maybe && set.has(name) !== false) open ??= item.condition;
  }
  return new NixAttrs(
    pick(set, (name) => !gone.has(name)),
    open,
  );
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
  const leftOpen = left.open && right.names().some((name) => left.has(name) !== true);
  const rightOpen = right.open && left.names().some((name) => right.has(name) !== true);
  const open = leftOpen ? left.open : rightOpen || left.open ? right.open : undefined;
  return new NixAttrs(
    pick(right, (name) => left.has(name) === true),
    open,
  );
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
    const cell = known.get(name);
    if (cell) items.push(item instanceof Maybe ? new Maybe(cell, item.condition) : cell);
    else if (known.open) items.push(new Gap(known.open));
  }
  return new NixList(items);
}

function zipAttrsWith(args: readonly Cell[], { at }: Call): Value {
  const [fn, sets] = args as [Cell, Cell];
  const items = listOf(sets, at).items;
  const groups = new Map<string, { items: ListItem[]; certain: boolean }>();
  let open: Unknown | undefined;
  for (const item of items) {
    const set = item instanceof Gap ? item.unknown : (item instanceof Maybe ? item.cell : item).force();
    const known = set instanceof Unknown ? new NixAttrs(new Map(), set) : attrsOf(Cell.of(set), at);
    open ??= known.open;
    for (const name of known.names()) {
      const cell = known.get(name) as Cell;
      const group = groups.get(name) ?? { items: [], certain: false };
      group.items.push(item instanceof Maybe ? new Maybe(cell, item.condition) : cell);
      group.certain ||= item instanceof Cell;
      groups.set(name, group);
    }
  }
  const cells = new Map<string, Cell>();
  for (const [name, group] of groups) {
    if (!group.certain) {
      open ??= (group.items[0] as Maybe).condition;
      continue;
    }
    const list = new NixList(open ? withGap(group.items, open) : group.items);
    cells.set(
      name,
      deferred(() => apply(fn, [Cell.of(name, at), Cell.of(list, at)], at), at, firstSlot(group.items)),
    );
  }
  chargeElements(cells.size, at);
  return new NixAttrs(cells, open);
}

/** A set that may have more names may have this one too, at a place in the order that is not known. */
function withGap(items: readonly ListItem[], open: Unknown): ListItem[] {
  return [...items, new Gap(open)];
}

function firstSlot(items: readonly ListItem[]) {
  const first = items[0];
  return first instanceof Cell ? first.slot : undefined;
}

function groupBy(args: readonly Cell[], call: Call): Value {
  const [fn, list] = args as [Cell, Cell];
  const groups = new Map<string, Cell[]>();
  const items = listOf(list, call.at).items;
  let open: Unknown | undefined;
  for (const item of items) {
    if (!(item instanceof Cell)) {
      open ??= item instanceof Maybe ? item.condition : item.unknown;
      continue;
    }
    const key = settle(() => stringOf(Cell.of(apply(fn, [item], call.at)), call.at), call.at);
    if (typeof key !== "string") {
      open ??= key as Unknown;
      continue;
    }
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  const cells = new Map<string, Cell>();
  for (const [key, group] of groups) {
    const list = open ? new NixList([...group, new Gap(open)], false) : NixList.of(group);
    cells.set(key, Cell.of(list, call.at, group[0]?.slot));
  }
  return new NixAttrs(cells, open);
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
