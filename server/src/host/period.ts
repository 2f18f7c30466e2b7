import type { OptionNode } from "../modules/option-node.ts";
import { calendarPeriod, parseCalendar } from "../shell/calendar.ts";
import { parseTimeSpan } from "../shell/time-span.ts";
import type { CalendarUse, Known } from "./host.ts";
import { readString } from "./read-values.ts";
import { known, notKnown } from "./verdict.ts";

/** Seconds between two elapses of a calendar expression, or why there is no such number. */
export function calendarSeconds(expression: Known<string>): Known<number> {
  if (!expression.known) return expression;
  const parsed = parseCalendar(expression.value);
  if (!parsed.ok) return notKnown(parsed.message, expression.place);
  const seconds = calendarPeriod(parsed.spec);
  return seconds === undefined
    ? notKnown("the calendar expression never elapses twice", expression.place)
    : known(seconds, expression.place);
}

/** Seconds of a time span such as `30d`. */
export function spanSeconds(text: Known<string>): Known<number> {
  if (!text.known) return text;
  const parsed = parseTimeSpan(text.value);
  return parsed.ok ? known(parsed.seconds, text.place) : notKnown(parsed.message, text.place);
}

/** Seconds meant by a text that people write as either: `6h` or `daily`. */
export function frequencySeconds(text: Known<string>): Known<number> {
  const calendar = calendarSeconds(text);
  if (calendar.known) return calendar;
  const span = spanSeconds(text);
  return span.known ? span : calendar;
}

/** Seconds between two runs of a service, by the timers that start it; undefined when none does. */
export function unitPeriod(
  root: OptionNode,
  calendars: readonly CalendarUse[],
  unit: string,
): Known<number> | undefined {
  const periods = calendars.filter(({ timer }) => timer === unit).map(({ expression }) => calendarSeconds(expression));
  const repeat = readString(root.at("systemd", "timers", unit, "timerConfig", "OnUnitActiveSec"));
  if (repeat) periods.push(spanSeconds(repeat));
  const hidden = periods.find((period) => !period.known);
  if (hidden) return hidden;
  return periods.reduce<Known<number> | undefined>(
    (best, period) => (best?.known && period.known && best.value <= period.value ? best : period),
    undefined,
  );
}
