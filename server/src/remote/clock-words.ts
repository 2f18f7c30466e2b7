/** Seconds that the clocks of a host and of this computer may lie apart. */
export const CLOCK_SLACK = 300;

const UNITS = [
  [730 * 86_400, 31_556_952, "years"],
  [2 * 86_400, 86_400, "days"],
  [7_000, 3_600, "h"],
  [120, 60, "min"],
] as const;

/** How far a clock is ahead of another, or behind it: "the clock is 5 years behind …". */
export function clockWords(secondsAhead: number): string {
  const seconds = Math.abs(secondsAhead);
  const [, each, unit] = UNITS.find(([from]) => seconds >= from) ?? [0, 1, "s"];
  return `${Math.round(seconds / each)} ${unit} ${secondsAhead > 0 ? "ahead of" : "behind"}`;
}
