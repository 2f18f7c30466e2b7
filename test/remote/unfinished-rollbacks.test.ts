import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSession } from "../../server/src/remote/open-session.ts";
import { rollbackCommand } from "../../server/src/remote/rollback/rollback.ts";
import { statusCommand } from "../../server/src/remote/status.ts";
import { TestHost } from "./test-host.ts";

const SNAPSHOT = "snapshots/services-20260101-000000";
let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
  host.run("top", `btrfs -q subvolume create services; btrfs -q subvolume snapshot -r services ${SNAPSHOT}`);
  writeFileSync(join(host.folder, "mounts"), "services /services\n");
  host.run("crash");
}, 60_000);
afterAll(() => host?.run("destroy"));

it("the status names rollbacks that mounts do not show yet, and those that were interrupted", async () => {
  const settings = { configFile: host.configFile, confirm: async () => true };
  const session = openSession("root@127.0.0.1", settings);
  const look = () => statusCommand.run("test", {}, session);
  expect(await look()).toMatchObject({ unfinishedRollbacks: [] });

  const options = { subvolume: "/services", snapshot: SNAPSHOT, atNextBoot: true };
  const done = await rollbackCommand.run("test", rollbackCommand.options.parse(options), session);
  expect(done).toMatchObject({ done: true, pending: ["/services"] });
  const pending = await look();
  expect(pending).toMatchObject({
    unfinishedRollbacks: [{ path: "services", state: "rolled-back", pending: ["/services"] }],
  });
  expect(statusCommand.text(pending)).toContain("/services still shows the data from before the rollback of services");

  host.run("top", "echo exchange >.nix-impermanence-rollbacks/*/phase");
  const interrupted = await look();
  expect(interrupted).toMatchObject({ unfinishedRollbacks: [{ path: "services", state: "half-done" }] });
  expect(statusCommand.text(interrupted)).toContain("--repair brings it to an end");
  await session.close();
});
