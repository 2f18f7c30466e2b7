import { afterAll, beforeAll, expect, it } from "vitest";
import { KilledRollback } from "./killed-rollback.ts";

let killed: KilledRollback;
beforeAll(async () => {
  killed = await KilledRollback.start();
}, 60_000);
afterAll(() => killed?.destroy());

it.each(["client", "host"] as const)(
  "an undo is done or not, whole, wherever the %s dies, and the next call repairs",
  async (end) => {
    const steps = await killed.atEveryStep("undo", end);
    expect(steps.length).toBeGreaterThan(4);
  },
  240_000,
);
