/** What retention is counted in. A quarter begins in January, April, July and October. */
export type RetentionUnit = "hour" | "day" | "week" | "month" | "quarter" | "year";

/** Keeps the first `each` snapshots (`Infinity` for all) of every hour, day, … for the last `last` of them (`Infinity` for ever). */
export interface KeepSpan {
  readonly unit: RetentionUnit;
  readonly each: number;
  readonly last: number;
}

/** Where days, weeks and months begin. */
export interface RetentionCalendar {
  /** 0 is Sunday; weeks begin on Monday unless this says otherwise. */
  readonly weekStart?: number;
  /** The hour at which a day begins, 0 unless this says otherwise. */
  readonly hourOfDay?: number;
  /** Months begin with their first whole week, as btrbk counts them. */
  readonly monthsOfWeeks?: boolean;
}

/**
 * Which snapshots of one source stay: those that any part keeps. This is the one form of every retention policy, of
 * tools and of hosts; `applyRetention` says what it keeps, `growthAfter` and `steadyState` what it leads to.
 */
export interface RetentionPolicy {
  /** The newest so many. */
  readonly newest: number;
  /** All that are younger than this many seconds; `Infinity` when nothing is ever deleted. */
  readonly youngerThan: number;
  readonly spans: readonly KeepSpan[];
  /**
   * What the last days, weeks, … are: those that hold a snapshot (the default, as snapper counts; a host that was off for
   * a month loses nothing), or those of the calendar (as btrbk counts, today being the first).
   */
  readonly counting?: "held" | "calendar";
  readonly calendar?: RetentionCalendar;
}

/** Seconds of the units; months and years as systemd has them (30.44 and 365.25 days). */
export const UNIT_SECONDS: Readonly<Record<RetentionUnit, number>> = {
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_629_800,
  quarter: 7_889_400,
  year: 31_557_600,
};

/** Whether a policy makes snapshots become more for as long as they are taken. */
export function growsForEver({ youngerThan, spans }: RetentionPolicy): boolean {
  return (
    youngerThan === Number.POSITIVE_INFINITY ||
    spans.some(({ each, last }) => each > 0 && last === Number.POSITIVE_INFINITY)
  );
}

/** A policy in words, such as “the 5 newest, one a week for 4 weeks and one a month for ever”. */
export function policyWords(policy: RetentionPolicy): string {
  const { newest, youngerThan, spans } = policy;
  if (youngerThan === Number.POSITIVE_INFINITY) return "all of them, for ever";
  const parts = [
    ...(newest > 0 ? [newest === 1 ? "the newest" : `the ${newest} newest`] : []),
    ...(youngerThan > 0 ? [`all younger than ${secondsWords(youngerThan)}`] : []),
    ...spans.filter(({ each, last }) => each > 0 && last > 0).map(spanWords),
  ];
  if (parts.length === 0) return "none";
  const last = parts.pop() as string;
  return parts.length === 0 ? last : `${parts.join(", ")} and ${last}`;
}

function spanWords({ unit, each, last }: KeepSpan): string {
  const of = each === Number.POSITIVE_INFINITY ? "all" : each === 1 ? "one" : String(each);
  if (last === Number.POSITIVE_INFINITY) return `${of} of each ${unit} for ever`;
  if (each === Number.POSITIVE_INFINITY) return `all of the last ${last === 1 ? unit : `${last} ${unit}s`}`;
  return `${of} of each of the last ${last === 1 ? unit : `${last} ${unit}s`}`;
}

/** A length of time in the largest unit that divides it: “2 days”, “90 minutes”. */
export function secondsWords(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [UNIT_SECONDS.year, "year"],
    [UNIT_SECONDS.month, "month"],
    [UNIT_SECONDS.week, "week"],
    [UNIT_SECONDS.day, "day"],
    [UNIT_SECONDS.hour, "hour"],
    [60, "minute"],
    [1, "second"],
  ];
  const [size, name] = units.find(([unit]) => seconds >= unit && seconds % unit === 0) ?? [1, "second"];
  // Beyond a month people count days.
  const [unit, word] = name === "week" && seconds > 4 * size ? [UNIT_SECONDS.day, "day"] : [size, name];
  const count = Math.round((seconds / unit) * 10) / 10;
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
