import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { calendarPeriod, nextElapses, parseCalendar } from "./calendar.ts";
import { calendarOfCron } from "./cron.ts";
import { suggestCalendar } from "./suggest-calendar.ts";

const EXACT: Record<string, string> = {
  "6h": "00/6:00:00",
  "every 6 hours": "00/6:00:00",
  "6 hours": "00/6:00:00",
  "6hrs": "00/6:00:00",
  "every 12h": "00/12:00:00",
  "1h": "hourly",
  "60min": "hourly",
  "15min": "*:0/15",
  "15 mins": "*:0/15",
  "every minute": "minutely",
  "10s": "*:*:0/10",
  "1d": "daily",
  "24h": "daily",
  "1w": "weekly",
  "7d": "weekly",
  "1 month": "monthly",
  "1M": "monthly",
  "2M": "*-01/2-01",
  "3M": "quarterly",
  "1y": "yearly",
  "@daily": "*-*-* 00:00:00",
  "@weekly": "Sun *-*-* 00:00:00",
  "0 */6 * * *": "*-*-* 00/6:00:00",
  "30 3 * * 1-5": "Mon,Tue,Wed,Thu,Fri *-*-* 03:30:00",
  "daily 03:00": "*-*-* 03:00",
  "daily at 3am": "*-*-* 03:00",
  "every day at 3:30 pm": "*-*-* 15:30",
  "weekly 03:00": "Mon *-*-* 03:00",
  "monthly 3:00": "*-*-01 03:00",
  "every monday at 03:00": "Mon 03:00",
  mondays: "Mon",
  "weekdays 18:00": "Mon..Fri 18:00",
  "3am": "03:00",
  "12am": "00:00",
  "*-*-* 3": "*-*-* 03:00",
  "*/6:00": "00/6:00",
  "*:*/15": "*:00/15",
  "*-*-*/2": "*-*-01/2",
  "2026-12-24T18:00": "2026-12-24 18:00",
  midnight: "daily",
  nightly: "daily",
  "twice a day": "00/12:00:00",
  " daily ": "daily",
  daily: "daily",
};

/** Texts with an answer that differs from what was said, and says so. */
const NEAR: Record<string, string> = {
  "30d": "monthly",
  "2w": "*-*-01,15",
  biweekly: "*-*-01,15",
  "24:00": "00:00",
  "daily 24:00": "*-*-* 00:00",
  "5h": "00/5:00:00",
  "3d": "*-*-01/3",
  "10 days": "*-*-01,11,21",
  "90d": "quarterly",
};

const NONE = [
  ..."25:00 23:60 45min 90min 13h 42d 7s 1.5s 100ms infinity 5 0 -1h @reboot sometimes 13pm Mon..Foo 8d 5M".split(" "),
  ...["", " ", "0 0 1 * 1", "0 5/10 * * *", "61 * * * *", "* * * *", "weekly 25:00", "monthly 24:00", "bimonthly"],
];

describe("suggestCalendar", () => {
  it.each(Object.entries(EXACT))("reads %j as %j", (text, calendar) => {
    expect(suggestCalendar(text)).toEqual({ calendar });
  });

  it.each(Object.entries(NEAR))("reads %j as %j, with a note", (text, calendar) => {
    expect(suggestCalendar(text)).toEqual({ calendar, note: expect.stringMatching(/\w/) });
  });

  it.each(NONE)("makes nothing of %j", (text) => {
    expect(suggestCalendar(text)).toBeUndefined();
  });

  it("suggests only what systemd accepts", () => {
    const calendars = [...Object.keys(EXACT), ...Object.keys(NEAR)].map((text) => suggestCalendar(text)!.calendar);
    const run = spawnSync("systemd-analyze", ["calendar", "--", ...calendars], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.status).toBe(0);
    expect(run.stdout.match(/^Normalized form:/gm)).toHaveLength(calendars.length);
  });

  it("elapses as often as the span says, wherever it gives no note", () => {
    for (const [text, seconds] of [
      ["6h", 21_600],
      ["15min", 900],
      ["1d", 86_400],
      ["1w", 604_800],
      ["10s", 10],
    ] as const) {
      const parse = parseCalendar(suggestCalendar(text)!.calendar);
      expect(parse.ok && calendarPeriod(parse.spec)).toBe(seconds);
    }
  });
});

describe("calendarOfCron", () => {
  /** Cron's own rule, minute by minute, over a list of allowed values per field. */
  const cases: [line: string, matches: (at: Date) => boolean][] = [
    ["0 */6 * * *", (at) => at.getUTCMinutes() === 0 && at.getUTCHours() % 6 === 0],
    ["*/45 * * * *", (at) => at.getUTCMinutes() % 45 === 0],
    ["5-20/5 1,13 * * *", (at) => [5, 10, 15, 20].includes(at.getUTCMinutes()) && [1, 13].includes(at.getUTCHours())],
    ["30 3 * * 0,6", (at) => at.getUTCMinutes() === 30 && at.getUTCHours() === 3 && [0, 6].includes(at.getUTCDay())],
    ["0 0 * * 5-7", (at) => at.getUTCMinutes() + at.getUTCHours() === 0 && [5, 6, 0].includes(at.getUTCDay())],
    [
      "0 4 */10 feb-mar *",
      (at) =>
        at.getUTCMinutes() === 0 &&
        at.getUTCHours() === 4 &&
        [1, 11, 21, 31].includes(at.getUTCDate()) &&
        [1, 2].includes(at.getUTCMonth()),
    ],
  ];
  it.each(cases)("%s runs at the same minutes", (line, matches) => {
    const parse = parseCalendar(calendarOfCron(line)!);
    const start = Date.UTC(2026, 1, 1);
    const end = Date.UTC(2026, 3, 15);
    const wanted: number[] = [];
    for (let at = start; at < end; at += 60_000) if (matches(new Date(at))) wanted.push(at * 1000);
    const elapses = parse.ok ? nextElapses(parse.spec, start * 1000 - 1, wanted.length, "UTC") : undefined;
    expect(elapses).toEqual({ kind: "at", instants: wanted });
  });
});
