import {
  type CalendarField,
  type CalendarRange,
  type CalendarSpec,
  type CalendarZone,
  formatCalendar,
  fullYear,
  MICROS_PER_SECOND,
  normalizeRanges,
  rangesProblem,
} from "./calendar-spec.ts";
import { parseTimeSpan } from "./time-span.ts";
import { isTimeZoneName } from "./time-zone.ts";

export { calendarPeriod, type Elapses, nextElapses } from "./calendar-elapse.ts";
export type { CalendarRange, CalendarSpec, CalendarZone } from "./calendar-spec.ts";

export type CalendarParse =
  | { ok: true; spec: CalendarSpec; normalized: string }
  /** `timespan` holds the text when it is a valid time span, which belongs to OnUnitActiveSec= and the like. */
  | { ok: false; message: string; timespan?: string };

export interface CalendarOptions {
  /** The abbreviations of the host's own zone, such as `["CET", "CEST"]`; systemd accepts these as a suffix, too. */
  localAbbreviations?: readonly string[];
}

/**
 * Reads a systemd calendar expression, the value of OnCalendar=, as systemd 252 does: everything that systemd rejects is
 * rejected, and `normalized` is what `systemd-analyze calendar` prints as "Normalized form".
 *
 * Source: systemd.time(7), section "Calendar Events". Messages are sentences for the person who wrote the text.
 */
export function parseCalendar(text: string, options?: CalendarOptions): CalendarParse {
  if (options) return parse(text, options);
  let known = parsed.get(text);
  if (!known) {
    known = parse(text, {});
    if (parsed.size >= KEPT) parsed.clear();
    parsed.set(text, known);
  }
  return known;
}

/** A host has hundreds of timers and few different texts, and is checked again after every edit. */
const parsed = new Map<string, CalendarParse>();
const KEPT = 1_000;

function parse(text: string, options: CalendarOptions): CalendarParse {
  const { body, zone } = splitZone(text, options.localAbbreviations ?? []);
  const spec = readBody(body, zone);
  if (typeof spec !== "string") return { ok: true, spec, normalized: formatCalendar(spec) };
  return parseTimeSpan(text).ok ? { ok: false, message: spec, timespan: text } : { ok: false, message: spec };
}

/** What the words stand for, taken from systemd.time(7); the last spellings are accepted but not documented there. */
const SHORTHANDS: Readonly<Record<string, string>> = {
  minutely: "*-*-* *:*:00",
  hourly: "*-*-* *:00:00",
  daily: "*-*-* 00:00:00",
  weekly: "Mon *-*-* 00:00:00",
  monthly: "*-*-01 00:00:00",
  quarterly: "*-01,04,07,10-01 00:00:00",
  semiannually: "*-01,07-01 00:00:00",
  yearly: "*-01-01 00:00:00",
  annually: "*-01-01 00:00:00",
  anually: "*-01-01 00:00:00",
  "semi-annually": "*-01,07-01 00:00:00",
  biannually: "*-01,07-01 00:00:00",
  "bi-annually": "*-01,07-01 00:00:00",
};

const WEEKDAY = /^(?:mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)/i;
const WEEKDAY_ORDER = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const CHAIN = String.raw`(\*|[0-9][0-9.,/]*)`;
const DATE = new RegExp(`^${CHAIN}([-~])${CHAIN}(?:([-~])${CHAIN})?(?: +|$)`);
const TIME = new RegExp(`^${CHAIN}:${CHAIN}(?::${CHAIN})?$`);
const MAX_ITEMS = 241;
const LARGEST_NUMBER = 2_147_483_647;
const LARGEST_SECONDS = 2147;

