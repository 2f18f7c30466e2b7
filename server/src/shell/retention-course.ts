import { type KeepRule, type Retention, UNIT_SECONDS } from "./retention.ts";

/** How many snapshots of one source a policy leads to over time. Ages and periods are in seconds. */
export interface RetentionCourse {
  /** The number once the first ones are deleted; `Infinity` when some are kept for ever. */
  readonly steady: number;
  /** Age of the oldest one that is kept then; `Infinity` when some are kept for ever. */
  readonly oldestSeconds: number;
  /** Snapshots that every further year adds for ever; 0 for a policy with an end. */
  readonly growthPerYear: number;
  /** The number after a day, a week, a month, a year and five years of running. */
  readonly after: readonly { readonly seconds: number; readonly count: number }[];
}

/** More snapshots than this are not walked through one by one; the number is then an upper bound. */
const MOST_WALKED = 200_000;
const YEAR = UNIT_SECONDS.year;
const MOMENTS = [UNIT_SECONDS.day, UNIT_SECONDS.week, UNIT_SECONDS.month, YEAR, 5 * YEAR];

/**
 * What becomes of a policy when one snapshot is taken every `periodSeconds` and the policy is applied after each: how
 * many there are, how old the oldest gets, whether it ever ends. “infinite” is a policy that never deletes. Of each
 * hour, day, … the first snapshot is kept, as btrbk and snapper do; tools that keep the last come to the same number
 * give or take one for each rule. Undefined for an invalid policy and for a period that is not positive.
 */
export function describeRetention(
  retention: Retention | { readonly kind: "infinite" },
  periodSeconds: number,
): RetentionCourse | undefined {
  if (!(periodSeconds > 0) || !Number.isFinite(periodSeconds) || retention.kind === "invalid") return undefined;
  const keep = keeper(retention);
  const horizon = keep.endsAt(periodSeconds);
  const growthPerYear = keep.growthPerYear(periodSeconds);
  const endless = growthPerYear > 0;
  const last = endless ? undefined : keptWithin(keep, periodSeconds, horizon + periodSeconds);
  return {
    steady: last ? last.count : Number.POSITIVE_INFINITY,
    oldestSeconds: last ? last.oldest : Number.POSITIVE_INFINITY,
    growthPerYear,
    after: MOMENTS.map((seconds) => ({ seconds, count: keptWithin(keep, periodSeconds, seconds).count })),
  };
}

interface Keeper {
  readonly span: number;
  readonly rules: readonly KeepRule[];
  /** An age at which nothing is kept any more by the rules that end. */
  endsAt(period: number): number;
  growthPerYear(period: number): number;
}

function keeper(retention: Exclude<Retention, { kind: "invalid" }> | { readonly kind: "infinite" }): Keeper {
  const span =
    retention.kind === "infinite" ? Number.POSITIVE_INFINITY : retention.kind === "span" ? retention.seconds : 0;
  const rules = retention.kind === "policy" ? retention.rules : [];
  return {
    span,
    rules,
    endsAt: (period) =>
      Math.max(
        Number.isFinite(span) ? span : 0,
        ...rules.map((rule) =>
          rule.per === "recent" ? rule.count * period : (rule.buckets ?? 0) * UNIT_SECONDS[rule.per],
        ),
      ),
    growthPerYear: (period) => {
      if (span === Number.POSITIVE_INFINITY) return YEAR / period;
      const endless = rules.map((rule) =>
        rule.per === "recent" || rule.buckets !== undefined || rule.each === 0
          ? 0
          : Math.min(YEAR / period, (rule.each * YEAR) / UNIT_SECONDS[rule.per]),
      );
      // The same snapshots serve the finer rule and the coarser one.
      return Math.max(0, ...endless);
    },
  };
}

/**
 * The kept ones after `running` seconds, the newest taken just now. Units have one length each (a month 30.44 days) and
 * begin together with the first snapshot.
 */
function keptWithin(keep: Keeper, period: number, running: number): { count: number; oldest: number } {
  const taken = Math.floor(running / period + 1e-9) + 1;
  if (taken > MOST_WALKED) return roughly(keep, period, running, taken);
  const counts = keep.rules.map(() => ({ bucket: -1, kept: 0 }));
  const now = (taken - 1) * period;
  let count = 0;
  let oldest = 0;
  for (let index = 0; index < taken; index++) {
    const time = index * period;
    const age = now - time;
    // The newest is there in any case: it was just taken.
    let isKept = index === taken - 1 || age < keep.span;
    for (const [at, rule] of keep.rules.entries()) {
      if (rule.per === "recent") {
        if (taken - index <= rule.count) isKept = true;
        continue;
      }
      const unit = UNIT_SECONDS[rule.per];
      const bucket = Math.floor(time / unit + 1e-9);
      const state = counts[at];
      if (!state) continue;
      if (state.bucket !== bucket) {
        state.bucket = bucket;
        state.kept = 0;
      }
      state.kept++;
      const isYoung = Math.floor(now / unit + 1e-9) - bucket < (rule.buckets ?? Number.POSITIVE_INFINITY);
      if (state.kept <= rule.each && isYoung) isKept = true;
    }
    if (!isKept) continue;
    count++;
    oldest = Math.max(oldest, age);
  }
  return { count, oldest };
}

function roughly(keep: Keeper, period: number, running: number, taken: number): { count: number; oldest: number } {
  const bySpan = Math.min(taken, Math.ceil(Math.min(keep.span, running) / period));
  const byRules = keep.rules.reduce((sum, rule) => {
    if (rule.per === "recent") return sum + rule.count;
    const buckets = Math.min(rule.buckets ?? Number.POSITIVE_INFINITY, Math.ceil(running / UNIT_SECONDS[rule.per]));
    return sum + Math.min(buckets * rule.each, (buckets * UNIT_SECONDS[rule.per]) / period);
  }, 0);
  const oldest = Math.min(running, Math.max(Math.min(keep.span, running), keep.endsAt(period)));
  return { count: Math.max(1, Math.min(taken, Math.round(bySpan + byRules))), oldest };
}
