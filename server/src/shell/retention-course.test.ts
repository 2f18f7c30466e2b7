import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KeepRule, parseRetention, UNIT_SECONDS } from "./retention.ts";
import { describeRetention } from "./retention-course.ts";

const { hour, day, month, year } = UNIT_SECONDS;

/** Takes and deletes one by one, with nothing but the snapshots that are still there. */
function simulate(
  keep: (times: readonly number[], now: number) => ReadonlySet<number>,
  period: number,
  running: number,
) {
  let there: number[] = [];
  for (let now = 0; now <= running + 1e-6; now += period) {
    there.push(now);
    const kept = keep(there, now);
    there = there.filter((time) => kept.has(time));
  }
  return there;
}

function byRules(rules: readonly KeepRule[]) {
  return (times: readonly number[], now: number) => {
    const kept = new Set<number>([now]);
    for (const rule of rules) {
      if (rule.per === "recent") {
        for (const time of rule.count === 0 ? [] : times.slice(-rule.count)) kept.add(time);
        continue;
      }
      const unit = UNIT_SECONDS[rule.per];
      const buckets = new Map<number, number[]>();
      for (const time of times) {
        const bucket = Math.floor(time / unit);
        buckets.set(bucket, [...(buckets.get(bucket) ?? []), time]);
      }
      for (const [bucket, members] of buckets) {
        const isYoung = Math.floor(now / unit) - bucket < (rule.buckets ?? Number.POSITIVE_INFINITY);
        if (isYoung) for (const time of members.slice(0, rule.each)) kept.add(time);
      }
    }
    return kept;
  };
}

describe("describeRetention", () => {
  it("counts a span: 6 hours for 30 days are 120, the oldest just under 30 days", () => {
    expect(describeRetention({ kind: "span", seconds: 30 * day }, 6 * hour)).toEqual({
      steady: 120,
      oldestSeconds: 30 * day - 6 * hour,
      growthPerYear: 0,
      after: [
        { seconds: day, count: 5 },
        { seconds: 7 * day, count: 29 },
        { seconds: month, count: 120 },
        { seconds: year, count: 120 },
        { seconds: 5 * year, count: 120 },
      ],
    });
  });

  it("never ends with one a month for ever", () => {
    const course = describeRetention(parseRetention("5 recent + 1/week for 4 weeks + 1/month"), day);
    expect(course).toMatchObject({ steady: Number.POSITIVE_INFINITY, growthPerYear: 12 });
    const counts = course?.after.map(({ count }) => count) ?? [];
    // Five, four weeks and the months that have passed; some snapshots serve two of these.
    expect(counts[3]).toBeGreaterThan(16);
    expect(counts[3]).toBeLessThanOrEqual(5 + 4 + 13);
    // Four years of months; which snapshots serve two rules differs from day to day.
    expect(Math.abs((counts[4] ?? 0) - (counts[3] ?? 0) - 48)).toBeLessThanOrEqual(1);
  });

  it("grows with each snapshot when nothing is deleted", () => {
    const course = describeRetention({ kind: "infinite" }, day);
    expect(course).toMatchObject({ steady: Number.POSITIVE_INFINITY, growthPerYear: 365.25 });
    expect(course?.after.map(({ count }) => count)).toEqual([2, 8, 31, 366, 1827]);
  });

  it("has no more snapshots than the policy gets to keep, and at least the newest", () => {
    expect(describeRetention({ kind: "span", seconds: hour }, day)?.steady).toBe(1);
    expect(describeRetention({ kind: "policy", rules: [] }, day)?.steady).toBe(1);
    expect(describeRetention({ kind: "policy", rules: [{ per: "hour", each: 1, buckets: 10 }] }, day)?.steady).toBe(1);
  });

  it("says nothing of an invalid policy or period", () => {
    expect(describeRetention(parseRetention("30"), day)).toBeUndefined();
    expect(describeRetention({ kind: "span", seconds: day }, 0)).toBeUndefined();
    expect(describeRetention({ kind: "span", seconds: day }, Number.POSITIVE_INFINITY)).toBeUndefined();
  });

  it("bounds what is too much to walk through", () => {
    const course = describeRetention({ kind: "span", seconds: year }, 60);
    expect(course?.steady).toBe(Math.ceil(year / 60));
  });

  it("equals taking and deleting one by one", () => {
    const rule: fc.Arbitrary<KeepRule> = fc.oneof(
      fc.record({ per: fc.constant("recent" as const), count: fc.nat(12) }),
      fc.record({
        per: fc.constantFrom("hour" as const, "day" as const, "week" as const, "month" as const),
        each: fc.integer({ min: 1, max: 3 }),
        buckets: fc.integer({ min: 1, max: 6 }),
      }),
      fc.record({ per: fc.constantFrom("week" as const, "month" as const), each: fc.constant(1) }),
    );
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 3 }),
        fc.constantFrom(6 * hour, 12 * hour, day, 2 * day, 7 * day),
        (rules, period) => {
          const course = describeRetention({ kind: "policy", rules }, period);
          for (const { seconds, count } of course?.after.slice(0, 4) ?? []) {
            const there = simulate(byRules(rules), period, seconds);
            expect(count).toBe(there.length);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("equals taking and deleting by age", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 48 }), (kept, every) => {
        const course = describeRetention({ kind: "span", seconds: kept * hour }, every * hour);
        const young = (times: readonly number[], now: number) =>
          new Set([...times.filter((time) => now - time < kept * hour), now]);
        const there = simulate(young, every * hour, month);
        expect(course?.steady).toBe(there.length);
        expect(course?.oldestSeconds).toBe((there.at(-1) ?? 0) - (there[0] ?? 0));
      }),
    );
  });
});
