import { parseCalendar } from "./calendar.ts";
import { calendarOfCron } from "./cron.ts";
import { parseTimeSpan } from "./time-span.ts";

export interface CalendarSuggestion {
  /** An expression that systemd accepts. */
  calendar: string;
  /** Set when the expression is not exactly what the text said: how it differs. */
  note?: string;
}

/**
 * The calendar expression a person most likely meant by a text that systemd refuses as OnCalendar=: a time span
 * (`6h`, `every 6 hours`), a crontab line, a word (`biweekly`, `@daily`), a word with a time (`daily 03:00`), or a small
 * slip (`24:00`, a step on a star, `3am`). Undefined when no expression is honest. Valid texts come back unchanged.
 */
export function suggestCalendar(text: string): CalendarSuggestion | undefined {
  const trimmed = text.trim().replace(/\s+/g, " ");
  if (trimmed === "") return undefined;
  if (parseCalendar(text).ok) return { calendar: text };
  if (parseCalendar(trimmed).ok) return { calendar: trimmed };
  for (const read of [asCron, asPhrase, asSpan, asRepaired]) {
    const suggestion = read(trimmed);
    if (suggestion && parseCalendar(suggestion.calendar).ok) return suggestion;
  }
  return undefined;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const WEEK = 7 * DAY;
const MONTH = 2_629_800;
const YEAR = 31_557_600;

/** Shorthands by the date they stand for; a time of day can follow. */
const DATES: Readonly<Record<string, string>> = {
  daily: "*-*-*",
  nightly: "*-*-*",
  weekly: "Mon *-*-*",
  monthly: "*-*-01",
  quarterly: "*-01,04,07,10-01",
  semiannually: "*-01,07-01",
  yearly: "*-01-01",
  annually: "*-01-01",
};

const TWICE_A_MONTH: CalendarSuggestion = {
  calendar: "*-*-01,15",
  note: "systemd cannot count every second week; this is the 1st and the 15th of each month",
};

const PHRASES: Readonly<Record<string, CalendarSuggestion>> = {
  nightly: { calendar: "daily" },
  midnight: { calendar: "daily" },
  noon: { calendar: "12:00" },
  biweekly: TWICE_A_MONTH,
  fortnightly: TWICE_A_MONTH,
  "twice daily": { calendar: "00/12:00:00" },
  "twice a day": { calendar: "00/12:00:00" },
  "twice a month": { calendar: "*-*-01,15" },
};

const UNIT_WORDS: Readonly<Record<string, string>> = {
  minute: "minutely",
  hour: "hourly",
  day: "daily",
  night: "daily",
  week: "weekly",
  month: "monthly",
  quarter: "quarterly",
  year: "yearly",
};

function asCron(text: string): CalendarSuggestion | undefined {
  const calendar = calendarOfCron(text);
  return calendar === undefined ? undefined : { calendar };
}

/** Words, weekdays in the plural and times of the clock: `every monday at 3am`, `daily 03:00`, `3 pm`. */
function asPhrase(text: string): CalendarSuggestion | undefined {
  const phrase = text
    .toLowerCase()
    .replace(/^(?:every|each|once an?|once per) /, "")
    .replace(/ at /, " ")
    .replace(/^at /, "");
  const named = PHRASES[phrase] ?? (UNIT_WORDS[phrase] ? { calendar: UNIT_WORDS[phrase] } : undefined);
  if (named) return named;
  const match = /^(?:(.*?) )?(\d{1,2})(?::(\d\d))?(?::(\d\d))? ?(am|pm)?$/.exec(phrase);
  if (!match) return weekdayDate(phrase) ? { calendar: weekdayDate(phrase)! } : undefined;
  const [, before = "", hourText = "", minutes, seconds, half] = match;
  // A lone number is a count of seconds to systemd, and anybody's guess otherwise.
  if (before === "" && minutes === undefined && half === undefined) return undefined;
  const word = UNIT_WORDS[before] ?? before;
  const date =
    before === "" ? "" : (DATES[word] ?? weekdayDate(before) ?? (/^[*\d]/.test(before) ? before : undefined));
  const hour = hourOf(Number(hourText), half);
  if (date === undefined || hour === undefined) return undefined;
  if (hour === 24 && ((date !== "" && date !== "*-*-*") || Number(minutes ?? 0) + Number(seconds ?? 0) > 0))
    return undefined;
  const clock = [hour % 24, Number(minutes ?? 0), ...(seconds === undefined ? [] : [Number(seconds)])];
  const time = clock.map((value) => String(value).padStart(2, "0")).join(":");
  const calendar = date === "" ? time : `${date} ${time}`;
  return hour === 24 ? { calendar, note: "the midnight that ends a day is 00:00 of the next" } : { calendar };
}

function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour <= 24 ? hour : undefined;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half === "pm" ? 12 : 0);
}

