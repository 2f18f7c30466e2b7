import { afterAll, beforeAll, expect, it } from "vitest";
import { type SnapshotResult, snapshotCommand } from "../../server/src/remote/snapshot/snapshot.ts";
import { type End, Runner } from "./killed-run.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost;
let runner: Runner;
beforeAll(async () => {
  host = await TestHost.start();
  runner = new Runner(host, "josh");
}, 60_000);
afterAll(async () => {
  await runner?.close();
  host?.run("destroy");
});

const NAMES = ["persist", "log"];
const optionsOf = (request: string) => ({ subvolumes: NAMES, request });
const snapshot = (request: string): Promise<SnapshotResult> => runner.call(snapshotCommand, optionsOf(request));
const there = () => host.run("top", "ls -A snapshots").split("\n").filter(Boolean);
const named = () => there().filter((name) => !name.startsWith("."));
const unfinished = () => there().filter((name) => name.startsWith(".nix-impermanence-"));

it.each<End>(["client", "host"])(
  "a set is whole or not there wherever the %s dies, and the next call repairs",
  async (end) => {
    const steps: string[] = [];
    for (let step = 1; ; step++) {
      const request = `killed-${end}-${step}`;
      const before = named().length;
      const at = await runner.until(end, step, snapshotCommand, optionsOf(request), [...NAMES, "--request", request]);
      if (at === undefined) break;
      steps.push(at.split(" ").slice(0, 3).join(" "));
      const left = named().length - before;
      // The host cleans up by itself when only the client died.
      if (end === "client") expect([left, unfinished()], at).toEqual([left === 0 ? 0 : 2, []]);
      if (end === "host") {
        // Somebody else's run finishes or removes what is left.
        expect(await snapshot(`other-${end}-${step}`)).toMatchObject({ done: true, found: false });
        expect([0, 2], at).toContain(named().length - before - 2);
        expect(unfinished(), at).toEqual([]);
      }
      const others = end === "host" ? 2 : 0;
      const wasThere = named().length - before - others === 2;
      expect(await snapshot(request), at).toMatchObject({ done: true, found: wasThere });
      expect(named().length - before - others, at).toBe(2);
      expect(unfinished(), at).toEqual([]);
    }
    expect(steps.filter((one) => one === "btrfs subvolume snapshot")).toHaveLength(NAMES.length);
    expect(steps.filter((one) => one.startsWith("mv "))).toHaveLength(NAMES.length + 1);
  },
  240_000,
);
