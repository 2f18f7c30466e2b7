import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Connections } from "../../server/src/remote/connections.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import { rollbackCommand } from "../../server/src/remote/rollback/rollback.ts";
import type { RollbackOptions } from "../../server/src/remote/rollback/rollback-schema.ts";
import { type End, runUntil } from "./killed-run.ts";
import { TestHost } from "./test-host.ts";

const SNAPSHOT = "snapshots/services-20260101-000000";
let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
  host.run(
    "top",
    `btrfs -q subvolume create services; echo new >services/x; echo new >services/new
     btrfs -q subvolume snapshot -r services ${SNAPSHOT}; echo old >services/x; mv services/new services/old; sync -f .`,
  );
  writeFileSync(join(host.folder, "mounts"), "services /services\n");
  host.run("crash");
}, 60_000);
afterAll(() => host?.run("destroy"));

async function call(options: Partial<RollbackOptions>) {
  const connections = new Connections();
  const settings = { configFile: host.configFile, connections, confirm: async () => true };
  const session = openSession("root@127.0.0.1", settings);
  const done = await rollbackCommand.run("test", rollbackCommand.options.parse(options), session);
  await connections.close();
  return done;
}
const top = (script: string) => host.run("top", script);
const data = () => top("echo $(cat services/x; ls services)");
const WHOLE = { old: "old old x\n", new: "new new x\n" };

/** What must be so after the next call: the data whole, the mount of what is at the path, and nothing left but the data. */
function expectRepaired(at: string): "old" | "new" {
  const found = data();
  expect(Object.values(WHOLE), at).toContain(found);
  expect(host.run("inside", "sh", "-c", "echo $(cat /services/x; ls /services)"), at).toBe(found);
  return found === WHOLE.old ? "old" : "new";
}

it.each<[End, string]>([
  ["client", "exchange"],
  ["host", "exchange"],
  ["host", "renames"],
])(
  "the data is old or new, whole, wherever the %s dies, by %s, and the next call repairs",
  async (end, how) => {
    const steps: string[] = [];
    for (let step = 1; ; step++) {
      const hide = "mkdir -p /run/wrappers/bin; for c in perl python3; do ln -sf /bin/false /run/wrappers/bin/$c; done";
      if (how === "renames") host.run("inside", "sh", "-c", hide);
      const args = ["rollback", "root@127.0.0.1", "services", SNAPSHOT, "--yes"];
      const at = await runUntil(host, end, step, args);
      if (at !== undefined && how === "exchange") expect(Object.values(WHOLE), at).toContain(data());
      if (at !== undefined) steps.push(at);
      const repaired = await call({ repair: true });
      expect(
        repaired.rollbacks.every(({ state, pending }) => state === "rolled-back" && pending.length === 0),
        at,
      ).toBe(true);
      const is = expectRepaired(at ?? "the end");
      expect(repaired.rollbacks, at).toHaveLength(is === "new" ? 1 : 0);
      const [entry] = repaired.rollbacks;
      if (entry) {
        expect(await call({ undo: entry.id }), at).toMatchObject({ done: true });
        expect(await call({ discard: entry.id }), at).toMatchObject({ done: true, rollbacks: [] });
      }
      expect(data(), at).toBe(WHOLE.old);
      expect(top("ls -A .nix-impermanence-rollbacks 2>/dev/null || :; btrfs subvolume list -o . | wc -l"), at).toBe(
        "8\n",
      );
      if (at === undefined) break;
    }
    expect(steps.filter((one) => one.startsWith("btrfs subvolume snapshot")).length).toBe(2);
    expect(steps.length).toBeGreaterThan(8);
  },
  240_000,
);
