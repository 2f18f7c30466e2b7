import type { Place } from "../eval/origin.ts";
import { Cell, type ListItem, look, Maybe, NixAttrs, NixList, slotPlace, Unknown, type Value } from "../eval/value.ts";
import type { Definition } from "./option-node.ts";

/** Priorities as nixpkgs has them; smaller wins. */
export const PRIORITY = { force: 50, plain: 100, default: 1000, optionDefault: 1500 } as const;
const ORDER_DEFAULT = 1000;

/**
 * What stands around definitions: the conditions, the priority and the order they inherit from the sets they are
 * written in. All definitions of one set share one, so a condition is evaluated once for all of them.
 */
export class Around {
  readonly file: string;
  /** Conditions of `mkIf`s around; evaluated only when a value is asked for. */
  readonly conditions: readonly Cell[];
  /** Priority pushed down from a set around, if any. A cell is evaluated only when definitions compete. */
  readonly priority: number | Cell | undefined;
  readonly order: number | undefined;
  /** The priority stands at this very definition, not around a set that holds it. */
  readonly ownPriority: boolean;
  /** The priority was used up where the definition stands: what is written inside has none of it. */
  private readonly endsHere: boolean;
  private settled: boolean | undefined;
  private belowMemo: Around | undefined;

  constructor(
    file: string,
    conditions: readonly Cell[] = [],
    priority?: number | Cell,
    order?: number,
    ownPriority = false,
    endsHere = false,
  ) {
    this.file = file;
    this.conditions = conditions;
    this.priority = priority;
    this.order = order;
    this.ownPriority = ownPriority;
    this.endsHere = endsHere;
  }

  /** The same under one more condition. */
  under(condition: Cell): Around {
    const { file, conditions, priority, order, ownPriority, endsHere } = this;
    return new Around(file, [...conditions, condition], priority, order, ownPriority, endsHere);
  }

  /** The same with a priority written right here, or with none. */
  withPriority(priority: number | Cell | undefined, isOwn: boolean): Around {
    return new Around(this.file, this.conditions, priority, this.order, isOwn);
  }

  /** The same of a set that is one option: its priority decided here which definitions are left. */
  ofWholeOption(): Around {
    return new Around(this.file, this.conditions, this.priority, this.order, this.ownPriority, true);
  }

  withOrder(order: number | undefined): Around {
    return new Around(this.file, this.conditions, this.priority, order, this.ownPriority, this.endsHere);
  }

  /** For what is written inside of the definition. */
  get below(): Around {
    if (!this.ownPriority && !this.endsHere) return this;
    this.belowMemo ??= this.withPriority(this.endsHere ? undefined : this.priority, false);
    return this.belowMemo;
  }

  /** Evaluates the conditions: `true`, `false`, or why it cannot be decided. */
  verdict(): boolean | Unknown {
    if (this.settled !== undefined) return this.settled;
    let doubt: Unknown | undefined;
    for (const condition of this.conditions) {
      const value = look(condition);
      if (value === false) {
        this.settled = false;
        return false;
      }
      if (value instanceof Unknown) doubt ??= value;
      else if (value !== true) doubt ??= new Unknown("the condition of a `mkIf` is not a Boolean", condition.place);
    }
    // What cannot be decided is not kept: a condition that needs itself has a value for whoever asks later.
    if (doubt) return doubt;
    this.settled = true;
    return true;
  }
}

/** A definition whose wrappers (`mkIf`, `mkMerge`, `mkOverride`, `mkOrder`) may not have been read yet. */
export class RawDefinition {
  readonly cell: Cell;
  readonly around: Around;
  /** The wrapper that it was taken out of, as it is written: a constant inside of one has no place of its own. */
  readonly wrapper: Cell | undefined;
  private unwrappedMemo: readonly Unwrapped[] | undefined;
  private insideMemo: ReadonlyMap<string, RawDefinition> | undefined;
  private settledMemo: Definition | undefined;

  constructor(cell: Cell, around: Around, wrapper?: Cell) {
    this.cell = cell;
    this.around = around;
    this.wrapper = wrapper;
  }

  /** The same, with something else around. */
  within(around: Around): RawDefinition {
    return new RawDefinition(this.cell, around, this.wrapper);
  }

  /** What is written inside of it. */
  with(cell: Cell): RawDefinition {
    return new RawDefinition(cell, this.around.below);
  }

  /** What a plain set that this is defines, by name. The same objects every time: much is kept with them. */
  inside(set: NixAttrs): ReadonlyMap<string, RawDefinition> {
    if (!this.insideMemo) {
      const { below } = this.around;
      const inside = new Map<string, RawDefinition>();
      set.cells.forEach((cell, name) => {
        inside.set(name, new RawDefinition(cell, below));
      });
      this.insideMemo = inside;
    }
    return this.insideMemo;
  }

