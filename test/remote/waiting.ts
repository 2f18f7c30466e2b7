import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { z } from "zod";
import type { Verb } from "../../server/src/remote/verb.ts";
import type { TestHost } from "./test-host.ts";

/** Holds a mount and a process, and would for more than an hour. */
export const wait: Verb<null> = {
  name: "wait",
  scripts: ['[ "$imp_space" = shared ] || mount -t tmpfs left-behind /tmp\nrecord begun\nsleep 4711'],
  schema: z.null(),
  read: () => null,
};
/** What of `wait` and of logins is still on a host. */
export class Traces {
  readonly #host: TestHost;
  constructor(host: TestHost) {
    this.#host = host;
  }

  /** Processes whose command line begins like this. */
  count(what: string): number {
    return Number(this.#host.run("inside", "sh", "-c", `pgrep -f '^${what}' | wc -l`));
  }

  /** How many are left when there was time to clean up. */
  async left(what = "sleep 4711"): Promise<number> {
    for (let tries = 0; tries < 60 && this.count(what) > 0; tries++) await sleep(100);
    return this.count(what);
  }

  /** Until `wait` has begun. */
  async begun(): Promise<void> {
    for (let tries = 0; tries < 100 && this.count("sleep 4711") === 0; tries++) await sleep(100);
    expect(this.count("sleep 4711")).toBe(1);
  }
}
