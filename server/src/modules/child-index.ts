import { Cell, look, NixAttrs, PerhapsAttrs, Unknown, type Value } from "../eval/value.ts";
import { ConfigAttrs } from "./config-attrs.ts";
import { type Around, RawDefinition } from "./definition.ts";

/** A definition of a group that has to be asked for each name: a set that computes its names, or is open. */
interface Other {
  readonly at: number;
  readonly around: Around;
  readonly set: NixAttrs | Unknown;
}

/**
 * What a group's definitions say about each name in it. Plain sets are gone through once, however many
 * names are asked for; sets that compute their names, open sets and unknown values are asked each time.
 */
export class ChildIndex {
  private readonly definitions: readonly RawDefinition[];
  private readonly plain: Map<string, RawDefinition[]>;
  private readonly others: Other[] = [];
  /** Which definition of the group each entry of `plain` is from; kept only where `others` have to fit in. */
  private readonly positions: Map<string, number[]> | undefined;

  /** Whether the same names are mentioned, in the same order, as in the index before a change. */
  readonly keepsNames: boolean;

  /** `before` is the index of the same group before a change: what is the same is taken over. */
  constructor(definitions: readonly RawDefinition[], before?: ChildIndex) {
    this.definitions = definitions;
    const revised = before?.revised(definitions);
    this.keepsNames = revised !== undefined;
    if (revised) {
      this.plain = revised;
      return;
    }
    this.plain = new Map();
    const values = definitions.map(({ cell }) => look(cell));
    values.forEach((value, at) => {
      if ((value instanceof NixAttrs && !isPlain(value)) || value instanceof Unknown) {
        this.others.push({ at, around: (definitions[at] as RawDefinition).around.below, set: value });
      }
    });
    this.positions = this.others.length > 0 ? new Map() : undefined;
    values.forEach((value, at) => {
      if (!(value instanceof NixAttrs) || !isPlain(value)) return;
      for (const [name, inside] of (definitions[at] as RawDefinition).inside(value)) {
        push(this.plain, name, inside);
        if (this.positions) push(this.positions, name, at);
      }
    });
  }

  /**
   * The plain definitions after a few definitions of the group changed and still say something about the same names, in
   * the same order; undefined after any other change. They are taken over, since the group of before is of no use any more.
   */
  private revised(definitions: readonly RawDefinition[]): Map<string, RawDefinition[]> | undefined {
    if (this.others.length > 0 || definitions.length !== this.definitions.length) return undefined;
    const replacements: [name: string, was: RawDefinition, now: RawDefinition][] = [];
    for (let at = 0; at < definitions.length; at++) {
      const definition = definitions[at] as RawDefinition;
      const before = this.definitions[at] as RawDefinition;
      if (before === definition) continue;
      const now = look(definition.cell);
      const then = look(before.cell);
      const inside = now instanceof NixAttrs && isPlain(now) ? definition.inside(now) : NOTHING;
      const insideBefore = then instanceof NixAttrs && isPlain(then) ? before.inside(then) : NOTHING;
      if (now instanceof Unknown || then instanceof Unknown || inside.size !== insideBefore.size) return undefined;
      if (!isPlainOrNone(now) || !isPlainOrNone(then)) return undefined;
      const names = insideBefore.keys();
      for (const [name, replacement] of inside) {
        // The order of the names is the order in which they are listed.
        if (names.next().value !== name) return undefined;
        const was = insideBefore.get(name) as RawDefinition;
        if (!this.plain.get(name)?.includes(was)) return undefined;
        replacements.push([name, was, replacement]);
      }
    }
    for (const [name, was, now] of replacements) {
      const list = this.plain.get(name) as RawDefinition[];
      // Others may hold the list as it was.
      this.plain.set(name, list.with(list.indexOf(was), now));
    }
    return this.plain;
  }

  /** Whether every definition is a set that says all of its names, or no set at all. */
  get isPlain(): boolean {
    return this.others.length === 0;
  }

  /** Names that are known to be mentioned. */
  names(): Set<string> {
    const names = new Set(this.plain.keys());
    for (const { set } of this.others) {
      if (set instanceof NixAttrs) for (const name of set.names()) names.add(name);
      if (set instanceof PerhapsAttrs) for (const name of set.perhaps.keys()) names.add(name);
    }
    return names;
  }

  /** The definitions of one name, in merge order. */
  definitionsOf(name: string): readonly RawDefinition[] {
    const plain = this.plain.get(name) ?? NONE;
    if (this.others.length === 0) return plain;
    const positions = this.positions?.get(name) ?? [];
    const found = plain.map((definition, index) => ({ at: positions[index] as number, definition }));
    for (const { at, around, set } of this.others) {
      const perhaps = set instanceof PerhapsAttrs ? set.perhaps.get(name) : undefined;
      if (perhaps) {
        found.push({ at, definition: new RawDefinition(perhaps.cell, around.under(Cell.of(perhaps.condition))) });
        continue;
      }
      const cell = childCell(set, name);
      if (cell) found.push({ at, definition: new RawDefinition(cell, around) });
    }
    return found.sort((a, b) => a.at - b.at).map(({ definition }) => definition);
  }
}

const NONE: readonly RawDefinition[] = [];

const NOTHING: ReadonlyMap<string, RawDefinition> = new Map();

/** A value that is no set defines nothing in it. */
function isPlainOrNone(value: Value): boolean {
  return value instanceof NixAttrs ? isPlain(value) : true;
}

function isPlain(value: NixAttrs): boolean {
  return value.constructor === NixAttrs && !value.open;
}

function push<T>(lists: Map<string, T[]>, name: string, item: T): void {
  const list = lists.get(name);
  if (list) list.push(item);
  else lists.set(name, [item]);
}

/** What a value says about a name in it: a definition, that there may be one, or nothing. */
function childCell(value: NixAttrs | Unknown, name: string): Cell | undefined {
  if (value instanceof Unknown) return gapCell(value);
  const has = value.has(name);
  if (has === true) return isOnlyDefault(value, name) ? undefined : value.get(name);
  // Reading another part of the configuration as a set: what nobody set there is not set here either.
  if (has === false || value instanceof ConfigAttrs) return undefined;
  return gapCell(has);
}

/** Whether a name is there in another part of the configuration only because its option has a default. */
function isOnlyDefault(value: NixAttrs, name: string): boolean {
  return value instanceof ConfigAttrs && value.openWorld && value.isSet(name) === false;
}

/** Unknowns that stand for "there may be a definition", not for "the value is unknown". */
const gaps = new WeakSet<Unknown>();

function gapCell(unknown: Unknown): Cell {
  const gap = new Unknown(unknown.why, unknown.place, { soft: unknown.soft });
  gaps.add(gap);
  return Cell.of(gap);
}

/** The Unknown of a definition that may not exist at all. */
export function gapOf(definition: RawDefinition): Unknown | undefined {
  const value = look(definition.cell);
  return value instanceof Unknown && gaps.has(value) ? value : undefined;
}
