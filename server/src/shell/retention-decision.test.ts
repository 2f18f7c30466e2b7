import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketOf } from "./retention-buckets.ts";
import { applyRetention } from "./retention-decision.ts";
import { parseRetention } from "./retention-text.ts";

const HOUR = 3600;
const DAY = 86_400;
const NOW = Date.UTC(2026, 10, 21, 12, 30) / 1000;

function decide(text: string, ages: readonly (number | undefined)[], local?: (time: number) => number) {
  const parsed = parseRetention(text);
  if (!parsed.ok) throw new Error(parsed.message);
  const snapshots = ages.map((age) => ({ age, taken: age === undefined ? undefined : NOW - age }));
  return applyRetention(parsed.policy, snapshots, NOW, local);
}
const keptAges = (...given: Parameters<typeof decide>) =>
  decide(...given).flatMap(({ snapshot, keep }) => (keep ? [snapshot.age] : []));

describe("applyRetention", () => {
  it("keeps by age", () => {
    expect(keptAges("2d", [0, DAY, 2 * DAY - 1, 2 * DAY, 9 * DAY])).toEqual([0, DAY, 2 * DAY - 1]);
  });

  it("keeps the first of each of the last days that hold one", () => {
    // Two snapshots a day at 11:30 and 0:30, and none for a week in between.
    const ages = [HOUR, 12 * HOUR, 8 * DAY + HOUR, 8 * DAY + 12 * HOUR, 9 * DAY + 12 * HOUR];
    expect(keptAges("2 daily", ages)).toEqual([HOUR, 12 * HOUR, 8 * DAY + 12 * HOUR]);
  });

  it("keeps the newest, the undated and the future in any case, and says why", () => {
    const decisions = decide("1 recent", [undefined, -HOUR, 40 * DAY, 41 * DAY]);
    expect(decisions.map(({ keep, reason }) => [keep, reason])).toEqual([
      [true, "when it was taken is not known"],
      [true, "it is dated in the future"],
      [true, "it is the newest"],
      [false, "the policy keeps the newest"],
    ]);
    expect(decide("1d", [9 * DAY, 8 * DAY]).map(({ reason }) => reason)).toEqual([
      "the policy keeps all younger than 1 day",
      "it is the newest",
    ]);
  });

  it("names the part of the policy", () => {
    const reasons = decide("2 recent + 3d + 1/week for 4 weeks", [0, 1, DAY, 20 * DAY]).map(({ reason }) => reason);
    expect(reasons).toEqual([
      "it is one of the 2 newest",
      "it is one of the 2 newest",
      "it is younger than 3 days",
      "it is the first of its week, and the last 4 weeks count",
    ]);
  });

  it("takes days from the clock on the wall", () => {
    // 23:30 and 0:30 in UTC are one day in a zone that is two hours ahead.
    const ages = [12 * HOUR, 13 * HOUR];
    expect(keptAges("1/day", ages)).toEqual(ages);
    expect(keptAges("1/day", ages, (time) => time + 2 * HOUR)).toEqual(ages);
    expect(keptAges("1/day", [0, ...ages], (time) => time + 2 * HOUR)).toEqual([0, 13 * HOUR]);
  });

  it("does not depend on the order, and applying it again deletes nothing", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 800 * DAY }), { maxLength: 60 }),
        fc.constantFrom("30d", "5 recent + 1/week for 4 weeks + 1/month", "2 daily + 3 monthly", "24 hourly, 1 yearly"),
        (ages, text) => {
          const kept = keptAges(text, ages).sort();
          expect(keptAges(text, [...ages].reverse()).sort()).toEqual(kept);
          expect(keptAges(text, kept).sort()).toEqual(kept);
          if (ages.length > 0) expect(kept).toContain(Math.min(...ages));
        },
      ),
    );
  });
});

describe("bucketOf", () => {
  const at = (text: string) => Date.parse(`${text}Z`) / 1000;

  it("begins weeks on Monday, or as it is told", () => {
    const [saturday, sunday, monday] = ["2026-11-21", "2026-11-22", "2026-11-23"].map((day) => at(`${day}T08:00`));
    const weeks = (weekStart: number | undefined) =>
      [saturday, sunday, monday].map((time) =>
        bucketOf("week", time as number, weekStart === undefined ? {} : { weekStart }),
      );
    const [first] = weeks(undefined);
    expect(weeks(undefined)).toEqual([first, first, (first as number) + 1]);
    const [start] = weeks(0);
    expect(weeks(0)).toEqual([start, (start as number) + 1, (start as number) + 1]);
  });

  it("counts months, quarters and years of the calendar", () => {
    for (const [unit, next] of [
      ["month", "2026-12-01T00:00"],
      ["quarter", "2027-01-01T00:00"],
      ["year", "2027-01-01T00:00"],
    ] as const) {
      const end = at(next) - 1;
      expect(bucketOf(unit, end)).toBe(bucketOf(unit, at("2026-11-21T12:00")));
      expect(bucketOf(unit, end + 1)).toBe(bucketOf(unit, end) + 1);
    }
  });

  it("gives the days before a month's first Sunday to the month before, as btrbk does", () => {
    const calendar = { weekStart: 0, monthsOfWeeks: true };
    // 2026-11-01 is a Sunday, 2026-12-06 the first Sunday of December.
    expect(bucketOf("month", at("2026-12-05T12:00"), calendar)).toBe(
      bucketOf("month", at("2026-11-01T00:00"), calendar),
    );
    expect(bucketOf("month", at("2026-12-06T00:00"), calendar)).toBe(bucketOf("month", at("2026-12-31T00:00")));
  });
});
