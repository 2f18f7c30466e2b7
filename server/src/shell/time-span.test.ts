import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { formatTimeSpan, INFINITE_MICROS, parseTimeSpan } from "./time-span.ts";

interface Verdict {
  micros: string;
  human: string;
}

/** systemd-analyze stops at the first text it rejects, so the rest of a batch is asked again. */
function askSystemd(texts: string[]): (Verdict | undefined)[] {
  const verdicts: (Verdict | undefined)[] = [];
  while (verdicts.length < texts.length) {
    const batch = texts.slice(verdicts.length, verdicts.length + 200);
    const run = spawnSync("systemd-analyze", ["timespan", "--", ...batch], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" },
    });
    const good = [...run.stdout.matchAll(/μs: (\d+)\n +Human: (.*)$/gm)].map((m) => ({ micros: m[1]!, human: m[2]! }));
    verdicts.push(...good);
    if (good.length < batch.length) verdicts.push(undefined);
  }
  return verdicts;
}

const HANDWRITTEN = [
  ..."6h 30d 1y2M infinity Infinity 5 5.5 .5h 5.h 1.5us 5µs 5μs 5M 5m 5D 5yr 5hrs 5H +5 -5 5h-3 5h+3 0 0s 1:30".split(
    " ",
  ),
  ..."99999999999999999999 18446744073709551615us 584542y 584y 1.1.1 1h.5m 0.9999999s 1.123456789012s 5weeks 3661.000001s".split(
    " ",
  ),
  ..."1d,12h 1e3 0x10 5ns 5S h 1ms5us 999us 61.5s 9223372036854775807us 9223372036854775808us 5month 5months 5monthss".split(
    " ",
  ),
  ...[
    "",
    " ",
    "1w 2d",
    "1y 2M",
    " 5 h ",
    "5 ",
    " infinity ",
    "infinity 5",
    "5 h 3",
    "5 minutes 3",
    "1 1",
    "5 .5",
    "1\t2",
  ],
  ...[
    "+.5",
    "+ 5",
    "5 infinity",
    "5.-3",
    "5. 5",
    "1 month",
    "2 M",
    "3 m s",
    "six hours",
    "every 6 hours",
    "5\v5",
    "\v5h",
  ],
];

function makeSpans(count: number): string[] {
  let state = 7;
  const int = (max: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * max);
  };
  const units =
    "seconds second sec s minutes minute min months month M msec ms m hours hour hr h days day d weeks week w years year y usec us µs".split(
      " ",
    );
  return Array.from({ length: count }, () => {
    const parts = Array.from({ length: 1 + int(3) }, () => {
      const number = int(10 ** (1 + int(6))) + (int(4) === 0 ? `.${int(10 ** (1 + int(9)))}` : "");
      return number + ["", "", " "][int(3)] + (int(8) === 0 ? "" : units[int(units.length)]);
    });
    const text = parts.join(int(2) ? " " : "");
    const at = int(text.length);
    return int(5) ? text : text.slice(0, at) + ["", "x", ".", " ", "-", "+", "h"][int(7)] + text.slice(at + int(2));
  });
}

describe("parseTimeSpan and formatTimeSpan, against systemd-analyze timespan", () => {
  it("agree on handwritten and generated texts", () => {
    const texts = [...HANDWRITTEN, ...makeSpans(1500)];
    const verdicts = askSystemd(texts);
    const differences = texts.flatMap((text, index) => {
      const ours = parseTimeSpan(text);
      const mine = ours.ok ? { micros: String(ours.micros), human: formatTimeSpan(ours.micros) } : undefined;
      return JSON.stringify(mine) === JSON.stringify(verdicts[index]) ? [] : [{ text, mine, systemd: verdicts[index] }];
    });
    expect(differences).toEqual([]);
    expect(verdicts.filter((verdict) => verdict).length).toBeGreaterThan(1000);
    expect(verdicts.filter((verdict) => !verdict).length).toBeGreaterThan(100);
  });
});

describe("parseTimeSpan", () => {
  it("gives seconds beside microseconds", () => {
    expect(parseTimeSpan("1h 30min")).toEqual({ ok: true, micros: 5_400_000_000n, seconds: 5400 });
    expect(parseTimeSpan("infinity")).toMatchObject({ micros: INFINITE_MICROS, seconds: Number.POSITIVE_INFINITY });
  });

  it("says what is wrong in words", () => {
    expect(parseTimeSpan("5 fortnights")).toMatchObject({ ok: false, message: expect.stringContaining("fortnights") });
    expect(parseTimeSpan("-5")).toMatchObject({ ok: false, message: expect.stringContaining("negative") });
  });
});
