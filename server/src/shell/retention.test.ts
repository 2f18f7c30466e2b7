import { describe, expect, it } from "vitest";
import { expectedSnapshots, mostKept, parseRetention } from "./retention.ts";
import { parseBtrbkPreserve, parseBtrbkPreserveMin, parseSnapperLimit } from "./retention-tools.ts";

const DAY = 86_400;

describe("parseRetention", () => {
  it("reads time spans", () => {
    expect(parseRetention("30d")).toEqual({ kind: "span", seconds: 30 * DAY });
    expect(parseRetention(" 2 weeks ")).toEqual({ kind: "span", seconds: 14 * DAY });
    expect(parseRetention("infinity")).toEqual({ kind: "span", seconds: Number.POSITIVE_INFINITY });
  });

  it("reads rules", () => {
    expect(parseRetention("5 recent + 1/week for 4 weeks + 1/month")).toEqual({
      kind: "policy",
      rules: [
        { per: "recent", count: 5 },
        { per: "week", each: 1, buckets: 4 },
        { per: "month", each: 1 },
      ],
    });
    expect(parseRetention("last 5, 7 daily and 2 per day for the last month")).toEqual({
      kind: "policy",
      rules: [
        { per: "recent", count: 5 },
        { per: "day", each: 1, buckets: 7 },
        { per: "day", each: 2, buckets: 30 },
      ],
    });
  });

  it("explains what it cannot read", () => {
    for (const text of ["", "30", "0d", "forever", "5 recent + some", "1/fortnight"]) {
      expect(parseRetention(text), text).toMatchObject({ kind: "invalid", message: expect.stringMatching(/\w/) });
    }
  });
});

describe("expectedSnapshots and mostKept", () => {
  it("counts the seeds' policy", () => {
    expect(expectedSnapshots({ periodSeconds: 6 * 3600, retentionSeconds: 30 * DAY, sources: 4 })).toEqual({
      perSource: 120,
      total: 480,
    });
  });

  it("keeps the newest, never divides by zero, and knows no end", () => {
    expect(expectedSnapshots({ periodSeconds: 7 * DAY, retentionSeconds: DAY })).toEqual({ perSource: 1, total: 1 });
    expect(expectedSnapshots({ periodSeconds: 0, retentionSeconds: DAY })).toBeUndefined();
    expect(expectedSnapshots({ periodSeconds: Number.NaN, retentionSeconds: DAY })).toBeUndefined();
    expect(expectedSnapshots({ periodSeconds: 60, retentionSeconds: -1 })).toBeUndefined();
    expect(expectedSnapshots({ periodSeconds: 60, retentionSeconds: Number.POSITIVE_INFINITY })?.total).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it("bounds what rules keep", () => {
    const rules = (text: string) => {
      const parsed = parseRetention(text);
      return parsed.kind === "policy" ? parsed.rules : [];
    };
    expect(mostKept(rules("5 recent + 1/week for 4 weeks"), DAY)).toEqual({ perSource: 9, total: 9 });
    expect(mostKept(rules("5 recent + 1/month"), DAY)?.perSource).toBe(Number.POSITIVE_INFINITY);
    expect(mostKept(rules("24 hourly"), 6 * 3600, 2)).toEqual({ perSource: 4, total: 8 });
    expect(mostKept(rules("5 recent"), 0)).toBeUndefined();
  });
});

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

  it("gives rules", () => {
    expect(parseBtrbkPreserve("14d *m")).toEqual({
      ok: true,
      rules: [
        { per: "day", each: 1, buckets: 14 },
        { per: "month", each: 1 },
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
    expect(parseBtrbkPreserveMin("2d", "snapshot")).toMatchObject({ seconds: 2 * DAY });
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
});
