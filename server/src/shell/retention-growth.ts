/** Keeps snapshots of the last `buckets` spans of time, `each` of every span; for ever when `buckets` is absent. */
export interface KeepSpan {
  readonly seconds: number;
  readonly each: number;
  readonly buckets?: number;
}

/** What decides which snapshots of one source stay. */
export interface KeepPolicy {
  /** The newest so many. */
  readonly recent: number;
  /** Everything younger than this many seconds; `Infinity` when nothing is ever deleted. */
  readonly youngerThan: number;
  readonly spans: readonly KeepSpan[];
}

/** The snapshots of one source after a time. */
export interface Growth {
  readonly count: number;
  /** Age of the oldest one in seconds. */
  readonly oldest: number;
}

/** So many snapshots are looked at one by one; a series with more is thinned out beyond the first. */
const MOST_STEPS = 100_000;

/**
 * The snapshots of one source that exist `after` seconds of taking one every `period` seconds, the first at the start and
 * the last at the end. Of every span the first snapshot stays, as btrbk and snapper do it. Undefined for a period that is
 * not positive, or when there are too many to count.
 */
export function growthAfter(policy: KeepPolicy, period: number, after: number): Growth | undefined {
  if (!(period > 0) || !(after >= 0)) return undefined;
  const steps = Math.floor(after / period);
  if (steps > MOST_STEPS) return undefined;
  const end = steps * period;
  const kept = new Set<number>();
  for (let back = 0; back < policy.recent && back <= steps; back++) kept.add(steps - back);
  for (let step = steps; step >= 0 && end - step * period < policy.youngerThan; step--) kept.add(step);
  for (const { seconds, each, buckets = Number.POSITIVE_INFINITY } of policy.spans) {
    const last = Math.floor(end / seconds);
    const perSpan = new Map<number, number>();
    for (let step = 0; step <= steps && each > 0; step++) {
      const span = Math.floor((step * period) / seconds);
      const here = perSpan.get(span) ?? 0;
      if (span <= last - buckets || here >= each) continue;
      perSpan.set(span, here + 1);
      kept.add(step);
    }
  }
  // The newest is always there: it is deleted at the earliest when the next is taken.
  kept.add(steps);
  return { count: kept.size, oldest: end - Math.min(...firstOf(kept)) * period };
}

/** Whether snapshots become more for as long as the host runs. */
export function growsForEver({ youngerThan, spans }: KeepPolicy): boolean {
  return (
    youngerThan === Number.POSITIVE_INFINITY || spans.some(({ each, buckets }) => each > 0 && buckets === undefined)
  );
}

function firstOf(steps: ReadonlySet<number>): [number] {
  let least = Number.POSITIVE_INFINITY;
  for (const step of steps) if (step < least) least = step;
  return [least];
}
