import { describe, expect, it } from "vitest";
import { steadyState } from "./retention-course.ts";
import {
  btrbkPolicy,
  parseBtrbkPreserve,
  parseBtrbkPreserveMin,
  parseSnapperLimit,
  sanoidPolicy,
  snapperPolicy,
} from "./retention-tools.ts";

const DAY = 86_400;
const EVERY = Number.POSITIVE_INFINITY;

describe("btrbk's policies, as btrbk 0.32.5 answered", () => {
  it.each(["14d", "14d 4w 6m", "*h", "0d", "014d", "14D", "no", " 14d", "14d  *m"])("accepts %j", (text) => {
    expect(parseBtrbkPreserve(text)).toMatchObject({ ok: true });
  });

  it.each(["14d,4w", "14x", "no 14d", "14d 14d", "14d 3D", "14", "", "14 d", "-1d", "all", "latest", "14d4w"])(
    "rejects %j",
    (text) => {
      expect(parseBtrbkPreserve(text)).toMatchObject({ ok: false, message: expect.stringMatching(/\w/) });
    },
  );

  it("keeps today's beside those of the days that are counted", () => {
    expect(parseBtrbkPreserve("14d *m 0w")).toEqual({
      ok: true,
      spans: [
        { unit: "day", each: 1, last: 15 },
        { unit: "month", each: 1, last: EVERY },
        { unit: "week", each: 1, last: 0 },
      ],
    });
  });

  it("reads the minimum by what it is about", () => {
    const kinds = (text: string) =>
      (["snapshot", "target", "archive"] as const).map((of) => {
        const parsed = parseBtrbkPreserveMin(text, of);
        return parsed.ok ? parsed.kind : "invalid";
      });
    expect(kinds("all")).toEqual(["all", "all", "all"]);
    expect(kinds("latest")).toEqual(["latest", "latest", "latest"]);
    expect(kinds("no")).toEqual(["invalid", "no", "no"]);
    expect(kinds("2d")).toEqual(["span", "span", "span"]);
    expect(kinds("0d")).toEqual(["invalid", "span", "span"]);
    expect(kinds("02d")).toEqual(["invalid", "span", "span"]);
    for (const text of ["2d 3w", "*d", "2x", "2", "", "2D"])
      expect(kinds(text), text).toEqual(["invalid", "invalid", "invalid"]);
    expect(parseBtrbkPreserveMin("2d", "snapshot")).toMatchObject({ span: { unit: "day", each: EVERY, last: 3 } });
  });

  it("comes to a number", () => {
    const count = (least: string, preserve: string, period: number) => {
      const minimum = parseBtrbkPreserveMin(least, "snapshot");
      const rules = parseBtrbkPreserve(preserve);
      if (!minimum.ok || !rules.ok) throw new Error("invalid");
      return steadyState([{ period, policy: btrbkPolicy(minimum, rules) }])?.count;
    };
    expect(count("all", "14d", DAY)).toBe(EVERY);
    expect(count("latest", "no", DAY)).toBe(1);
    expect(count("latest", "14d", DAY)).toBe(15);
    expect(count("2d", "no", 3600)).toBe(72);
    expect(count("latest", "*m", DAY)).toBe(EVERY);
  });
});

describe("snapper's limits", () => {
  it("reads counts and ranges", () => {
    expect(parseSnapperLimit("10")).toEqual({ ok: true, least: 10, most: 10 });
    expect(parseSnapperLimit(0)).toEqual({ ok: true, least: 0, most: 0 });
    expect(parseSnapperLimit("5-10")).toEqual({ ok: true, least: 5, most: 10 });
    for (const value of ["", "ten", "5-", "-5", "10-5", "1.5"])
      expect(parseSnapperLimit(value), value).toMatchObject({ ok: false });
  });

  it("leave at most their sum, since some snapshots are the first of several spans", () => {
    const policy = snapperPolicy([10, 10, 0, 10, 0, 10], 1800);
    const count = steadyState([{ period: 3600, policy }])?.count ?? 0;
    expect(count).toBeGreaterThan(30);
    expect(count).toBeLessThanOrEqual(41);
  });
});

it("sanoid keeps as many of a kind as it counts", () => {
  const daily = { period: DAY, policy: sanoidPolicy(30, DAY) };
  const monthly = { period: 31 * DAY, policy: sanoidPolicy(3, 31 * DAY) };
  expect(steadyState([daily, monthly])?.count).toBe(33);
});
