import { afterAll, beforeAll, expect, it } from "vitest";
import { KilledRollback } from "./killed-rollback.ts";

let killed: KilledRollback;
beforeAll(async () => {
  killed = await KilledRollback.start();
}, 60_000);
afterAll(() => killed?.destroy());

it("the data is old or new, whole, wherever the client dies, and the next call repairs", async () => {
  const steps = await killed.atEveryStep("rollback", "client");
  expect(steps.filter((one) => one.startsWith("btrfs subvolume snapshot"))).toHaveLength(2);
  expect(steps.length).toBeGreaterThan(8);
}, 240_000);
