import { afterAll, beforeAll, expect, it } from "vitest";
import { KilledRollback } from "./killed-rollback.ts";

let killed: KilledRollback;
beforeAll(async () => {
  killed = await KilledRollback.start();
}, 60_000);
afterAll(() => killed?.destroy());

it("the data is old or new, whole, wherever the host dies that cannot exchange names at once, and the next call repairs", async () => {
  const steps = await killed.atEveryStep("rollback", "host", "renames");
  expect(steps.filter((one) => one.startsWith("mv "))).not.toHaveLength(0);
  expect(steps.length).toBeGreaterThan(8);
}, 240_000);
