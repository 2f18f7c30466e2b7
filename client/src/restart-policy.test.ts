import { describe, expect, it } from "vitest";
import { RestartPolicy } from "./restart-policy.ts";

describe("RestartPolicy", () => {
  it("waits longer after every crash and then gives up", () => {
    const policy = new RestartPolicy();
    const decisions = [0, 1_000, 4_000, 13_000, 34_000].map((now) => policy.afterCrash(now));
    const delays = decisions.map((decision) => (decision.restart ? decision.delay : undefined));
    expect(delays.slice(0, 4)).toEqual([...delays.slice(0, 4)].sort((a, b) => a! - b!));
    expect(delays[0]).toBeLessThan(1_000);
    expect(decisions[4]).toEqual({ restart: false, crashes: 5 });
  });

  it("forgets crashes of long ago", () => {
    const policy = new RestartPolicy();
    for (let hour = 0; hour < 50; hour++) {
      expect(policy.afterCrash(hour * 3_600_000)).toMatchObject({ restart: true, crashes: 1 });
    }
  });

  it("starts over when the user restarts the server", () => {
    const policy = new RestartPolicy();
    for (let crash = 0; crash < 9; crash++) policy.afterCrash(crash);
    policy.reset();
    expect(policy.afterCrash(10)).toMatchObject({ restart: true, crashes: 1 });
  });
});
