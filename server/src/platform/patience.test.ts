import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { whenPatienceEnds } from "./patience.ts";

/** Seconds that this process has computed, as the system would say. */
let computed = 0;
beforeEach(() => {
  computed = 5;
  vi.useFakeTimers();
  vi.spyOn(process, "cpuUsage").mockImplementation((before) => ({
    user: computed * 1e6 - (before?.user ?? 0),
    system: 0,
  }));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Lets the clock go on, with a share of it spent computing, and says after how many seconds patience ended. */
function endsAfter(share: number): number | undefined {
  const end = vi.fn();
  whenPatienceEnds(30, end);
  for (let second = 1; second <= 300; second++) {
    computed += share;
    vi.advanceTimersByTime(1000);
    if (end.mock.calls.length > 0) return second;
  }
  return undefined;
}

describe("patience", () => {
  it("ends with the seconds of computing", () => expect(endsAfter(1)).toBe(30));
  it("is not used up sooner by two threads", () => expect(endsAfter(2)).toBe(30));
  it("lasts longer on a busy machine", () => {
    const seconds = endsAfter(0.5);
    expect(seconds).toBeGreaterThanOrEqual(60);
    expect(seconds).toBeLessThan(70);
  });
  it("ends where nothing is computed", () => {
    const seconds = endsAfter(0);
    expect(seconds).toBeGreaterThanOrEqual(120);
    expect(seconds).toBeLessThan(125);
  });

  it("can be taken back", () => {
    const end = vi.fn();
    whenPatienceEnds(30, end)();
    computed += 60;
    vi.advanceTimersByTime(300_000);
    expect(end).not.toHaveBeenCalled();
  });
});
