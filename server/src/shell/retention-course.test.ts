import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { growsForEver, type KeepSpan, type RetentionPolicy, UNIT_SECONDS } from "./retention.ts";
import { growthAfter, growthPerYear, steadyState } from "./retention-course.ts";
import { applyRetention } from "./retention-decision.ts";
import { parseRetention } from "./retention-text.ts";

const { hour, day, week, month, year } = UNIT_SECONDS;
const EVERY = Number.POSITIVE_INFINITY;
const START = Date.UTC(2024, 0, 1) / 1000;

function policyOf(text: string): RetentionPolicy {
  const parsed = parseRetention(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.policy;
}
const counts = (policy: RetentionPolicy, period: number) =>
  [day, week, month, year].map((after) => growthAfter([{ period, policy }], after)?.count);

describe("growthAfter and steadyState", () => {
  it("count a span: 6 hours for 30 days are 120, the oldest just under 30 days", () => {
    const policy = policyOf("30d");
    expect(steadyState([{ period: 6 * hour, policy }])).toEqual({ count: 120, oldest: 30 * day - 6 * hour });
    expect(counts(policy, 6 * hour)).toEqual([5, 29, 120, 120]);
    expect(growthPerYear([{ period: 6 * hour, policy }])).toBe(0);
  });

  it("never end with one a month for ever", () => {
    const series = [{ period: day, policy: policyOf("5 recent + 1/week for 4 weeks + 1/month") }];
    expect(steadyState(series)).toEqual({ count: EVERY, oldest: EVERY });
    expect(growthPerYear(series)).toBe(12);
    const [one, five] = [year, 5 * year].map((after) => growthAfter(series, after)?.count ?? 0);
    // Five, four weeks and the months that have passed; some snapshots serve two of these.
    expect(one).toBeGreaterThan(16);
    expect(one).toBeLessThanOrEqual(5 + 4 + 13);
    expect(Math.abs((five ?? 0) - (one ?? 0) - 48)).toBeLessThanOrEqual(1);
  });

  it("grow with each snapshot when nothing is deleted", () => {
    const policy = policyOf("infinity");
    expect(counts(policy, day)).toEqual([2, 8, 31, 366]);
    expect(growthPerYear([{ period: day, policy }])).toBe(365.25);
  });

  it("have the newest at least", () => {
    expect(steadyState([{ period: day, policy: policyOf("1h") }])?.count).toBe(1);
    expect(steadyState([{ period: day, policy: { newest: 0, youngerThan: 0, spans: [] } }])?.count).toBe(1);
    // Ten hours that hold a snapshot are ten snapshots, whatever lies between them.
    expect(steadyState([{ period: day, policy: policyOf("10 hourly") }])?.count).toBe(10);
  });

  it("say nothing of a period that is none, or of too much to count", () => {
    const policy = policyOf("1/hour for 30 days");
    for (const period of [0, -1, Number.NaN, EVERY]) expect(growthAfter([{ period, policy }], day)).toBeUndefined();
    expect(growthAfter([{ period: 60, policy }], year)).toBeUndefined();
    expect(growthAfter([{ period: 60, policy: policyOf("1y") }], year)?.count).toBe(year / 60);
  });

  const span: fc.Arbitrary<KeepSpan> = fc.record({
    unit: fc.constantFrom("hour" as const, "day" as const, "week" as const, "month" as const),
    each: fc.constantFrom(1, 1, 2, 3, EVERY),
    last: fc.constantFrom(1, 2, 4, 6, EVERY),
  });
  const anyPolicy: fc.Arbitrary<RetentionPolicy> = fc.record({
    newest: fc.nat(8),
    youngerThan: fc.constantFrom(0, 5 * hour, 3 * day),
    spans: fc.array(span, { maxLength: 3 }),
    counting: fc.constantFrom("held" as const, "calendar" as const),
    calendar: fc.constantFrom({}, { weekStart: 0, monthsOfWeeks: true }, { hourOfDay: 5 }),
  });

  it("equal taking and deleting one by one", () => {
    fc.assert(
      fc.property(anyPolicy, fc.constantFrom(6 * hour, 7 * hour, day, 2 * day, 7 * day), (policy, period) => {
        let there: { taken: number }[] = [];
        for (let step = 0; step <= (100 * day) / period; step++) {
          const now = START + step * period;
          const decisions = applyRetention(policy, [...there, { taken: now }], now);
          there = decisions.flatMap(({ snapshot, keep }) => (keep ? [snapshot] : []));
          if (step % 17 !== 0) continue;
          const growth = growthAfter([{ period, policy }], step * period);
          expect(growth).toEqual({ count: there.length, oldest: now - (there[0]?.taken ?? 0) });
        }
      }),
      { numRuns: 60 },
    );
  });

  it("are never exceeded once they are steady", () => {
    fc.assert(
      fc.property(
        anyPolicy,
        fc.constantFrom(6 * hour, day),
        fc.integer({ min: 1, max: 60 }),
        (policy, period, weeks) => {
          const series = [{ period, policy }];
          const steady = steadyState(series);
          expect(steady?.count === EVERY).toBe(growsForEver(policy));
          // The borders of weeks and months wander through a policy, so single counts differ by the number of its parts.
          const slack = policy.spans.reduce((sum, { each }) => sum + (each === EVERY ? (31 * day) / period : each), 0);
          expect(growthAfter(series, weeks * week)?.count).toBeLessThanOrEqual((steady?.count ?? 0) + slack);
        },
      ),
      { numRuns: 60 },
    );
  });
});
