import { budget } from "../budget.ts";
import { type BuiltinDefinition, type Call, typeError, unknown } from "../builtin.ts";
import { booleanOf, cellsOf, functionOf, integerOf, listOf } from "../coerce.ts";
import { afterDoubt } from "../doubt.ts";
import { equal } from "../operators.ts";
import { Cell, Gap, type ListItem, Maybe, NixAttrs, NixList, register, Unknown, type Value } from "../value.ts";
import { apply, condition, deferred, mapItems, settle, uncertainty } from "./calls.ts";
import { chargeElements } from "./limits.ts";

/** Builtins on lists. Element-wise ones keep what is uncertain uncertain alone; the rest need the whole list. */
export const listBuiltins: readonly BuiltinDefinition[] = [
  { name: "length", arity: 1, body: ([list], { at }) => cellsOf(list!, at).length },
  { name: "head", arity: 1, passes: true, body: ([list], call) => elementAt(listOf(list!, call.at), 0, call) },
  {
    name: "elemAt",
    arity: 2,
    passes: true,
    body: ([list, index], call) => elementAt(listOf(list!, call.at), Number(integerOf(index!, call.at)), call),
  },
  { name: "tail", arity: 1, body: ([list], call) => tail(listOf(list!, call.at), call) },
  { name: "map", arity: 2, body: ([fn, list], { at }) => mapList(fn!, listOf(list!, at), at) },
  { name: "filter", arity: 2, body: ([fn, list], call) => filter(fn!, listOf(list!, call.at), call) },
  {
    name: "concatLists",
    arity: 1,
    body: ([lists], call) => flatten(listOf(lists!, call.at), (cell) => cell.force(), call),
  },
  {
    name: "concatMap",
    arity: 2,
    body: ([fn, list], call) => flatten(listOf(list!, call.at), (cell) => apply(fn!, [cell], call.at), call),
  },
  { name: "elem", arity: 2, body: ([value, list], call) => elem(value!, listOf(list!, call.at)) },
  { name: "any", arity: 2, body: ([fn, list], call) => quantify(fn!, listOf(list!, call.at), true, call) },
  { name: "all", arity: 2, body: ([fn, list], call) => quantify(fn!, listOf(list!, call.at), false, call) },
  { name: "foldl'", arity: 3, passes: true, body: foldl },
  { name: "genList", arity: 2, body: genList },
  { name: "sort", arity: 2, body: sort },
  { name: "partition", arity: 2, body: partition },
];

function elementAt(list: NixList, index: number, call: Call): Value {
  // What lies before the first uncertain item keeps its place whatever the rest turns out to be.
  for (let i = 0; i <= index && !list.certain; i++) {
    const item = list.items[i];
    if (!item) break;
    if (!(item instanceof Cell)) throwUncertain(list, call);
  }
  const item = list.items[index];
  if (item instanceof Cell) return item.force();
  if (!list.certain) throwUncertain(list, call);
  throw typeError(`the list has ${list.items.length} elements, so it has none at index ${index}`, call);
}

function throwUncertain(list: NixList, call: Call): never {
  const reason = uncertainty(list);
  return unknown(reason?.why ?? "the list is not fully known", call);
}

function tail(list: NixList, call: Call): Value {
  const first = list.items[0];
  if (!first) throw typeError("'tail' called on an empty list", call);
  if (!(first instanceof Cell)) throwUncertain(list, call);
  chargeElements(list.items.length, call.at);
  return new NixList(list.items.slice(1), list.certain || undefined);
}

function mapList(fn: Cell, list: NixList, at: Call["at"]): Value {
  chargeElements(list.items.length, at);
  return mapItems(list, (cell) =>
    deferred(() => apply(fn, [cell], at), at, cell.slot && { ...cell.slot, copied: true }),
  );
}

function filter(fn: Cell, list: NixList, call: Call): Value {
  if (list.items.length === 0) return list;
  const keep = functionOf(fn, call.at);
  const items: ListItem[] = [];
  for (const item of list.items) {
    if (item instanceof Gap) {
      items.push(item);
      continue;
    }
    const cell = item instanceof Maybe ? item.cell : item;
    const test = () => condition(keep(cell), call.at);
    const kept = item instanceof Maybe ? afterDoubt(item.condition, test) : test();
    if (kept === true) items.push(item);
    else if (kept instanceof Unknown) items.push(item instanceof Maybe ? item : new Maybe(cell, kept));
  }
  return new NixList(items);
}

function flatten(list: NixList, value: (cell: Cell) => Value, call: Call): Value {
  const items: ListItem[] = [];
  for (const item of list.items) {
    if (item instanceof Gap) {
      items.push(item);
      continue;
    }
    const read = () => settle(() => value(item instanceof Maybe ? item.cell : item), call.at);
    const inner = item instanceof Maybe ? afterDoubt(item.condition, read) : read();
    if (inner instanceof Unknown) {
      items.push(new Gap(inner.reason));
      continue;
    }
    if (!(inner instanceof NixList)) throw typeError("a list of lists is needed here", call);
    chargeElements(inner.items.length, call.at, items.length);
    for (const element of inner.items) {
      items.push(item instanceof Maybe && element instanceof Cell ? new Maybe(element, item.condition) : element);
    }
  }
  return new NixList(items);
}

