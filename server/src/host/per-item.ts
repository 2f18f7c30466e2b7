import { isSameList } from "./same-fact.ts";

/** What was made of each element of a list, and all of that together. */
interface Made {
  readonly list: readonly unknown[];
  readonly parts: readonly (readonly unknown[])[];
  readonly all: readonly unknown[];
}

/** What was made of a list by each function; shared by the lists that took each other's place while a host was edited. */
interface Line {
  readonly made: Map<unknown, Made>;
  /** What the last two lists that were compared have in common: each function asks for the same. */
  change: Change | undefined;
}

/** What another list has in the place of a first one. */
interface Change {
  readonly before: readonly unknown[];
  readonly now: readonly unknown[];
  /** By how much what follows the last new element moved. */
  readonly shift: number;
  /** Where the moved end begins. */
  readonly end: number;
  /** The places of elements that are not those of the first list. */
  readonly fresh: readonly number[];
}

const lines = new WeakMap<readonly unknown[], Line>();

/**
 * Works something out of each element of a list, once for each: when another list took the place of one (`succeed`), only
 * what is new in it is looked at, which is all that is done for the hundreds of units, users or scripts that an edit does not
 * reach. `compute` must ask for nothing but its element, and what is below it where that is an option. The answer is the
 * same list as before when nothing in it is new.
 */
export function perItem<Of, T>(compute: (of: Of) => readonly T[]): (list: readonly Of[]) => readonly T[] {
  return (list) => {
    const line = lineOf(list);
    const before = line.made.get(compute);
    if (before?.list === list) return before.all as readonly T[];
    const parts = before ? revisedParts(before, changeOf(line, before.list, list), compute) : list.map(compute);
    const all = before?.parts === parts ? before.all : flat(parts);
    if (before) succeed(before.all, all);
    line.made.set(compute, { list, parts, all });
    return all as readonly T[];
  };
}

/** Tells that a list took the place of another one, which is of no interest any more. */
export function succeed(before: readonly unknown[], now: readonly unknown[]): void {
  if (before !== now) lines.set(now, lineOf(before));
}

/** The same for the lists that two facts are or consist of. */
export function succeedFact(before: unknown, now: unknown): void {
  if (Array.isArray(before) && Array.isArray(now)) succeed(before, now);
  if (!isRecord(before) || !isRecord(now)) return;
  for (const key of Object.keys(now)) {
    const [list, other] = [before[key], now[key]];
    if (Array.isArray(list) && Array.isArray(other)) succeed(list, other);
  }
}

/** Elements come, go and change in few places: what is the same at the start and at the end stays. */
function changeOf(line: Line, before: readonly unknown[], now: readonly unknown[]): Change {
  if (line.change?.before === before && line.change.now === now) return line.change;
  const shift = now.length - before.length;
  const shorter = Math.min(now.length, before.length);
  let same = 0;
  if (shift !== 0) while (same < shorter && now[now.length - 1 - same] === before[before.length - 1 - same]) same++;
  const end = now.length - same;
  const fresh: number[] = [];
  for (let index = 0; index < end; index++) {
    if (index >= before.length || before[index] !== now[index]) fresh.push(index);
  }
  line.change = { before, now, shift, end, fresh };
  return line.change;
}

/** The very same parts as before when none of them is new. */
function revisedParts<Of, T>(
  before: Made,
  { now, shift, end, fresh }: Change,
  compute: (of: Of) => readonly T[],
): readonly (readonly unknown[])[] {
  const parts = shift === 0 ? undefined : [...before.parts.slice(0, end), ...before.parts.slice(end - shift)];
  let revised = parts;
  for (const index of fresh) {
    const part = compute(now[index] as Of);
    const was = before.parts[index] ?? [];
    const same = isSameList(was, part) ? was : part;
    if (revised === undefined && same === was) continue;
    revised ??= [...before.parts];
    revised[index] = same;
  }
  return revised ?? before.parts;
}

/** As `parts.flat()`, which takes several times as long. */
function flat<T>(parts: readonly (readonly T[])[]): readonly T[] {
  const all: T[] = [];
  for (const part of parts) for (const one of part) all.push(one);
  return all;
}

function lineOf(list: readonly unknown[]): Line {
  let line = lines.get(list);
  if (!line) {
    line = { made: new Map(), change: undefined };
    lines.set(list, line);
  }
  return line;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
