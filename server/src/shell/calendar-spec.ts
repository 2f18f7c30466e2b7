/**
 * The parsed form of a systemd calendar expression, its rules of validity and its normalised text.
 *
 * Source of truth: systemd.time(7), section "Calendar Events", and the answers of `systemd-analyze calendar` 252.
 */

/** One value, `start/step`, `start..stop` or `start..stop/step`. A step of 0 means the single value `start`. */
export interface CalendarRange {
  start: number;
  /** Last value that may match; absent when the range has no end of its own. */
  stop?: number;
  step: number;
}

/** Whose clock the fields are read on. */
export type CalendarZone =
  | { kind: "local" }
  | { kind: "utc" }
  /** A zone by its name in the IANA database, as written. */
  | { kind: "iana"; name: string }
  /** The host's own zone, restricted to the moments at which it carries this abbreviation (`CET`, `CEST`). */
  | { kind: "abbreviation"; name: string };

export interface CalendarSpec {
  /** Bit 0 is Monday, bit 6 Sunday; absent when every day of the week matches. */
  weekdays?: number;
  /** Absent lists match every value. Years 1970 to 2199, months from 1, days from 1. */
  years?: CalendarRange[];
  months?: CalendarRange[];
  days?: CalendarRange[];
  /** True when `days` counts back from the end of the month: 1 is the last day. */
  fromMonthEnd: boolean;
  hours?: CalendarRange[];
  minutes?: CalendarRange[];
  /** Microseconds within the minute, never absent: `*` is `{ start: 0, step: 1_000_000 }`. */
  micros: CalendarRange[];
  zone: CalendarZone;
}

export const MICROS_PER_SECOND = 1_000_000;
export const LAST_MICRO_OF_MINUTE = 60 * MICROS_PER_SECOND - 1;
export const FIRST_YEAR = 1970;
export const LAST_YEAR = 2199;
export const WEEKDAY_NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** The smallest and largest value of each field, with the name a message calls it by. */
export const FIELD_BOUNDS = {
  years: { from: FIRST_YEAR, to: LAST_YEAR, noun: "year", unit: 1 },
  months: { from: 1, to: 12, noun: "month", unit: 1 },
  days: { from: 1, to: 31, noun: "day of the month", unit: 1 },
  hours: { from: 0, to: 23, noun: "hour", unit: 1 },
  minutes: { from: 0, to: 59, noun: "minute", unit: 1 },
  micros: { from: 0, to: LAST_MICRO_OF_MINUTE, noun: "second", unit: MICROS_PER_SECOND },
} as const;

export type CalendarField = keyof typeof FIELD_BOUNDS;

/** Two-digit years mean 1970 to 2069, as in systemd. */
export function fullYear(year: number): number {
  if (year >= 0 && year < 70) return year + 2000;
  return year < 100 ? year + 1900 : year;
}

/**
 * The list as systemd keeps it: ranges end on a value they reach, ranges of one value become that value, the items are
 * sorted and equal ones dropped.
 */
export function normalizeRanges(field: CalendarField, ranges: readonly CalendarRange[]): CalendarRange[] {
  const settled = ranges.map((range): CalendarRange => {
    if (range.stop === undefined) return range;
    if (range.stop > range.start && range.step > 0) {
      const stop = range.stop - ((range.stop - range.start) % range.step);
      return stop === range.start ? { start: stop, step: 0 } : { ...range, stop };
    }
    return range.stop === range.start ? { start: range.start, step: 0 } : range;
  });
  const everySecond = (range: CalendarRange) =>
    range.start === 0 && range.stop === undefined && range.step === MICROS_PER_SECOND;
  if (field === "micros" && settled.some(everySecond)) return [{ start: 0, step: MICROS_PER_SECOND }];
  settled.sort((a, b) => a.start - b.start || (a.stop ?? -1) - (b.stop ?? -1) || a.step - b.step);
  return settled.filter((range, index) => {
    const before = settled[index - 1];
    return !before || before.start !== range.start || before.stop !== range.stop || before.step !== range.step;
  });
}

