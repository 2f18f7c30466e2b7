import { growsForEver, type RetentionPolicy, UNIT_SECONDS } from "./retention.ts";
import { bucketOf } from "./retention-buckets.ts";
import { keptOf } from "./retention-decision.ts";

/** Snapshots that are taken apart from each other by one job, such as sanoid's hourly and daily ones. */
export interface SnapshotSeries {
  /** Seconds between two snapshots. */
  readonly period: number;
  readonly policy: RetentionPolicy;
}

/** The snapshots of one source at a time. */
export interface Growth {
  readonly count: number;
  /** Age of the oldest one in seconds. */
  readonly oldest: number;
}

/** So many snapshots are looked at one by one. */
const MOST_STEPS = 200_000;
/** A Monday that begins a month, a quarter and a year, so that all that is counted begins with the first snapshot. */
const START = Date.UTC(2024, 0, 1) / 1000;

/**
 * The snapshots of one source that exist `after` seconds of taking one every `period` seconds, the first at the start of
 * a year and the last at the end; the policy is applied after each, which comes to the same as applying it to all at the
 * end. Undefined for a period that is not positive, or when there are too many to count.
 */
export function growthAfter(series: readonly SnapshotSeries[], after: number): Growth | undefined {
  let count = 0;
  let oldest = 0;
  for (const { period, policy } of series) {
    if (!(period > 0) || !Number.isFinite(period) || !(after >= 0)) return undefined;
    const growth = growthOf(policy, period, Math.floor(after / period + 1e-9));
    if (!growth) return undefined;
    count += growth.count;
    oldest = Math.max(oldest, growth.oldest);
  }
  return { count, oldest };
}

/** What the numbers come to once as many are deleted as are taken, at most; `Infinity` when some are kept for ever. */
export function steadyState(series: readonly SnapshotSeries[]): Growth | undefined {
  if (series.some(({ policy }) => growsForEver(policy))) {
    return { count: Number.POSITIVE_INFINITY, oldest: Number.POSITIVE_INFINITY };
  }
  let count = 0;
  let oldest = 0;
  for (const one of series) {
    const growth = growthAfter([one], horizonOf(one));
    if (!growth) return undefined;
    count += growth.count;
    oldest = Math.max(oldest, growth.oldest);
  }
  return { count, oldest };
}

/** Snapshots that every further year adds for ever; 0 for policies that end. */
export function growthPerYear(series: readonly SnapshotSeries[]): number {
  return series.reduce((sum, { period, policy }) => {
    const most = UNIT_SECONDS.year / period;
    if (policy.youngerThan === Number.POSITIVE_INFINITY) return sum + most;
    const endless = policy.spans.map(({ unit, each, last }) =>
      last === Number.POSITIVE_INFINITY ? Math.min(most, (each * UNIT_SECONDS.year) / UNIT_SECONDS[unit]) : 0,
    );
    // The same snapshots serve the finer rule and the coarser one.
    return sum + Math.max(0, ...endless);
  }, 0);
}

/**
 * A time after which as many go as come: what a policy holds then, at the end of the longest of its spans, is about the
 * most that it ever holds.
 */
function horizonOf({ period, policy }: SnapshotSeries): number {
  const spans = policy.spans.map(({ unit, last }) => (last + 1) * Math.max(UNIT_SECONDS[unit], period));
  const horizon = Math.max(policy.youngerThan, policy.newest * period, ...spans) + period;
  const units = policy.spans.map(({ unit }) => unit).sort((a, b) => UNIT_SECONDS[b] - UNIT_SECONDS[a]);
  const longest = units[0];
  if (longest === undefined) return horizon;
  let step = Math.ceil(horizon / period);
  const bucket = bucketOf(longest, START + step * period, policy.calendar);
  while (step < MOST_STEPS && bucketOf(longest, START + (step + 1) * period, policy.calendar) === bucket) step++;
  return step * period;
}

function growthOf(policy: RetentionPolicy, period: number, steps: number): Growth | undefined {
  if (policy.spans.length === 0 || policy.youngerThan === Number.POSITIVE_INFINITY) {
    const young = Math.ceil(policy.youngerThan / period);
    // The newest is always there: it is deleted at the earliest when the next is taken.
    const count = Math.min(steps + 1, Math.max(1, policy.newest, young));
    return { count, oldest: (count - 1) * period };
  }
  if (steps > MOST_STEPS) return undefined;
  const times = Array.from({ length: steps + 1 }, (_, step) => START + step * period);
  const end = START + steps * period;
  const kept = keptOf(policy, times, end);
  let first = steps;
  for (const index of kept.keys()) first = Math.min(first, index);
  return { count: kept.has(steps) ? kept.size : kept.size + 1, oldest: (steps - first) * period };
}
