import { Cell, look, NixAttrs, PerhapsAttrs, Unknown } from "../eval/value.ts";
import { ConfigAttrs } from "./config-attrs.ts";
import type { RawDefinition } from "./definition.ts";

interface Entry {
  readonly at: number;
  readonly definition: RawDefinition;
}

/**
 * What a group's definitions say about each name in it. Plain sets are gone through once, however many
 * names are asked for; sets that compute their names, open sets and unknown values are asked each time.
 */
export class ChildIndex {
  private readonly plain = new Map<string, Entry[]>();
  private readonly others: {
    readonly at: number;
    readonly definition: RawDefinition;
    readonly set: NixAttrs | Unknown;
  }[] = [];

  constructor(definitions: readonly RawDefinition[]) {
    definitions.forEach((definition, at) => {
      const value = look(definition.cell);
      if (value instanceof NixAttrs && value.constructor === NixAttrs && !value.open) {
        for (const [name, cell] of value.cells) this.add(name, { at, definition: { ...definition, cell } });
      } else if (value instanceof NixAttrs || value instanceof Unknown) {
        this.others.push({ at, definition, set: value });
      }
    });
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
    const found = [...(this.plain.get(name) ?? [])];
    for (const { at, definition, set } of this.others) {
      const perhaps = set instanceof PerhapsAttrs ? set.perhaps.get(name) : undefined;
      if (perhaps) {
        const conditions = [...definition.conditions, Cell.of(perhaps.condition)];
        found.push({ at, definition: { ...definition, cell: perhaps.cell, conditions } });
        continue;
      }
      const cell = childCell(set, name);
      if (cell) found.push({ at, definition: { ...definition, cell } });
    }
    if (this.others.length > 0) found.sort((a, b) => a.at - b.at);
    return found.map(({ definition }) => definition);
  }

  private add(name: string, entry: Entry): void {
    const entries = this.plain.get(name);
    if (entries) entries.push(entry);
    else this.plain.set(name, [entry]);
  }
}

/** What a value says about a name in it: a definition, that there may be one, or nothing. */
function childCell(value: NixAttrs | Unknown, name: string): Cell | undefined {
  if (value instanceof Unknown) return gapCell(value);
  const has = value.has(name);
  if (has === true) return value.get(name);
  // Reading another part of the configuration as a set: what nobody set there is not set here either.
  if (has === false || value instanceof ConfigAttrs) return undefined;
  return gapCell(has);
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
