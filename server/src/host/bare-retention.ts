import type { Place } from "../eval/origin.ts";
import type { Known, Script } from "./host.ts";

type Unit = "hour" | "day" | "week" | "month" | "recent";

/** How scripts count what they keep; the number is the first group. Hours, days … of `date`, and lines of `tail` and `head`. */
const READERS: readonly (readonly [form: RegExp, unit: Unit | undefined])[] = [
  [/-[mc]time\s+["']?\+(\d+)/g, "day"],
  // Minutes are no unit that a policy counts in: nothing is said of them.
  [/-[mc]min\s+["']?\+(\d+)/g, undefined],
  [/\b(\d+)\s*hours? ago/g, "hour"],
  [/\b(\d+)\s*days? ago/g, "day"],
  [/\b(\d+)\s*weeks? ago/g, "week"],
  [/\b(\d+)\s*months? ago/g, "month"],
  [/-(\d+)\s*hours?\b/g, "hour"],
  [/-(\d+)\s*days?\b/g, "day"],
  [/\b(?:head|tail)\s+(?:-n\s*)?[-+]?(\d+)/g, "recent"],
];

/**
 * What a number without a unit counts, by the scripts that it is put into: `find -mtime +30` takes days. Undefined when
 * no script reads it, or two read it differently.
 */
export function bareUnitOf(number: Known<string>, scripts: readonly Script[]): Unit | undefined {
  const { place } = number;
  if (!number.known) return undefined;
  const units = new Set<Unit | undefined>();
  for (const script of scripts) {
    for (const [form, unit] of READERS) {
      for (const match of script.text.matchAll(form)) {
        const start = match.index + match[0].lastIndexOf(match[1] as string);
        const from = script.placeOf(start, start + (match[1] as string).length);
        // A number that was made a text (`toString`) has no place any more, but it is the same number.
        if (from && place ? comesFrom(from, place) : Number(match[1]) === Number(number.value)) units.add(unit);
      }
    }
  }
  return units.size === 1 ? [...units][0] : undefined;
}

function comesFrom(inner: Place, outer: Place): boolean {
  return inner.file === outer.file && inner.start >= outer.start && inner.end <= outer.end;
}
