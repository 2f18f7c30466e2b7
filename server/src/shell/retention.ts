import { parseTimeSpan } from "./time-span.ts";

export type RetentionUnit = "hour" | "day" | "week" | "month" | "year";

/** A rule that keeps snapshots; several rules add up, and a snapshot kept by two counts once. */
export type KeepRule =
  /** The newest `count`, whatever their age. */
  | { per: "recent"; count: number }
  /** `each` snapshots of every hour, day, … for the last `buckets` of them; for ever when `buckets` is absent. */
  | { per: RetentionUnit; each: number; buckets?: number };

export type Retention =
  /** Everything younger than this is kept. `Infinity` for `infinity`. */
  { kind: "span"; seconds: number } | { kind: "policy"; rules: KeepRule[] } | { kind: "invalid"; message: string };

/** Seconds of the units that retention is counted in; months and years as systemd has them (30.44 and 365.25 days). */
export const UNIT_SECONDS: Readonly<Record<RetentionUnit, number>> = {
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_629_800,
  year: 31_557_600,
};

/**
 * Reads how long snapshots are kept: a time span with units (`30d`, `2 weeks`), or rules joined by `+`, commas or
 * “and” (`5 recent + 1/week for 4 weeks + 1/month`, `last 5, 7 daily`). A bare number is invalid, since it may count
 * days as well as snapshots. btrbk's and snapper's own forms have readers of their own.
 */
export function parseRetention(text: string): Retention {
  const trimmed = text.trim().replace(/\s+/g, " ");
  if (trimmed === "") return { kind: "invalid", message: "The retention is empty." };
  if (/^\d+$/.test(trimmed)) {
    return {
      kind: "invalid",
      message: `“${trimmed}” has no unit: days or snapshots? Write ${trimmed}d or ${trimmed} recent.`,
    };
  }
  const span = parseTimeSpan(trimmed);
  if (span.ok && span.seconds === 0) return { kind: "invalid", message: "A retention of zero keeps nothing." };
  if (span.ok) return { kind: "span", seconds: span.seconds };
  const rules: KeepRule[] = [];
  for (const term of trimmed.split(/ ?[+,;&] ?| and /i)) {
    const rule = readRule(term.trim().toLowerCase());
    if (!rule)
      return {
        kind: "invalid",
        message: `“${term}” is neither a time span (30d) nor a rule (5 recent, 1/week for 4 weeks).`,
      };
    rules.push(rule);
  }
  return { kind: "policy", rules };
}

const UNIT_WORDS: Readonly<Record<string, RetentionUnit>> = {
  hourly: "hour",
  daily: "day",
  weekly: "week",
  monthly: "month",
  yearly: "year",
};
const UNIT = "(hour|day|week|month|year)s?";
const EACH = new RegExp(
  `^(?:keep )?(\\d+) ?(?:/|per|a|an|each|every) ?${UNIT}(?: for (?:the last )?(\\d+ )?${UNIT})?$`,
);

function readRule(term: string): KeepRule | undefined {
  const recent =
    /^(?:keep )?(?:the )?(\d+) (?:most )?(?:recent|latest|newest|last)$/.exec(term) ??
    /^(?:keep )?(?:the )?(?:last|latest|newest|most recent) (\d+)$/.exec(term);
  if (recent) return { per: "recent", count: Number(recent[1]) };
  const named = /^(?:keep )?(\d+) (hourly|daily|weekly|monthly|yearly)$/.exec(term);
  if (named) return { per: UNIT_WORDS[named[2]!]!, each: 1, buckets: Number(named[1]) };
  const match = EACH.exec(term);
  if (!match) return undefined;
  const [, each, unit, count, lasting] = match;
  const per = unit as RetentionUnit;
  if (lasting === undefined) return { per, each: Number(each) };
  const seconds = Number(count ?? 1) * UNIT_SECONDS[lasting as RetentionUnit];
  return { per, each: Number(each), buckets: Math.max(1, Math.round(seconds / UNIT_SECONDS[per])) };
}

export interface SnapshotCount {
  /** Snapshots of one source that exist once the first ones are deleted; `Infinity` when none ever is. */
  perSource: number;
  total: number;
}

/**
 * How many snapshots exist when one is taken of each source every `periodSeconds` and kept for `retentionSeconds`:
 * 6 hours, 30 days and 4 sources make 480. Undefined for a period that is not positive or a negative retention.
 */
export function expectedSnapshots(given: {
  periodSeconds: number;
  retentionSeconds: number;
  sources?: number;
}): SnapshotCount | undefined {
  const { periodSeconds, retentionSeconds, sources = 1 } = given;
  if (!(periodSeconds > 0) || !(retentionSeconds >= 0) || !(sources >= 0)) return undefined;
  // The newest one is always there, also when the next is taken only after it has expired.
  const perSource = Math.max(1, Math.floor(retentionSeconds / periodSeconds));
  return { perSource, total: sources === 0 ? 0 : perSource * sources };
}

/**
 * How many snapshots rules keep at most, when one is taken every `periodSeconds`. Snapshots that several rules keep are
 * counted by each of them, so this is an upper bound; `Infinity` when a rule has no end.
 */
export function mostKept(rules: readonly KeepRule[], periodSeconds: number, sources = 1): SnapshotCount | undefined {
  if (!(periodSeconds > 0)) return undefined;
  let perSource = 0;
  for (const rule of rules) {
    if (rule.per === "recent") perSource += rule.count;
    else {
      const buckets = rule.buckets ?? Number.POSITIVE_INFINITY;
      const taken = (buckets * UNIT_SECONDS[rule.per]) / periodSeconds;
      perSource += rule.each === 0 ? 0 : Math.min(rule.each * buckets, Math.max(1, Math.floor(taken)));
    }
  }
  return { perSource, total: sources === 0 ? 0 : perSource * sources };
}