function splitZone(text: string, abbreviations: readonly string[]): { body: string; zone: CalendarZone } {
  const space = text.lastIndexOf(" ");
  const body = text.slice(0, Math.max(space, 0));
  const suffix = text.slice(space + 1);
  if (space < 0) return { body: text, zone: { kind: "local" } };
  if (suffix.toUpperCase() === "UTC") return { body, zone: { kind: "utc" } };
  const abbreviation = abbreviations.find((name) => name.toUpperCase() === suffix.toUpperCase());
  if (abbreviation) return { body, zone: { kind: "abbreviation", name: abbreviation } };
  if (isTimeZoneName(suffix)) return { body, zone: { kind: "iana", name: suffix } };
  return { body: text, zone: { kind: "local" } };
}

/** The spec, or the sentence that says what is wrong. */
function readBody(body: string, zone: CalendarZone): CalendarSpec | string {
  if (body === "") return "The calendar expression is empty.";
  const days = readWeekdays(SHORTHANDS[body.toLowerCase()] ?? body);
  if (typeof days === "string") return days;
  if (days.rest.startsWith("@")) return readTimestamp(days.rest, days.weekdays);
  const date = DATE.exec(days.rest);
  if (date?.[4] !== undefined && date[2] === "~") return "Only the day may follow “~”, as in *-02~01.";
  const time = days.rest.slice(date?.[0].length ?? 0);
  const clock = time === "" ? ["", "0", "0", "0"] : TIME.exec(time);
  if (!clock) return shapeProblem(time, date !== null);
  const hasYear = date?.[5] !== undefined;
  const texts: Record<CalendarField, string | undefined> = {
    years: hasYear ? date?.[1] : undefined,
    months: hasYear ? date?.[3] : date?.[1],
    days: hasYear ? date?.[5] : date?.[3],
    hours: clock[1],
    minutes: clock[2],
    micros: clock[3] ?? "0",
  };
  const spec: CalendarSpec = { fromMonthEnd: false, micros: [], zone };
  if (days.weekdays !== undefined) spec.weekdays = days.weekdays;
  spec.fromMonthEnd = (date?.[4] ?? date?.[2]) === "~" && texts.days !== "*";
  for (const field of ["years", "months", "days", "hours", "minutes", "micros"] as const) {
    const ranges = readChain(field, texts[field], spec.fromMonthEnd);
    if (typeof ranges === "string") return ranges;
    if (ranges) spec[field] = ranges;
  }
  return spec;
}

function readWeekdays(text: string): { weekdays?: number; rest: string } | string {
  if (!WEEKDAY.test(text)) return { rest: text };
  let bits = 0;
  let rangeFrom: number | undefined;
  let rest = text;
  for (;;) {
    const name = WEEKDAY.exec(rest)?.[0];
    if (!name) return `“${rest.split(" ")[0]}” is not a day of the week.`;
    rest = rest.slice(name.length);
    const day = WEEKDAY_ORDER.indexOf(name.slice(0, 3).toLowerCase());
    if (rangeFrom !== undefined && rangeFrom > day)
      return "A range of weekdays must run forward from Monday to Sunday.";
    for (let covered = rangeFrom ?? day; covered <= day; covered += 1) bits |= 1 << covered;
    const separator = /^(?:\.\.|[-, ]|$)/.exec(rest)?.[0];
    if (separator === undefined) return `“${text.split(" ")[0]}” is not a day of the week.`;
    rest = rest.slice(separator.length);
    const opensRange = separator === ".." || separator === "-";
    if (opensRange && rangeFrom !== undefined) return "A range of weekdays has one first and one last day.";
    rangeFrom = opensRange ? day : undefined;
    const ended = separator === "" || separator === " " || rest === "" || rest.startsWith(" ");
    if (!ended) continue;
    if (opensRange) return "The range of weekdays has no last day.";
    rest = rest.replace(/^ +/, "");
    return bits === 127 ? { rest } : { weekdays: bits, rest };
  }
}

