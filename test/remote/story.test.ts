import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { restoreSchema } from "../../server/src/remote/restore/restore-schema.ts";
import { rollbackSchema } from "../../server/src/remote/rollback/rollback-schema.ts";
import { snapshotSchema } from "../../server/src/remote/snapshot/snapshot.ts";
import { runCli } from "../cli/run-cli.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
  host.run("top", "btrfs -q subvolume create services; mkdir services/db; echo precious >services/db/table; sync -f .");
  writeFileSync(join(host.folder, "mounts"), "services /services\n");
  host.run("crash");
}, 60_000);
afterAll(() => host?.run("destroy"));

const sh = (script: string) => host.run("inside", "bash", "-euc", script);

/** What a command of the command line answers. */
function remote(verb: string, ...args: string[]): unknown {
  const all = ["remote", verb, "josh@127.0.0.1", ...args, "--ssh-config", host.configFile, "--format", "json"];
  const { stdout, stderr } = runCli(all);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

it("a snapshot, a damage, a rollback, and the data is back, also after a reboot", () => {
  const taken = snapshotSchema.parse(remote("snapshot", "/services", "/persist"));
  expect(taken.done).toBe(true);
  const snapshot = taken.snapshots.find(({ of }) => of === "services")?.path as string;
  sh("rm -r /services/db; echo broken >/services/other");

  const rolled = rollbackSchema.parse(remote("rollback", "/services", snapshot, "--yes"));
  expect(rolled).toMatchObject({ done: true, did: "rolled-back", pending: [] });
  expect(sh("cat /services/db/table; ls /services")).toBe("precious\ndb\n");
  host.run("reboot");
  expect(sh("cat /services/db/table; ls /services")).toBe("precious\ndb\n");

  // What was there before is not lost either, until somebody says so.
  const [entry] = rollbackSchema.parse(remote("rollback")).rollbacks;
  const other = restoreSchema.parse(remote("restore", entry?.kept as string, "/services/other", "--yes"));
  expect(other).toMatchObject({ done: true, base: "/services" });
  expect(sh("cat /services/other")).toBe("broken\n");
  expect(remote("rollback", "--discard", entry?.id as string, "--yes")).toMatchObject({ done: true, rollbacks: [] });
}, 90_000);

it("something on the root that a reboot threw away, and a restore from the archived root", () => {
  sh("mkdir -p /var/lib/app; chown 1000:100 /var/lib/app; echo forgotten >/var/lib/app/state");
  host.run("reboot");
  expect(sh("ls -A /var")).toBe("log\n");
  const archive = host
    .run("top", "ls -t old_roots")
    .trim()
    .split("\n")
    .find((name) => host.run("top", `ls old_roots/${name}/var/lib 2>/dev/null || :`).includes("app")) as string;
  const back = restoreSchema.parse(remote("restore", archive, "/var/lib/app", "--to", "/persist", "--yes"));
  expect(back).toMatchObject({ done: true, items: [{ path: "/persist/var/lib/app", restored: true }] });
  host.run("reboot");
  expect(sh("cat /persist/var/lib/app/state; stat -c %u /persist/var/lib/app")).toBe("forgotten\n1000\n");
}, 90_000);
