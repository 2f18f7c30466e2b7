import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Diff, diffSchema } from "../../server/src/remote/diff/diff-schema.ts";
import { persistSchema } from "../../server/src/remote/persist/persist.ts";
import { restoreSchema } from "../../server/src/remote/restore/restore-schema.ts";
import { rollbackSchema } from "../../server/src/remote/rollback/rollback-schema.ts";
import { snapshotSchema } from "../../server/src/remote/snapshot/snapshot.ts";
import { runCli } from "../cli/run-cli.ts";
import { TestHost } from "./test-host.ts";

const MODULE = `{
  fileSystems."/" = { device = "/dev/vda2"; fsType = "btrfs"; options = [ "subvol=root" ]; };
  fileSystems."/persist" = { device = "/dev/vda2"; fsType = "btrfs"; options = [ "subvol=persist" ]; neededForBoot = true; };
  fileSystems."/services" = { device = "/dev/vda2"; fsType = "btrfs"; options = [ "subvol=services" ]; };
  boot.initrd.postResumeCommands = ''
    mkdir /top && mount -o subvol=/ /dev/vda2 /top
    btrfs subvolume delete /top/root && btrfs subvolume snapshot /top/root-blank /top/root
  '';
  environment.persistence."/persist".directories = [ "/var/lib/nixos" ];
}
`;

let host: TestHost;
const top = mkdtempSync(join(tmpdir(), "nix-impermanence-story-"));
const folder = join(top, "web");
beforeAll(async () => {
  mkdirSync(folder);
  writeFileSync(join(folder, "configuration.nix"), MODULE);
  host = await TestHost.start();
  host.run("top", "btrfs -q subvolume create services; mkdir services/db; echo precious >services/db/table; sync -f .");
  writeFileSync(join(host.folder, "mounts"), "services /services\n");
  host.run("crash");
}, 60_000);
afterAll(() => {
  host?.run("destroy");
  rmSync(top, { recursive: true });
});

const sh = (script: string) => host.run("inside", "bash", "-euc", script);

/** What a command of the command line answers. */
function remote(verb: string, ...args: string[]): unknown {
  const configured = ["--folder", folder, "--host", "web", "--ssh-config", host.configFile];
  const { stdout, stderr } = runCli(["remote", verb, "josh@127.0.0.1", ...args, ...configured, "--format", "json"]);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}
const diff = (...flags: string[]): Diff => diffSchema.parse(remote("diff", ...flags));
/** The rows that are about the data of this story. */
const paths = ({ rows }: Diff) => rows.map(({ path }) => path).filter((path) => /app|forgotten/.test(path));

it("nothing is lost: what a diff shows is persisted and outlives the reboot, what a snapshot has comes back", () => {
  // A service writes where nothing is kept, and the diff shows it.
  sh("mkdir -p /var/lib/app /var/lib/forgotten; echo data >/var/lib/app/db; echo gone >/var/lib/forgotten/db");
  sh("chown -R 1000:100 /var/lib/app /var/lib/forgotten; chmod 750 /var/lib/app");
  const before = diff();
  expect(paths(before)).toEqual([
    ...["/var/lib/app", "/var/lib/app/db", "/var/lib/forgotten", "/var/lib/forgotten/db"],
  ]);
  const fateOf = ({ rows }: Diff, path: string) => rows.find((row) => row.path === path)?.fate?.survives;
  expect(fateOf(before, "/var/lib/app/db")).toBe("no");

  // One of the two is persisted; its content is copied, and the switch mounts it.
  const { written, commands } = persistSchema.parse(remote("persist", "/var/lib/app", "--write"));
  expect(written).toBe(true);
  expect(readFileSync(join(folder, "configuration.nix"), "utf8")).toMatch(
    /\{ directory = "\/var\/lib\/app"; user = "josh"; group = "users"; mode = "0750"; \}/,
  );
  expect(fateOf(diff(), "/var/lib/app/db")).toBe("yes");
  for (const command of commands) sh(command);
  const activate = "mkdir -p /var/lib/app; mount --bind /persist/var/lib/app /var/lib/app";
  sh(activate);
  host.run("reboot");
  sh(activate);
  expect(sh("cat /var/lib/app/db; stat -c '%U %a' /var/lib/app; ls /var/lib")).toBe("data\njosh 750\napp\n");
  expect(paths(diff())).toEqual([]);

  // The other one was lost, which is seen as well, and comes back from the archived root.
  const lost = diff("--last-reboot");
  expect(paths(lost)).toEqual(["/var/lib/forgotten", "/var/lib/forgotten/db"]);
  expect(lost.hidden.find(({ filter }) => filter === "kept")?.rows).toBe(1);
  const back = restoreSchema.parse(remote("restore", lost.of, "/var/lib/forgotten", "--to", "/persist", "--yes"));
  expect(back).toMatchObject({ done: true, items: [{ path: "/persist/var/lib/forgotten", restored: true }] });

  // A snapshot, a damage, a rollback.
  const taken = snapshotSchema.parse(remote("snapshot", "/services", "/persist"));
  expect(taken.done).toBe(true);
  const snapshot = taken.snapshots.find(({ of }) => of === "services")?.path as string;
  sh("rm -r /services/db; echo broken >/services/other");
  const rolled = rollbackSchema.parse(remote("rollback", "/services", snapshot, "--yes"));
  expect(rolled).toMatchObject({ done: true, did: "rolled-back", pending: [] });
  const all = "cat /services/db/table; ls /services; cat /persist/var/lib/{app,forgotten}/db";
  expect(sh(all)).toBe("precious\ndb\ndata\ngone\n");
  host.run("reboot");
  expect(sh(all)).toBe("precious\ndb\ndata\ngone\n");

  // What was there before the rollback is not lost either, until somebody says so.
  const [entry] = rollbackSchema.parse(remote("rollback")).rollbacks;
  const other = restoreSchema.parse(remote("restore", entry?.kept as string, "/services/other", "--yes"));
  expect(other).toMatchObject({ done: true, base: "/services" });
  expect(sh("cat /services/other")).toBe("broken\n");
  expect(remote("rollback", "--discard", entry?.id as string, "--yes")).toMatchObject({ done: true, rollbacks: [] });
}, 120_000);