/** `mondays`, `mon and thu`, `weekdays`, `weekends` as systemd's list of weekdays. */
function weekdayDate(text: string): string | undefined {
  if (/^(?:weekdays|workdays|weekday|workday)$/.test(text)) return "Mon..Fri";
  if (/^(?:weekends|weekend)$/.test(text)) return "Sat,Sun";
  const days = text.split(/ and |, ?/).map((day) => day.replace(/^(\w+days?)$/, (word) => word.replace(/s$/, "")));
  const list = days.map((day) => day.charAt(0).toUpperCase() + day.slice(1, 3)).join(",");
  const named = days.every((day) => /^(?:(?:mon|tue|wed|thu|fri|sat|sun)|\w+day)$/.test(day));
  return named && parseCalendar(list).ok && days.every((day) => parseCalendar(day).ok) ? list : undefined;
}

function asSpan(text: string): CalendarSuggestion | undefined {
  const plain = text
    .toLowerCase()
    .replace(/^(?:every|each) /, "")
    .replace(/\bhrs\b|(?<=\d)hrs\b/, "h")
    .replace(/\bmins\b|(?<=\d)mins\b/, "min")
    .replace(/\bsecs\b|(?<=\d)secs\b/, "s");
  // Lower case would turn a month (`2M`) into minutes.
  const span = /\dM\b|\d M\b/.test(text) ? parseTimeSpan(text) : parseTimeSpan(plain);
  // A bare number would be seconds, which hardly anybody means here.
  return span.ok && !/^[\d.]+$/.test(plain) ? everySeconds(span.seconds) : undefined;
}

function everySeconds(seconds: number): CalendarSuggestion | undefined {
  if (!Number.isInteger(seconds) || seconds < 1) return undefined;
  const months = seconds % MONTH === 0 ? seconds / MONTH : 0;
  if (months > 0) return everyMonths(months, undefined);
  const days = seconds / DAY;
  if (Number.isInteger(days)) return everyDays(days);
  if (seconds === HOUR) return { calendar: "hourly" };
  if (seconds === MINUTE) return { calendar: "minutely" };
  if (seconds < MINUTE) return MINUTE % seconds === 0 ? { calendar: `*:*:0/${seconds}` } : undefined;
  if (seconds < HOUR)
    return HOUR % seconds === 0 && seconds % MINUTE === 0 ? { calendar: `*:0/${seconds / 60}` } : undefined;
  const hours = seconds / HOUR;
  if (!Number.isInteger(hours) || hours > 12) return undefined;
  const calendar = `00/${hours}:00:00`;
  const last = 24 % hours;
  if (last === 0) return { calendar };
  return { calendar, note: `counted anew from each midnight, so the last gap of a day is ${last} h` };
}

function everyDays(days: number): CalendarSuggestion | undefined {
  if (days === 1) return { calendar: "daily" };
  if (days * DAY === WEEK) return { calendar: "weekly" };
  if (days === 14) return TWICE_A_MONTH;
  if (days < 7) return { calendar: `*-*-01/${days}`, note: `counted anew from the 1st of each month` };
  if (days === 10) return { calendar: "*-*-01,11,21", note: "three times a month, 8 to 11 days apart" };
  if (days === 15) return { calendar: "*-*-01,16", note: "twice a month, 13 to 16 days apart" };
  const near = `systemd has no calendar for every ${days} days; this is the nearest`;
  if (days >= 28 && days <= 31) return everyMonths(1, near);
  if (days >= 89 && days <= 92) return everyMonths(3, near);
  if (days >= 180 && days <= 184) return everyMonths(6, near);
  if (days === 365 || days === 366) return { calendar: "yearly" };
  return undefined;
}

function everyMonths(months: number, note: string | undefined): CalendarSuggestion | undefined {
  const words: Readonly<Record<number, string>> = { 1: "monthly", 3: "quarterly", 6: "semiannually" };
  if (months * MONTH === YEAR) return { calendar: "yearly" };
  const calendar = words[months] ?? (12 % months === 0 ? `*-01/${months}-01` : undefined);
  if (calendar === undefined) return undefined;
  return note === undefined ? { calendar } : { calendar, note };
}

/** Slips of the pen: a step on `*`, the `T` of ISO 8601. */
function asRepaired(text: string): CalendarSuggestion | undefined {
  const stepped = text.replace(/(?<=^|[ :])\*\/(?=\d)/g, "00/").replace(/(?<=-)\*\/(?=\d)/g, "01/");
  const candidates = [stepped, stepped.replace(/(?<=[\d*])T(?=[\d*])/, " ")];
  const calendar = candidates.find((candidate) => parseCalendar(candidate).ok);
  return calendar === undefined ? undefined : { calendar };
}