  /** As a definition of an option whose condition is `condition`; the wrappers are off. */
  settled(condition: true | Unknown): Definition {
    if (condition === true && this.settledMemo) return this.settledMemo;
    const { cell, around, wrapper } = this;
    const written = slotPlace(cell);
    const slot = cell.slot ?? wrapper?.slot;
    const definition: Definition = {
      file: around.file,
      cell,
      condition,
      priority: priorityOf(around) ?? PRIORITY.plain,
      order: around.order ?? ORDER_DEFAULT,
      place: written ?? cell.place ?? (wrapper && placeOfDefinition(wrapper)),
      name: slot?.name,
      binding: slot?.binding,
    };
    // Where a value was built is known once it is evaluated, and so is a computed priority.
    if (condition === true && written && !(around.priority instanceof Cell)) this.settledMemo = definition;
    return definition;
  }

  /** Without its wrappers. Evaluates no condition. */
  unwrapped(): readonly Unwrapped[] {
    if (this.unwrappedMemo) return this.unwrappedMemo;
    const found: Unwrapped[] = [];
    peel(this, this.cell, this.around, found);
    // What is not known now, since it needs itself, may be known to whoever asks later.
    if (!found.some(({ cell }) => look(cell) instanceof Unknown)) this.unwrappedMemo = found;
    return found;
  }
}

/** A definition with its wrappers read but its conditions not yet evaluated. */
export type Unwrapped = RawDefinition;

/** Takes the wrappers off, as nixpkgs' `pushDownProperties` does. Evaluates no condition. */
export function unwrap(definitions: readonly RawDefinition[]): Unwrapped[] {
  const found: Unwrapped[] = [];
  for (const definition of definitions) {
    const own = definition.unwrapped();
    // Nearly every definition has no wrapper, or one.
    if (own.length === 1) found.push(own[0] as Unwrapped);
    else for (const one of own) found.push(one);
  }
  return found;
}

/** `definition` is the one that `cell` and `around` come from, taken as it is where there is no wrapper. */
function peel(
  definition: RawDefinition | undefined,
  cell: Cell,
  around: Around,
  found: Unwrapped[],
  outer?: Cell,
): void {
  const value = look(cell);
  const wrapper = value instanceof NixAttrs ? wrapperKind(value) : undefined;
  if (!wrapper) {
    found.push(definition ?? new RawDefinition(cell, around, outer));
    return;
  }
  const written = cell.slot ? cell : outer;
  const set = value as NixAttrs;
  if (wrapper === "merge") {
    const contents = set.get("contents");
    const list = contents && look(contents);
    if (list instanceof NixList) for (const item of list.items) peelItem(item, around, found);
    else if (list instanceof Unknown && contents) found.push(new RawDefinition(contents, around));
    return;
  }
  const content = set.get("content");
  if (!content) return;
  if (wrapper === "if") {
    const condition = set.get("condition");
    if (condition) peel(undefined, content, around.under(condition), found, written);
    return;
  }
  const priority = set.get("priority");
  if (wrapper === "override") {
    // Of nested overrides the innermost counts, as pushing down puts it closest to the value.
    peel(undefined, content, around.withPriority(priority ?? around.priority, true), found, written);
  } else {
    peel(undefined, content, around.withOrder(numberOf(priority) ?? around.order), found, written);
  }
}

function peelItem(item: ListItem, around: Around, found: Unwrapped[]): void {
  if (item instanceof Cell) peel(undefined, item, around, found);
  else if (item instanceof Maybe) peel(undefined, item.cell, around.under(Cell.of(item.condition)), found);
  else found.push(new RawDefinition(Cell.of(item.unknown), around));
}

function wrapperKind(value: NixAttrs): "if" | "merge" | "override" | "order" | undefined {
  const cell = value.get("_type");
  const type = cell && look(cell);
  return type === "if" || type === "merge" || type === "override" || type === "order" ? type : undefined;
}

/** Whether a value is written in `mkIf`, `mkMerge` or the like. */
export function isWrapped(value: Value): boolean {
  return value instanceof NixAttrs && wrapperKind(value) !== undefined;
}

function priorityOf({ priority }: Around): number | undefined {
  return priority instanceof Cell ? numberOf(priority) : priority;
}

function numberOf(cell: Cell | undefined): number | undefined {
  const value = cell && look(cell);
  return typeof value === "number" ? value : undefined;
}

/** Definitions whose condition is not false, in module order, with order applied. */
export function activeDefinitions(unwrapped: readonly Unwrapped[]): Definition[] {
  const active: Definition[] = [];
  for (const definition of unwrapped) {
    const condition = definition.around.verdict();
    if (condition === false) continue;
    active.push(definition.settled(condition));
  }
  return sortByOrder(active);
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
  if (kept.every((definition) => definition.priority === best)) return kept;
  return kept.map((definition) => {
    const stronger = kept.find((other) => other.priority < definition.priority && other.condition !== true);
    return stronger && definition.condition === true ? { ...definition, condition: stronger.condition } : definition;
  });
}
