import type { Host } from "../../host/host.ts";
import { parseCalendar } from "../../shell/calendar.ts";
import { elapsesText, namesCalendar } from "../hovers/time-hover.ts";
import type { Completion } from "./completion.ts";
import { type Cursor, concerns } from "./cursor.ts";

/** What people write most, and how it reads. */
const USUAL: readonly (readonly [expression: string, words: string])[] = [
  ["hourly", "every hour"],
  ["daily", "every day at midnight"],
  ["weekly", "every Monday at midnight"],
  ["monthly", "on the first of every month"],
  ["*:0/15", "every quarter of an hour"],
  ["00/6:00:00", "every six hours"],
  ["*-*-* 03:00:00", "every night at three"],
  ["Sun *-*-* 04:00:00", "on Sundays at four"],
  ["Mon..Fri 18:00:00", "on working days at six in the evening"],
  ["*-*-01 05:00:00", "on the first of every month at five"],
];

/** Calendar expressions, each with when it elapses next. */
export function calendarCompletions(cursor: Cursor, hosts: readonly Host[], now: number): readonly Completion[] {
  if (cursor.in !== "text") return [];
  const isUsed = hosts.some(({ calendars }) => calendars.some(({ expression }) => concerns(cursor, expression.place)));
  // An empty one is none yet.
  const isEmpty = cursor.word.start === cursor.word.end && cursor.name !== undefined && namesCalendar(cursor.name);
  if (!isUsed && !isEmpty) return [];
  return USUAL.flatMap(([expression, words], rank): Completion[] => {
    const parsed = parseCalendar(expression);
    if (!parsed.ok) return [];
    return [
      {
        label: expression,
        kind: "calendar",
        text: expression,
        span: cursor.word,
        detail: words,
        documentation: elapsesText(parsed.spec, hosts, now),
        rank,
      },
    ];
  });
}
