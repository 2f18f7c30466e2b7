import { afterAll, beforeAll, expect, it } from "vitest";
import { KilledRollback } from "./killed-rollback.ts";

let killed: KilledRollback;
beforeAll(async () => {
  killed = await KilledRollback.start();
}, 60_000);
afterAll(() => killed?.destroy());

it.each(["client", "host"] as const)(
  "what a discard deletes is never in use, wherever the %s dies, and the next call ends it",
  async (end) => {
    const steps = await killed.atEveryStep("discard", end);
    expect(steps.filter((one) => one.startsWith("btrfs subvolume delete"))).toHaveLength(2);
  },
  240_000,
);
