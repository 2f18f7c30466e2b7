import { isSameList } from "./same-fact.ts";

/** What was made of each element of a list, and all of that together. */
interface Made {
  readonly list: readonly unknown[];
  readonly parts: readonly (readonly unknown[])[];
  readonly all: readonly unknown[];
}

/** What was made of a list by each function; shared by the lists that took each other's place while a host was edited. */
type Line = Map<unknown, Made>;

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
    const before = line.get(compute);
    if (before?.list === list) return before.all as readonly T[];
    const parts = before ? revisedParts(before, list, compute) : list.map(compute);
    const all = before && isSameList(before.parts, parts) ? before.all : parts.flat();
    if (before) succeed(before.all, all);
    line.set(compute, { list, parts, all });
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
function revisedParts<Of, T>(
  before: Made,
  list: readonly Of[],
  compute: (of: Of) => readonly T[],
): readonly (readonly unknown[])[] {
  const shift = list.length - before.list.length;
  const shorter = Math.min(list.length, before.list.length);
  let end = 0;
  if (shift !== 0) while (end < shorter && list.at(-1 - end) === before.list.at(-1 - end)) end++;
  return list.map((item, index) => {
    const at = index < list.length - end ? index : index - shift;
    const part = before.parts[at] ?? [];
    if (before.list[at] === item) return part;
    const now = compute(item);
    return isSameList(part, now) ? part : now;
  });
}

function lineOf(list: readonly unknown[]): Line {
  let line = lines.get(list);
  if (!line) {
    line = new Map();
    lines.set(list, line);
  }
  return line;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
