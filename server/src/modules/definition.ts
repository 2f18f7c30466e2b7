import type { Place } from "../eval/origin.ts";
import { Cell, look, NixAttrs, NixList, slotPlace, Unknown } from "../eval/value.ts";
import type { Definition } from "./option-node.ts";

/** Priorities as nixpkgs has them; smaller wins. */
export const PRIORITY = { force: 50, plain: 100, default: 1000, optionDefault: 1500 } as const;
const ORDER_DEFAULT = 1000;

/**
 * A definition before its wrappers (`mkIf`, `mkMerge`, `mkOverride`, `mkOrder`) are read, with the
 * conditions and the priority it inherits from the sets around it.
 */
export interface RawDefinition {
  readonly file: string;
  readonly cell: Cell;
  /** Conditions of `mkIf`s around; evaluated only when a value is asked for. */
  readonly conditions: readonly Cell[];
  /** Priority pushed down from a set around, if any. A cell is evaluated only when definitions compete. */
  readonly priority: number | Cell | undefined;
  readonly order: number | undefined;
}

/** A definition with its wrappers read but its conditions not yet evaluated. */
export interface Unwrapped extends RawDefinition {
  /** The wrapper stood at this very definition, not around a set that holds it. */
  readonly ownPriority: boolean;
}

/** Takes the wrappers off, as nixpkgs' `pushDownProperties` does. Evaluates no condition. */
export function unwrap(definition: RawDefinition): Unwrapped[] {
  return peel(definition, false);
}

function peel(definition: RawDefinition, ownPriority: boolean): Unwrapped[] {
  const value = look(definition.cell);
  const wrapper = value instanceof NixAttrs ? wrapperKind(value) : undefined;
  if (!wrapper) return [{ ...definition, ownPriority }];
  const set = value as NixAttrs;
  if (wrapper === "merge") {
    const contents = set.get("contents");
    const list = contents && look(contents);
    if (!(list instanceof NixList)) {
      return list instanceof Unknown && contents ? [{ ...definition, cell: contents, ownPriority }] : [];
    }
    return list.items.flatMap((item) => {
      if ("unknown" in item) return [{ ...definition, cell: cellOfUnknown(item.unknown), ownPriority }];
      if ("condition" in item) {
        const conditions = [...definition.conditions, cellOfUnknown(item.condition)];
        return peel({ ...definition, cell: item.cell, conditions }, ownPriority);
      }
      return peel({ ...definition, cell: item }, ownPriority);
    });
  }
  const content = set.get("content");
  if (!content) return [];
  if (wrapper === "if") {
    const condition = set.get("condition");
    return condition
      ? peel({ ...definition, cell: content, conditions: [...definition.conditions, condition] }, ownPriority)
      : [];
  }
  const priority = set.get("priority");
  if (wrapper === "override") {
    // Of nested overrides the innermost counts, as pushing down puts it closest to the value.
    return peel({ ...definition, cell: content, priority: priority ?? definition.priority }, true);
  }
  return peel({ ...definition, cell: content, order: numberOf(priority) ?? definition.order }, ownPriority);
}

function wrapperKind(value: NixAttrs): "if" | "merge" | "override" | "order" | undefined {
  const cell = value.get("_type");
  const type = cell && look(cell);
  return type === "if" || type === "merge" || type === "override" || type === "order" ? type : undefined;
}

function priorityOf({ priority }: RawDefinition): number | undefined {
  return priority instanceof Cell ? numberOf(priority) : priority;
}

function numberOf(cell: Cell | undefined): number | undefined {
  const value = cell && look(cell);
  return typeof value === "number" ? value : undefined;
}

function cellOfUnknown(unknown: Unknown): Cell {
  return Cell.of(unknown);
}

/** Evaluates the conditions: `true`, `false`, or why it cannot be decided. */
export function evaluateConditions(conditions: readonly Cell[]): boolean | Unknown {
  let doubt: Unknown | undefined;
  for (const condition of conditions) {
    const value = look(condition);
    if (value === false) return false;
    if (value instanceof Unknown) doubt ??= value;
    else if (value !== true) doubt ??= new Unknown("the condition of a `mkIf` is not a Boolean", condition.place);
  }
  return doubt ?? true;
}

/** Definitions whose condition is not false, in module order, with order applied. */
export function activeDefinitions(unwrapped: readonly Unwrapped[]): Definition[] {
  const active: Definition[] = [];
  for (const definition of unwrapped) {
    const condition = evaluateConditions(definition.conditions);
    if (condition === false) continue;
    active.push(toDefinition(definition, condition));
  }
  return sortByOrder(active);
}

export function toDefinition(definition: Unwrapped, condition: true | Unknown): Definition {
  const { cell, file } = definition;
  return {
    file,
    cell,
    condition,
    priority: priorityOf(definition) ?? PRIORITY.plain,
    order: definition.order ?? ORDER_DEFAULT,
    place: placeOfDefinition(cell),
    name: cell.slot?.name,
    binding: cell.slot?.binding,
  };
}

function placeOfDefinition(cell: Cell): Place | undefined {
  return slotPlace(cell) ?? cell.place;
}

/** Stable: definitions of one order keep their sequence. */
export function sortByOrder(definitions: Definition[]): Definition[] {
  if (definitions.every((definition) => definition.order === ORDER_DEFAULT)) return definitions;
  return definitions
    .map((definition, index) => ({ definition, index }))
    .sort((a, b) => a.definition.order - b.definition.order || a.index - b.index)
    .map(({ definition }) => definition);
}

/**
 * Keeps the definitions of the best priority. A certain one drops all weaker ones; a stronger one whose
 * condition is unknown makes the weaker ones it may replace unknown too.
 */
export function strongest(definitions: readonly Definition[]): Definition[] {
  let best = Number.POSITIVE_INFINITY;
  for (const definition of definitions) {
    if (definition.condition === true) best = Math.min(best, definition.priority);
  }
  const kept = definitions.filter((definition) => definition.priority <= best);
  return kept.map((definition) => {
    const stronger = kept.find((other) => other.priority < definition.priority && other.condition !== true);
    return stronger && definition.condition === true ? { ...definition, condition: stronger.condition } : definition;
  });
}
