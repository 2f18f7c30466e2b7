import {
  type CalendarRange,
  type CalendarSpec,
  FIELD_BOUNDS,
  LAST_MICRO_OF_MINUTE,
  LAST_YEAR,
  MICROS_PER_SECOND,
} from "./calendar-spec.ts";
import { instantsOfLocal, type ZoneOffset, zoneOffset } from "./time-zone.ts";

export type Elapses =
  /** Microseconds since 1970-01-01 UTC, ascending; fewer than asked for when the expression ends. */
  | { kind: "at"; instants: number[] }
  | { kind: "never" }
  /** The zone's clock is not known here. */
  | { kind: "unknown"; reason: string };

const DAY_MILLIS = 86_400_000;
const MINUTE_MICROS = 60 * MICROS_PER_SECOND;
const PERIOD_SAMPLES = 64;
/** 2025-01-01, a Wednesday: a fixed start keeps `calendarPeriod` the same at every call. */
const PERIOD_BASE = Date.UTC(2025, 0, 1) * 1000;

/**
 * The next `count` instants after `from` at which a timer with this expression elapses, as `systemd-analyze calendar
 * --iterations` lists them. `from` is exclusive; a number is in microseconds since 1970. `timeZone` is the host's zone
 * (IANA name), used unless the expression names its own.
 *
 * Times that do not exist because the clock is put forward are skipped; times that occur twice elapse the first time.
 * The search ends with the year 2199, the last one systemd looks at.
 */
export function nextElapses(spec: CalendarSpec, from: number | Date, count: number, timeZone: string): Elapses {
  if (spec.zone.kind === "abbreviation") {
    return { kind: "unknown", reason: `“${spec.zone.name}” holds only for a part of the year in the host's own zone` };
  }
  const zone = spec.zone.kind === "iana" ? spec.zone.name : spec.zone.kind === "utc" ? "UTC" : timeZone;
  const offset = zoneOffset(zone);
  if (!offset) return { kind: "unknown", reason: `the rules of the time zone “${zone}” are not known` };
  const instants: number[] = [];
  let after = typeof from === "number" ? from : from.getTime() * 1000;
  while (instants.length < count) {
    const next = nextAfter(spec, after, offset);
    if (next === undefined) break;
    instants.push(next);
    after = next;
  }
  return instants.length > 0 || count <= 0 ? { kind: "at", instants } : { kind: "never" };
}

/**
 * The usual number of seconds between two elapses: the median over the next 64, from 2025-01-01 unless `from` says
 * otherwise. Undefined when the expression elapses less than twice, or its zone is not known.
 */
export function calendarPeriod(
  spec: CalendarSpec,
  from: number | Date = PERIOD_BASE,
  timeZone = "UTC",
): number | undefined {
  const elapses = nextElapses(spec, from, PERIOD_SAMPLES + 1, timeZone);
  if (elapses.kind !== "at") return undefined;
  const gaps = elapses.instants.slice(1).map((instant, index) => instant - elapses.instants[index]!);
  gaps.sort((a, b) => a - b);
  const middle = gaps[Math.floor((gaps.length - 1) / 2)];
  return middle === undefined ? undefined : middle / MICROS_PER_SECOND;
}

/** Local time is kept as the epoch number it would have in UTC: a day number and a microsecond within the day. */
function nextAfter(spec: CalendarSpec, after: number, offset: ZoneOffset): number | undefined {
  const start = after + 1;
  const localStart = start + offset(Math.floor(start / 1000)) * MICROS_PER_SECOND;
  let day = Math.floor(localStart / (DAY_MILLIS * 1000));
  let from = localStart - day * DAY_MILLIS * 1000;
  for (;;) {
    const found = nextDay(spec, day);
    if (found === undefined) return undefined;
    if (found !== day) from = 0;
    day = found;
    let micros = nextTimeOfDay(spec, from);
    while (micros !== undefined) {
      const instant = instantOf(day * DAY_MILLIS * 1000 + micros, after, offset);
      if (instant !== undefined) return instant;
      micros = nextTimeOfDay(spec, micros + 1);
    }
    day += 1;
    from = 0;
  }
}

