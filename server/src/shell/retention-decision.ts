import { type KeepSpan, policyWords, type RetentionCalendar, type RetentionPolicy, secondsWords } from "./retention.ts";
import { bucketOf } from "./retention-buckets.ts";

/** A snapshot as retention sees it: any object with the time at which it was taken. */
export interface DatedSnapshot {
  /** Unix seconds; undefined when nothing says it. */
  readonly taken: number | undefined;
}

/** What becomes of one snapshot. */
export interface RetentionDecision<S extends DatedSnapshot> {
  readonly snapshot: S;
  readonly keep: boolean;
  /** Completes “kept: …” or “deleted: …”. */
  readonly reason: string;
}

/** A local time in place of a time in UTC, both in seconds since 1970. */
export type LocalTime = (unixSeconds: number) => number;

const ALREADY_LOCAL: LocalTime = (seconds) => seconds;

/**
 * Which snapshots of one source a policy keeps and which it deletes, with the reason, in the order they were given. `now`
 * is in Unix seconds. Days, weeks and months are those of UTC unless `local` says otherwise. In doubt a snapshot is kept:
 * when its time is not known or lies in the future, and the newest whatever the policy says.
 */
export function applyRetention<S extends DatedSnapshot>(
  policy: RetentionPolicy,
  snapshots: readonly S[],
  now: number,
  local: LocalTime = ALREADY_LOCAL,
): RetentionDecision<S>[] {
  const dated = snapshots
    .flatMap((snapshot) => {
      const { taken } = snapshot;
      return taken !== undefined && Number.isFinite(taken) && taken <= now ? [{ snapshot, taken }] : [];
    })
    .sort((a, b) => a.taken - b.taken);
  const times = dated.map(({ taken }) => taken);
  const reasons = new Map<S, string>();
  for (const [index, keeper] of keptOf(policy, times, now, local)) {
    const found = dated[index];
    if (found) reasons.set(found.snapshot, keeperWords(keeper, policy));
  }
  const newest = dated.at(-1)?.snapshot;
  if (newest && !reasons.has(newest)) reasons.set(newest, "it is the newest");
  const deleted = `the policy keeps ${policyWords(policy)}`;
  return snapshots.map((snapshot) => {
    const { taken } = snapshot;
    if (taken === undefined || !Number.isFinite(taken)) {
      return { snapshot, keep: true, reason: "when it was taken is not known" };
    }
    if (taken > now) return { snapshot, keep: true, reason: "it is dated in the future" };
    const reason = reasons.get(snapshot);
    return { snapshot, keep: reason !== undefined, reason: reason ?? deleted };
  });
}

/** The part of a policy that keeps a snapshot. */
export type Keeper = "newest" | "young" | KeepSpan;

/**
 * The indexes of what stays, with the first part of the policy that keeps it. `times` ascend and are not after `now`.
 */
export function keptOf(
  policy: RetentionPolicy,
  times: readonly number[],
  now: number,
  local: LocalTime = ALREADY_LOCAL,
): Map<number, Keeper> {
  const kept = new Map<number, Keeper>();
  const keep = (index: number, keeper: Keeper) => {
    if (!kept.has(index)) kept.set(index, keeper);
  };
  for (let index = Math.max(0, times.length - policy.newest); index < times.length; index++) keep(index, "newest");
  for (let index = times.length - 1; index >= 0 && now - (times[index] as number) < policy.youngerThan; index--) {
    keep(index, "young");
  }
  for (const span of policy.spans) for (const index of keptBySpan(policy, span, times, now, local)) keep(index, span);
  return kept;
}

function keptBySpan(
  { counting, calendar }: RetentionPolicy,
  { unit, each, last }: KeepSpan,
  times: readonly number[],
  now: number,
  local: LocalTime,
): number[] {
  if (!(each > 0) || !(last > 0)) return [];
  // btrbk counts from the month that it is, whichever week of which month it is.
  const today = bucketOf(unit, local(now), { ...calendar, monthsOfWeeks: false });
  const isLong = unit === "month" || unit === "quarter" || unit === "year";
  const weekly = isLong && calendar?.monthsOfWeeks && Number.isFinite(each);
  const candidates = weekly ? firstsOfWeeks(times, local, calendar) : undefined;
  const count = candidates?.length ?? times.length;
  const at = (index: number) => candidates?.[index] ?? index;
  const bucketAt = (index: number) => bucketOf(unit, local(times[at(index)] as number), calendar);
  const kept: number[] = [];
  let held = 0;
  let end = count;
  // From the newest span to the oldest, each from `start` to `end`.
  while (end > 0) {
    const bucket = bucketAt(end - 1);
    let start = end - 1;
    while (start > 0 && bucketAt(start - 1) === bucket) start--;
    if (counting === "calendar" ? today - bucket >= last : held >= last) break;
    held++;
    for (let index = start; index < end && index - start < each; index++) kept.push(at(index));
    end = start;
  }
  return kept;
}

/** Only the first snapshot of a week can be that of a month which begins with a week. */
function firstsOfWeeks(times: readonly number[], local: LocalTime, calendar: RetentionCalendar): number[] {
  const weeks = times.map((time) => bucketOf("week", local(time), calendar));
  return weeks.flatMap((week, index) => (index > 0 && weeks[index - 1] === week ? [] : [index]));
}

function keeperWords(keeper: Keeper, { newest, youngerThan }: RetentionPolicy): string {
  if (keeper === "newest") return newest === 1 ? "it is the newest" : `it is one of the ${newest} newest`;
  if (keeper === "young") {
    return youngerThan === Number.POSITIVE_INFINITY
      ? "the policy deletes nothing"
      : `it is younger than ${secondsWords(youngerThan)}`;
  }
  const { unit, each, last } = keeper;
  const which =
    each === Number.POSITIVE_INFINITY
      ? `of a ${unit}`
      : each === 1
        ? `the first of its ${unit}`
        : `of the first ${each} of its ${unit}`;
  return last === Number.POSITIVE_INFINITY
    ? `it is ${which}`
    : `it is ${which}, and the last ${last === 1 ? unit : `${last} ${unit}s`} count`;
}