function elem(value: Cell, list: NixList): Value {
  let doubt: Unknown | undefined;
  for (const item of list.items) {
    if (item instanceof Gap) {
      doubt ??= item.unknown;
      continue;
    }
    const cell = item instanceof Maybe ? item.cell : item;
    const test = () => equal(value.force(), cell.force());
    const reason = doubt ?? (item instanceof Maybe ? item.condition : undefined);
    const found = reason ? afterDoubt(reason, test) : test();
    if (found === false) continue;
    if (item instanceof Maybe) doubt ??= item.condition;
    else if (found === true) return true;
    else doubt ??= found;
  }
  return doubt ?? false;
}

/** `any` (looking for true) and `all` (looking for false): one certain find decides, whatever is unknown. */
function quantify(fn: Cell, list: NixList, sought: boolean, call: Call): Value {
  const test = list.items.length === 0 ? undefined : functionOf(fn, call.at);
  let doubt: Unknown | undefined;
  for (const item of list.items) {
    if (!test || item instanceof Gap) {
      doubt ??= item instanceof Gap ? item.unknown : undefined;
      continue;
    }
    const cell = item instanceof Maybe ? item.cell : item;
    const run = () => condition(test(cell), call.at);
    const reason = doubt ?? (item instanceof Maybe ? item.condition : undefined);
    const result = reason ? afterDoubt(reason, run) : run();
    if (item instanceof Maybe) {
      if (result !== !sought) doubt ??= item.condition;
    } else if (result === sought) {
      return sought;
    } else if (result instanceof Unknown) {
      doubt ??= result;
    }
  }
  return doubt ?? !sought;
}

function foldl(args: readonly Cell[], call: Call): Value {
  const [fn, start, list] = args as [Cell, Cell, Cell];
  const cells = cellsOf(list, call.at);
  if (cells.length === 0) return start.force();
  let result = start;
  for (const cell of cells) {
    budget.enter();
    try {
      result = Cell.of(apply(fn, [result, cell], call.at), register.origin);
    } finally {
      budget.leave();
    }
  }
  return result.force();
}

function genList(args: readonly Cell[], call: Call): Value {
  const [fn, length] = args as [Cell, Cell];
  const count = Number(integerOf(length, call.at));
  if (count < 0) throw typeError(`cannot create a list of ${count} elements`, call);
  chargeElements(count, call.at);
  const cells: Cell[] = [];
  for (let i = 0; i < count; i++) {
    cells.push(deferred(() => apply(fn, [Cell.of(i, call.at)], call.at), call.at));
  }
  return NixList.of(cells);
}

function sort(args: readonly Cell[], call: Call): Value {
  const [fn, list] = args as [Cell, Cell];
  const cells = cellsOf(list, call.at);
  chargeElements(cells.length, call.at);
  if (cells.length > 0) functionOf(fn, call.at);
  const isLess = (a: Cell, b: Cell) => booleanOf(Cell.of(apply(fn, [a, b], call.at)), call.at);
  return NixList.of(mergeSort(cells, isLess));
}

/** A stable sort of our own: the comparison may be any function, also one that contradicts itself. */
function mergeSort(cells: readonly Cell[], isLess: (a: Cell, b: Cell) => boolean): readonly Cell[] {
  if (cells.length < 2) return cells;
  const middle = cells.length >> 1;
  const left = mergeSort(cells.slice(0, middle), isLess);
  const right = mergeSort(cells.slice(middle), isLess);
  const merged: Cell[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    merged.push(isLess(right[j]!, left[i]!) ? right[j++]! : left[i++]!);
  }
  return [...merged, ...left.slice(i), ...right.slice(j)];
}

function partition(args: readonly Cell[], call: Call): Value {
  const [fn, list] = args as [Cell, Cell];
  const source = listOf(list, call.at);
  const right: ListItem[] = [];
  const wrong: ListItem[] = [];
  for (const item of source.items) {
    if (item instanceof Gap) {
      right.push(item);
      wrong.push(item);
      continue;
    }
    const cell = item instanceof Maybe ? item.cell : item;
    // Unlike `filter`, Nix computes each element before it asks for its side.
    const test = () => {
      cell.force();
      return condition(apply(fn, [cell], call.at), call.at);
    };
    const side = item instanceof Maybe ? afterDoubt(item.condition, test) : test();
    if (side === true) right.push(item);
    else if (side === false) wrong.push(item);
    else {
      right.push(item instanceof Maybe ? item : new Maybe(cell, side));
      wrong.push(item instanceof Maybe ? item : new Maybe(cell, side));
    }
  }
  return NixAttrs.of({
    right: Cell.of(new NixList(right), call.at),
    wrong: Cell.of(new NixList(wrong), call.at),
  });
}