function instantOf(localMicros: number, after: number, offset: ZoneOffset): number | undefined {
  const localMillis = Math.floor(localMicros / 1_000_000) * 1000;
  const rest = localMicros - localMillis * 1000;
  return instantsOfLocal(localMillis, offset)
    .map((millis) => millis * 1000 + rest)
    .find((instant) => instant > after);
}

/** The first day number (days since 1970-01-01) from `from` on whose date and weekday match. */
function nextDay(spec: CalendarSpec, from: number): number | undefined {
  const start = new Date(from * DAY_MILLIS);
  let year = start.getUTCFullYear();
  let month = start.getUTCMonth() + 1;
  let day = start.getUTCDate();
  for (;;) {
    const goodYear = nextValue(spec.years, year, LAST_YEAR);
    if (goodYear === undefined || goodYear > LAST_YEAR) return undefined;
    if (goodYear !== year) [year, month, day] = [goodYear, 1, 1];
    const goodMonth = nextValue(spec.months, month, FIELD_BOUNDS.months.to);
    if (goodMonth === undefined) {
      [year, month, day] = [year + 1, 1, 1];
      continue;
    }
    if (goodMonth !== month) [month, day] = [goodMonth, 1];
    const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
    const days = spec.fromMonthEnd ? spec.days?.map((range) => fromEnd(range, length)) : spec.days;
    let goodDay = nextValue(days, day, length);
    while (goodDay !== undefined && !weekdayMatches(spec, year, month, goodDay)) {
      goodDay = nextValue(days, goodDay + 1, length);
    }
    if (goodDay !== undefined) return Date.UTC(year, month - 1, goodDay) / DAY_MILLIS;
    [month, day] = [month + 1, 1];
  }
}

function weekdayMatches(spec: CalendarSpec, year: number, month: number, day: number): boolean {
  if (spec.weekdays === undefined) return true;
  const mondayBased = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
  return (spec.weekdays & (1 << mondayBased)) !== 0;
}

/** A range counted from the end of the month, turned into days of a month of the given length. */
function fromEnd({ start, stop, step }: CalendarRange, length: number): CalendarRange {
  const first = length + 1 - start;
  return stop === undefined ? { start: first, step } : { start: length + 1 - stop, stop: first, step };
}

/** The first microsecond of a day, at or after `from`, that matches hours, minutes and seconds. */
function nextTimeOfDay(spec: CalendarSpec, from: number): number | undefined {
  let hour = Math.floor(from / (60 * MINUTE_MICROS));
  let minute = Math.floor(from / MINUTE_MICROS) % 60;
  let micros = from % MINUTE_MICROS;
  for (;;) {
    const goodHour = nextValue(spec.hours, hour, FIELD_BOUNDS.hours.to);
    if (goodHour === undefined) return undefined;
    if (goodHour !== hour) [hour, minute, micros] = [goodHour, 0, 0];
    const goodMinute = nextValue(spec.minutes, minute, FIELD_BOUNDS.minutes.to);
    if (goodMinute === undefined) {
      [hour, minute, micros] = [hour + 1, 0, 0];
      continue;
    }
    if (goodMinute !== minute) [minute, micros] = [goodMinute, 0];
    const goodMicros = nextValue(spec.micros, micros, LAST_MICRO_OF_MINUTE);
    if (goodMicros !== undefined) return (hour * 60 + minute) * MINUTE_MICROS + goodMicros;
    [minute, micros] = [minute + 1, 0];
  }
}

/** The smallest value at or after `from`, at most `last`, that a list matches. */
function nextValue(ranges: readonly CalendarRange[] | undefined, from: number, last: number): number | undefined {
  if (!ranges) return from <= last ? from : undefined;
  let best: number | undefined;
  for (const { start, stop, step } of ranges) {
    const value = start >= from ? start : step > 0 ? start + step * Math.ceil((from - start) / step) : undefined;
    if (value === undefined || value > Math.min(stop ?? last, last)) continue;
    if (best === undefined || value < best) best = value;
  }
  return best;
}
