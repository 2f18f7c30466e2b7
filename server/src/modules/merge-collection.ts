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
import { Around, activeDefinitions, RawDefinition, sortByOrder, strongest, unwrap } from "./definition.ts";
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
        const found = item instanceof Gap ? [item] : elements(item, definition, element, context, index);
        // Elements of a doubtful definition are doubtful themselves.
        const { condition } = definition;
        items.push(...(condition === true ? found : found.map((one) => asMaybe(one, condition))));
      }
    } else if (value instanceof Unknown) items.push(new Gap(value));
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

/** Joins attribute sets name by name. */
export function mergeAttrs(definitions: readonly Definition[], element: OptionType, context: MergeContext): NixAttrs {
  const byName = new Map<string, Definition[]>();
  let open: Unknown | undefined;
  for (const definition of definitions) {
    const value = look(definition.cell);
    if (value instanceof Unknown) open ??= value;
    if (!(value instanceof NixAttrs)) continue;
    open ??= value instanceof PerhapsAttrs ? value.rest : value.open;
    const add = (name: string, inner: readonly Definition[]) =>
      byName.set(name, [...(byName.get(name) ?? []), ...inner]);
    for (const name of value.names()) add(name, innerDefinitions(value.get(name) as Cell, definition));
    if (!(value instanceof PerhapsAttrs)) continue;
    for (const [name, { cell, condition }] of value.perhaps) {
      add(name, innerDefinitions(cell, definition.condition === true ? { ...definition, condition } : definition));
    }
  }
  const cells = new Map<string, Cell>();
  for (const [name, inner] of byName) {
    const kept = strongest(sortByOrder(inner));
    if (kept.length === 0) continue;
    const doubt = kept.every((definition) => definition.condition !== true) ? kept[0]?.condition : true;
    if (doubt !== true) open ??= doubt;
    const merged = context.mergeInner(element, [...context.path, name], kept);
    cells.set(
      name,
      Cell.lazy(() => merged.force(), kept[0]?.cell.slot),
    );
  }
  register.origin = definitions[0]?.cell.origin;
  return new NixAttrs(cells, open);
}

function innerDefinitions(cell: Cell, around: Definition): Definition[] {
  const unwrapped = unwrap([new RawDefinition(cell, new Around(around.file))]);
  return activeDefinitions(unwrapped).map((definition) =>
    around.condition === true || definition.condition !== true
      ? definition
      : { ...definition, condition: around.condition },
  );
}