/** Why a list of (normalised) ranges can never be right for its field, in plain words; undefined when it is fine. */
export function rangesProblem(
  field: CalendarField,
  ranges: readonly CalendarRange[],
  fromMonthEnd: boolean,
): string | undefined {
  const bounds = FIELD_BOUNDS[field];
  const countsBack = field === "days" && fromMonthEnd;
  const article = field === "hours" ? "an" : "a";
  for (const [index, { start, stop, step }] of ranges.entries()) {
    // A month may have only 28 days, so days counted from the end go up to 28. systemd takes these three days off once
    // more for every further item of the list, and refuses `*-*~23,27`; what it refuses is wrong here as well.
    const to = countsBack ? bounds.to - 3 * (index + 1) : bounds.to;
    const limits = `${bounds.from} to ${Math.floor(to / bounds.unit)}`;
    for (const value of stop === undefined ? [start] : [start, stop]) {
      if (value < bounds.from || value > to)
        return `${value / bounds.unit} is not ${article} ${bounds.noun} (allowed: ${limits}).`;
    }
    const jump = step / bounds.unit;
    if (step > to - bounds.from) return `A step of ${jump} is too large for ${article} ${bounds.noun} (${limits}).`;
    if (stop !== undefined && start + step > stop) {
      return `The ${bounds.noun} range ${start / bounds.unit}..${stop / bounds.unit} runs backwards.`;
    }
    const reaches = countsBack ? start - step >= bounds.from : start + step <= to;
    if (stop === undefined && !reaches) {
      return `The step ${jump} after ${bounds.noun} ${start / bounds.unit} leads outside ${limits}, so it never takes effect.`;
    }
  }
  return undefined;
}

/** The text `systemd-analyze calendar` prints as "Normalized form". */
export function formatCalendar(spec: CalendarSpec): string {
  const date = [
    formatRanges(spec.years, 4, 1),
    "-",
    formatRanges(spec.months, 2, 1),
    spec.fromMonthEnd ? "~" : "-",
    formatRanges(spec.days, 2, 1),
  ].join("");
  const time = [
    formatRanges(spec.hours, 2, 1),
    formatRanges(spec.minutes, 2, 1),
    formatRanges(spec.micros, 2, MICROS_PER_SECOND),
  ].join(":");
  const parts = spec.weekdays === undefined ? [date, time] : [formatWeekdays(spec.weekdays), date, time];
  if (spec.zone.kind === "utc") parts.push("UTC");
  else if (spec.zone.kind !== "local") parts.push(spec.zone.name);
  return parts.join(" ");
}

function formatWeekdays(bits: number): string {
  const runs: string[] = [];
  for (let day = 0; day < 7; day += 1) {
    if (!(bits & (1 << day))) continue;
    const first = day;
    while (day < 6 && bits & (1 << (day + 1))) day += 1;
    const names = [WEEKDAY_NAMES[first], WEEKDAY_NAMES[day]];
    runs.push(first === day ? names[0]! : names.join(day === first + 1 ? "," : ".."));
  }
  return runs.join(",");
}

function formatRanges(ranges: readonly CalendarRange[] | undefined, width: number, unit: number): string {
  if (!ranges) return "*";
  const only = ranges.length === 1 ? ranges[0]! : undefined;
  if (unit > 1 && only && only.start === 0 && only.step === unit && only.stop === undefined) return "*";
  return ranges.map((range) => formatRange(range, width, unit)).join(",");
}

function formatRange({ start, stop, step }: CalendarRange, width: number, unit: number): string {
  let text = formatValue(start, width, unit);
  if (stop !== undefined) text += `..${formatValue(stop, width, unit)}`;
  // A range that goes up by one is written without its step.
  if (step > 0 && !(stop !== undefined && step === unit)) text += `/${formatValue(step, 0, unit)}`;
  return text;
}

function formatValue(value: number, width: number, unit: number): string {
  const whole = String(Math.floor(value / unit)).padStart(width, "0");
  const rest = value % unit;
  return rest > 0 ? `${whole}.${String(rest).padStart(6, "0")}` : whole;
}
