import { withoutError } from "../eval/doubt.ts";
import { restOf } from "../eval/set-shape.ts";
import {
  Cell,
  Gap,
  type ListItem,
  look,
  Maybe,
  NixAttrs,
  NixList,
  PerhapsAttrs,
  register,
  Unknown,
  type Value,
} from "../eval/value.ts";
import { Around, activeDefinitions, isWrapped, RawDefinition, sortByOrder, strongest, unwrap } from "./definition.ts";
import type { Definition } from "./option-node.ts";
import type { MergeContext, OptionType } from "./option-type.ts";

/** Joins list definitions; elements of doubtful definitions are present maybe, unknown ones leave a gap. */
export function mergeLists(
  definitions: readonly Definition[],
  element: OptionType | undefined,
  context: MergeContext,
): Value {
  const items: ListItem[] = [];
  for (const definition of definitions) {
    const value = look(definition.cell);
    if (value instanceof NixList) {
      for (const [index, item] of value.items.entries()) {
        if (!element && item instanceof Cell && definition.condition === true && !isWrapped(look(item))) {
          items.push(item);
          continue;
        }
        const found = item instanceof Gap ? [item] : elements(item, definition, element, context, index);
        // Elements of a doubtful definition are doubtful themselves.
        const { condition } = definition;
        items.push(...(condition === true ? found : found.map((one) => asMaybe(one, condition))));
      }
    } else if (value instanceof Unknown)
      items.push(new Gap(definition.condition === true ? value.reason : withoutError(value)));
  }
  register.origin = definitions[0]?.cell.origin;
  return new NixList(items);
}

function asMaybe(item: ListItem, condition: Unknown): ListItem {
  return item instanceof Cell ? new Maybe(item, condition) : item;
}

/** One element as a definition of its own: it may carry `mkIf` and the like, and has a type. */
function elements(
  item: Cell | Maybe,
  definition: Definition,
  element: OptionType | undefined,
  context: MergeContext,
  index: number,
): ListItem[] {
  if (item instanceof Maybe) {
    return elements(item.cell, definition, element, context, index).map((one) => asMaybe(one, item.condition));
  }
  const cell = item;
  const unwrapped = unwrap([new RawDefinition(cell, new Around(definition.file))]);
  if (!element && unwrapped.length === 1 && unwrapped[0]?.cell === cell) return [cell];
  const active = strongest(activeDefinitions(unwrapped));
  if (active.length === 0) return [];
  const doubt = active.every((one) => one.condition !== true) ? (active[0] as Definition).condition : true;
  if (!element) {
    // The type of an undeclared option is not known, but every list of options takes `mkIf` around an element.
    return active.map((one) => (one.condition === true ? one.cell : new Maybe(one.cell, one.condition)));
  }
  const certain = active.map((one) => ({ ...one, condition: true as const }));
  const path = [...context.path, `[${index}]`];
  const merged = context.mergeInner(element, path, certain);
  const placed = Cell.lazy(() => merged.force(), cell.slot);
  return [doubt === true ? placed : new Maybe(placed, doubt as Unknown)];
}

/**
 * Joins attribute sets name by name; a name that only doubtful definitions have is there perhaps. The type of the
 * values may depend on the name.
 */
export function mergeAttrs(
  definitions: readonly Definition[],
  element: OptionType | ((name: string) => OptionType),
  context: MergeContext,
): NixAttrs {
  const sets = definitions.map((definition) => ({ definition, set: setOf(definition) }));
  const names = new Set<string>();
  let rest: Unknown | undefined;
  for (const { set } of sets) {
    rest ??= restOf(set);
    for (const name of set.names()) names.add(name);
    if (set instanceof PerhapsAttrs) for (const name of set.perhaps.keys()) names.add(name);
  }
  const cells = new Map<string, Cell>();
  const perhaps = new Map<string, Maybe>();
  for (const name of names) {
    const inner = sets.flatMap(({ definition, set }) => definitionsOf(name, set, definition));
    const kept = strongest(sortByOrder(inner));
    const [only] = kept;
    if (!only) continue;
    const doubt = kept.every((definition) => definition.condition !== true) ? only.condition : true;
    const merged = context.mergeInner(
      typeof element === "function" ? element(name) : element,
      [...context.path, name],
      kept,
    );
    const cell = Cell.lazy(() => merged.force(), only.cell.slot);
    if (doubt === true) cells.set(name, cell);
    else perhaps.set(name, new Maybe(cell, doubt));
  }
  register.origin = definitions[0]?.cell.origin;
  return perhaps.size > 0 ? new PerhapsAttrs(cells, perhaps, rest) : new NixAttrs(cells, rest);
}

/** What a definition says; one that cannot be seen, or fails only if it is there, may have any name. */
function setOf({ cell, condition }: Definition): NixAttrs {
  const value = look(cell);
  if (value instanceof NixAttrs) return value;
  const hidden = value instanceof Unknown ? value : new Unknown("it is no set", cell.place);
  return new NixAttrs(new Map(), condition === true ? hidden.reason : withoutError(hidden));
}

/** The definitions of a name in one definition of the whole set. */
function definitionsOf(name: string, set: NixAttrs, around: Definition): Definition[] {
  const has = set.has(name);
  if (has === false) return [];
  if (has === true) return innerDefinitions(set.get(name) as Cell, around);
  const known = set instanceof PerhapsAttrs ? set.perhaps.get(name) : undefined;
  const doubtful = around.condition === true ? { ...around, condition: known?.condition ?? has } : around;
  return innerDefinitions(known?.cell ?? Cell.of(withoutError(has)), doubtful);
}

function innerDefinitions(cell: Cell, around: Definition): Definition[] {
  const unwrapped = unwrap([new RawDefinition(cell, new Around(around.file))]);
  return activeDefinitions(unwrapped).map((definition) =>
    around.condition === true || definition.condition !== true
      ? definition
      : { ...definition, condition: around.condition },
  );
}
