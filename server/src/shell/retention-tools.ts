import { type KeepSpan, type RetentionPolicy, type RetentionUnit, UNIT_SECONDS } from "./retention.ts";

export type BtrbkPreserve =
  /** `no` gives no spans. */
  { ok: true; spans: KeepSpan[] } | { ok: false; message: string };

export type BtrbkPreserveMin =
  /** Nothing is ever deleted, whatever `preserve` says. */
  | { ok: true; kind: "all" }
  | { ok: true; kind: "latest" }
  /** Only targets and archives may keep nothing. */
  | { ok: true; kind: "no" }
  | { ok: true; kind: "span"; span: KeepSpan }
  | { ok: false; message: string };

export type SnapperLimit = { ok: true; least: number; most: number } | { ok: false; message: string };

const LETTERS: Readonly<Record<string, RetentionUnit>> = { h: "hour", d: "day", w: "week", m: "month", y: "year" };
const EVERY = Number.POSITIVE_INFINITY;

/**
 * Reads the value of btrbk's `snapshot_preserve`, `target_preserve` or `archive_preserve`: `no`, or counts with `h`,
 * `d`, `w`, `m`, `y` in any order, `*` for all (`14d 4w *m`). `14d` keeps today's and those of the 14 days before.
 * Source: btrbk.conf(5), "Retention Policy", and the answers of btrbk 0.32.5.
 */
export function parseBtrbkPreserve(text: string): BtrbkPreserve {
  const trimmed = text.trim();
  if (trimmed === "no") return { ok: true, spans: [] };
  if (trimmed === "")
    return { ok: false, message: "The policy is empty; write “no” to keep nothing beyond the minimum." };
  const spans: KeepSpan[] = [];
  for (const token of trimmed.split(/\s+/)) {
    const match = /^(\*|\d+)([hdwmyHDWMY])$/.exec(token);
    if (!match) return { ok: false, message: preserveProblem(token, trimmed) };
    const unit = LETTERS[match[2]!.toLowerCase()]!;
    if (spans.some((span) => span.unit === unit)) return { ok: false, message: `“${trimmed}” counts ${unit}s twice.` };
    const count = Number(match[1]);
    // A count of zero switches the rule off.
    const last = match[1] === "*" ? EVERY : count === 0 ? 0 : count + 1;
    spans.push({ unit, each: 1, last });
  }
  return { ok: true, spans };
}

function preserveProblem(token: string, text: string): string {
  if (token.includes(",")) return `“${text}” has commas; btrbk wants spaces: ${text.replace(/\s*,\s*/g, " ")}.`;
  if (token === "no") return "“no” stands alone.";
  if (token === "all" || token === "latest") return `“${token}” is a value for the option that ends in _min.`;
  return `“${token}” is not a count with h, d, w, m or y, such as 14d or *m.`;
}

/**
 * Reads btrbk's `…_preserve_min`, whose default is `all`: `all`, `latest`, or one count with a unit (`2d`). `of` is
 * what the option is about: snapshots refuse `no` and counts that begin with zero. Source: btrbk.conf(5), btrbk 0.32.5.
 */
export function parseBtrbkPreserveMin(text: string, of: "snapshot" | "target" | "archive"): BtrbkPreserveMin {
  const trimmed = text.trim();
  if (trimmed === "all" || trimmed === "latest") return { ok: true, kind: trimmed };
  if (trimmed === "no" && of !== "snapshot") return { ok: true, kind: "no" };
  if (trimmed === "no")
    return { ok: false, message: "Snapshots cannot have a minimum of “no”; write “latest” to keep only the newest." };
  const match = (of === "snapshot" ? /^([1-9]\d*)([hdwmy])$/ : /^(\d+)([hdwmy])$/).exec(trimmed);
  if (match) {
    return { ok: true, kind: "span", span: { unit: LETTERS[match[2]!]!, each: EVERY, last: Number(match[1]) + 1 } };
  }
  return {
    ok: false,
    message: `“${trimmed}” is neither “all”, “latest” nor one count with h, d, w, m or y, such as 2d.`,
  };
}

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/**
 * What btrbk keeps of one subvolume by these settings. `weekday` is `preserve_day_of_week` (sunday unless it is set) and
 * `hour` is `preserve_hour_of_day`; months and years begin with their first such weekday.
 */
export function btrbkPolicy(
  minimum: BtrbkPreserveMin & { ok: true },
  preserve: BtrbkPreserve & { ok: true },
  weekday = "sunday",
  hour = 0,
): RetentionPolicy {
  const spans = preserve.spans.filter(({ last }) => last > 0);
  return {
    newest: minimum.kind === "latest" ? 1 : 0,
    youngerThan: minimum.kind === "all" ? EVERY : 0,
    spans: minimum.kind === "span" ? [minimum.span, ...spans] : spans,
    counting: "calendar",
    calendar: { weekStart: Math.max(0, WEEKDAYS.indexOf(weekday)), hourOfDay: hour, monthsOfWeeks: true },
  };
}

/**
 * Reads a limit of snapper's cleanup (`TIMELINE_LIMIT_DAILY` and the like): a count, or a range `5-10` within which
 * free space decides. Source: snapper-configs(5). A range that runs backwards is taken for a mistake.
 */
export function parseSnapperLimit(value: string | number): SnapperLimit {
  const match = /^(\d+)(?:-(\d+))?$/.exec(String(value).trim());
  if (!match) return { ok: false, message: `“${value}” is neither a count (10) nor a range (5-10).` };
  const least = Number(match[1]);
  const most = Number(match[2] ?? match[1]);
  if (least > most) return { ok: false, message: `The range “${value}” runs backwards.` };
  return { ok: true, least, most };
}

/** snapper's limits by the end of their names, each with its unit and what NixOS sets when nobody does. */
export const SNAPPER_LIMITS: readonly (readonly [name: string, unit: RetentionUnit, usual: number])[] = [
  ["HOURLY", "hour", 10],
  ["DAILY", "day", 10],
  ["WEEKLY", "week", 0],
  ["MONTHLY", "month", 10],
  ["QUARTERLY", "quarter", 0],
  ["YEARLY", "year", 10],
];

/**
 * What snapper's timeline cleanup keeps: of each kind the first snapshots of the last so many hours, days, … that hold
 * one, and what is younger than `TIMELINE_MIN_AGE` (seconds). `limits` are in the order of `SNAPPER_LIMITS`. Source:
 * client/cleanup.cc; where free space decides within a range, this is the most that stays.
 */
export function snapperPolicy(limits: readonly number[], minimumAge: number): RetentionPolicy {
  return {
    newest: 0,
    youngerThan: minimumAge,
    spans: SNAPPER_LIMITS.flatMap(([, unit], index) => {
      const last = limits[index] ?? 0;
      return last > 0 ? [{ unit, each: 1, last }] : [];
    }),
  };
}

/** sanoid's kinds, each a series of snapshots of its own, with their length as sanoid counts it in seconds. */
export const SANOID_KINDS: readonly (readonly [name: string, seconds: number])[] = [
  ["hourly", UNIT_SECONDS.hour],
  ["daily", UNIT_SECONDS.day],
  ["weekly", UNIT_SECONDS.week],
  ["monthly", 31 * UNIT_SECONDS.day],
  ["yearly", UNIT_SECONDS.year],
];

/** What sanoid keeps of one kind: neither the newest `count` are pruned nor what is younger than so many of its lengths. */
export function sanoidPolicy(count: number, seconds: number): RetentionPolicy {
  return { newest: count, youngerThan: count * seconds, spans: [] };
}