/** `@` and seconds since 1970 in UTC. The number is read by the C library, hence the sign and the spaces. */
function readTimestamp(text: string, weekdays: number | undefined): CalendarSpec | string {
  const seconds = /^@[ \t\n\v\f\r]*([+-]?\d+)$/.exec(text)?.[1];
  const moment = new Date(seconds === undefined ? Number.NaN : Number(seconds) * 1000);
  if (Number.isNaN(moment.getTime())) return "After “@” only a number of seconds since 1970 may follow.";
  const single = (start: number): CalendarRange[] => [{ start, step: 0 }];
  const years = single(moment.getUTCFullYear());
  const problem = rangesProblem("years", years, false);
  if (problem) return problem;
  return {
    ...(weekdays === undefined ? {} : { weekdays }),
    years,
    months: single(moment.getUTCMonth() + 1),
    days: single(moment.getUTCDate()),
    fromMonthEnd: false,
    hours: single(moment.getUTCHours()),
    minutes: single(moment.getUTCMinutes()),
    micros: single(moment.getUTCSeconds() * MICROS_PER_SECOND),
    zone: { kind: "utc" },
  };
}

/** The ranges of one component; undefined for `*`; a sentence when it is malformed or out of bounds. */
function readChain(
  field: CalendarField,
  text: string | undefined,
  fromMonthEnd: boolean,
): CalendarRange[] | string | undefined {
  if (text === undefined) return undefined;
  if (text === "*") return field === "micros" ? [{ start: 0, step: MICROS_PER_SECOND }] : undefined;
  const items = text.split(",");
  if (items.length > MAX_ITEMS) return `A list may have at most ${MAX_ITEMS} values.`;
  const ranges: CalendarRange[] = [];
  const number = field === "micros" ? String.raw`(\d+(?:\.\d+)?)` : String.raw`(\d+)`;
  const shape = new RegExp(`^${number}(?:\\.\\.${number})?(?:/${number})?$`);
  for (const item of items) {
    const match = shape.exec(item);
    if (!match) return `“${item}” in “${text}” is not a value, a range (1..5) or a step (0/15).`;
    const values = match.slice(1).map((part) => (part === undefined ? undefined : readNumber(field, part)));
    if (values.some((value) => value !== undefined && Number.isNaN(value))) return `“${item}” is too large a number.`;
    const [start, stop, step] = values;
    if (step === 0) return `The step in “${item}” is zero.`;
    const range: CalendarRange = { start: start!, step: step ?? 0 };
    if (stop !== undefined) {
      range.stop = field === "years" ? fullYear(stop) : stop;
      range.step = step ?? (field === "micros" ? MICROS_PER_SECOND : 1);
      if (field === "micros" && step === undefined && start! + range.step > stop) {
        return `The range of seconds “${item}” is shorter than its step of one second.`;
      }
    }
    if (field === "years") range.start = fullYear(range.start);
    ranges.push(range);
  }
  const normalized = normalizeRanges(field, ranges);
  return rangesProblem(field, normalized, fromMonthEnd) ?? normalized;
}

/** Whole numbers; seconds in microseconds, rounded by their seventh decimal. NaN when systemd finds it out of range. */
function readNumber(field: CalendarField, text: string): number {
  const [whole = "", fraction = ""] = text.split(".");
  const value = Number(whole);
  if (field !== "micros") return value > LARGEST_NUMBER ? Number.NaN : value;
  if (value > LARGEST_SECONDS) return Number.NaN;
  const rounded = Number(fraction.slice(0, 6).padEnd(6, "0")) + ((fraction[6] ?? "0") >= "5" ? 1 : 0);
  return value * MICROS_PER_SECOND + rounded;
}

function shapeProblem(rest: string, hasDate: boolean): string {
  if (/^\*\/\d/.test(rest)) return "“*” takes no step; write the first value instead, as in 00/6:00:00.";
  if (/^\d+$/.test(rest)) return `“${rest}” alone is no time of day; write hours and minutes, as in ${rest}:00.`;
  if (/^[A-Za-z]/.test(rest)) return `“${rest}” is not a word, weekday or date that systemd knows.`;
  if (hasDate) return `“${rest}” after the date is not a time of day such as 03:00 or 03:00:00.`;
  return `“${rest}” is not a calendar expression such as “daily”, “Mon 03:00” or “*-*-* 00/6:00:00”.`;
}
