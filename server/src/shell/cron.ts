import { WEEKDAY_NAMES } from "./calendar-spec.ts";

interface CronField {
  low: number;
  high: number;
  names?: readonly string[];
}

const MINUTE: CronField = { low: 0, high: 59 };
const HOUR: CronField = { low: 0, high: 23 };
const DAY: CronField = { low: 1, high: 31 };
const MONTH: CronField = {
  low: 1,
  high: 12,
  names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
/** Cron counts weekdays from Sunday, which is both 0 and 7. */
const WEEKDAY: CronField = { low: 0, high: 7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

const WORDS: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

/**
 * The systemd calendar that elapses at exactly the minutes of a crontab line's five fields (crontab(5)), or of a word
 * such as `@weekly`. Undefined when the text is no such line, or when systemd cannot say the same in one expression:
 * cron runs when the day of the month *or* the weekday matches, systemd only when both do.
 */
export function calendarOfCron(text: string): string | undefined {
  const fields = (WORDS[text.trim().toLowerCase()] ?? text.trim()).split(/\s+/);
  if (fields.length !== 5) return undefined;
  const [minute, hour, day, month, weekday] = fields as [string, string, string, string, string];
  if (day !== "*" && weekday !== "*") return undefined;
  const minutes = chain(minute, MINUTE);
  const hours = chain(hour, HOUR);
  const days = chain(day, DAY);
  const months = chain(month, MONTH);
  const weekdays = weekdayList(weekday);
  if (!minutes || !hours || !days || !months || weekdays === undefined) return undefined;
  return `${weekdays ? `${weekdays} ` : ""}*-${months}-${days} ${hours}:${minutes}:00`;
}

function chain(text: string, field: CronField): string | undefined {
  if (text === "*") return "*";
  const values = expand(text, field);
  if (!values) return undefined;
  // A plain `*/n` keeps its shape, everything else becomes the list that cron would compute.
  const step = /^\*\/(\d+)$/.exec(text)?.[1];
  if (step && values.length > 1) return Number(step) === 1 ? "*" : `${pad(field.low)}/${Number(step)}`;
  const range = /^[^,/]+-[^,/]+$/.test(text) && values.length > 1;
  return range ? `${pad(values[0]!)}..${pad(values.at(-1)!)}` : values.map(pad).join(",");
}

/** Weekday names joined by commas, an empty text for every day, undefined when the field is malformed. */
function weekdayList(text: string): string | undefined {
  if (text === "*") return "";
  const values = expand(text, WEEKDAY);
  if (!values) return undefined;
  const days = new Set(values.map((value) => (value + 6) % 7));
  return days.size === 7 ? "" : WEEKDAY_NAMES.filter((_, index) => days.has(index)).join(",");
}

function expand(text: string, field: CronField): number[] | undefined {
  const values = new Set<number>();
  for (const item of text.split(",")) {
    const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(item);
    if (!match) return undefined;
    const [, star, first, last, stepText] = match;
    // `5/10` without a range is read differently by different crons.
    if (stepText !== undefined && !star && last === undefined) return undefined;
    const from = star ? field.low : value(first!, field);
    const to = star ? field.high : last === undefined ? from : value(last, field);
    const step = stepText === undefined ? 1 : Number(stepText);
    if (from === undefined || to === undefined || from > to || step === 0) return undefined;
    for (let at = from; at <= to; at += step) values.add(at);
  }
  return [...values].sort((a, b) => a - b);
}

function value(text: string, field: CronField): number | undefined {
  const named = field.names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + (field.low === 1 ? 1 : 0);
  if (!/^\d+$/.test(text)) return undefined;
  const number = Number(text);
  return number >= field.low && number <= field.high ? number : undefined;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
