import { describe, expect, it } from "vitest";
import { policyWords } from "./retention.ts";
import { parseRetention } from "./retention-text.ts";

const DAY = 86_400;
const EVERY = Number.POSITIVE_INFINITY;
const policyOf = (...given: Parameters<typeof parseRetention>) => {
  const parsed = parseRetention(...given);
  return parsed.ok ? parsed.policy : parsed.message;
};

describe("parseRetention", () => {
  it("reads time spans", () => {
    expect(policyOf("30d")).toEqual({ newest: 0, youngerThan: 30 * DAY, spans: [] });
    expect(policyOf(" 2 weeks ")).toMatchObject({ youngerThan: 14 * DAY });
    expect(policyOf("infinity")).toMatchObject({ youngerThan: EVERY });
  });

  it("reads rules", () => {
    expect(policyOf("5 recent + 1/week for 4 weeks + 1/month")).toEqual({
      newest: 5,
      youngerThan: 0,
      spans: [
        { unit: "week", each: 1, last: 4 },
        { unit: "month", each: 1, last: EVERY },
      ],
    });
    expect(policyOf("last 5, 7 daily and 2 per day for the last month")).toEqual({
      newest: 5,
      youngerThan: 0,
      spans: [
        { unit: "day", each: 1, last: 7 },
        { unit: "day", each: 2, last: 30 },
      ],
    });
  });

  it("reads ages beside rules", () => {
    expect(policyOf("2d + 1/month for 12 months")).toEqual({
      newest: 0,
      youngerThan: 2 * DAY,
      spans: [{ unit: "month", each: 1, last: 12 }],
    });
  });

  it("takes a bare number for what its reader takes it for, and for nothing otherwise", () => {
    expect(policyOf("30", "day")).toMatchObject({ youngerThan: 30 * DAY });
    expect(policyOf("30", "recent")).toMatchObject({ newest: 30, youngerThan: 0 });
    expect(policyOf("30")).toMatch(/days or snapshots/);
    expect(policyOf("0", "day")).toMatch(/keeps nothing/);
  });

  it("explains what it cannot read", () => {
    for (const text of ["", "30", "0d", "forever", "5 recent + some", "5 recent + 3", "1/fortnight"]) {
      expect(policyOf(text), text).toMatch(/\w/);
    }
  });

  it("says a policy in words", () => {
    const words = (text: string) => {
      const parsed = parseRetention(text);
      return parsed.ok ? policyWords(parsed.policy) : parsed.message;
    };
    expect(words("5 recent + 1/week for 4 weeks + 1/month")).toBe(
      "the 5 newest, one of each of the last 4 weeks and one of each month for ever",
    );
    expect(words("30d")).toBe("all younger than 30 days");
    expect(words("infinity")).toBe("all of them, for ever");
    expect(words("1y")).toBe("all younger than 1 year");
    expect(words("0 recent")).toBe("none");
  });
});
