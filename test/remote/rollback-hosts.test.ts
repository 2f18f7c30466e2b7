import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Connections } from "../../server/src/remote/connections.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import type { Plan } from "../../server/src/remote/remote-command.ts";
import { rollbackCommand } from "../../server/src/remote/rollback/rollback.ts";
import type { RollbackOptions } from "../../server/src/remote/rollback/rollback-schema.ts";
import { TestHost } from "./test-host.ts";

/* Hosts that are laid out in another way than most. */

const connections = new Connections();
let host: TestHost;
let plans: Plan[] = [];
beforeAll(async () => {
  host = await TestHost.start();
  top(
    `btrfs -q subvolume create services; echo good >services/x; btrfs -q subvolume snapshot -r services snapshots/services-20260101-000000; echo bad >services/x
     btrfs -q subvolume create "c,d"; echo good >"c,d/x"
     btrfs -q subvolume snapshot -r "c,d" snapshots/c; echo bad >"c,d/x"`,
  );
  writeFileSync(join(host.folder, "mounts"), "services /services\n");
  host.run("crash");
}, 60_000);
afterAll(async () => {
  await connections.close();
  host?.run("destroy");
});

const inside = (script: string) => host.run("inside", "bash", "-euc", script);
const top = (script: string) => host.run("top", script);
const disk = () => top("cat services/x; btrfs subvolume list -u . | sed 's/ gen [0-9]*//'");
const rollback = (options: Partial<RollbackOptions>) => {
  plans = [];
  const confirm = async (plan: Plan) => plans.push(plan) > 0;
  const session = openSession("root@127.0.0.1", { configFile: host.configFile, connections, confirm });
  return rollbackCommand.run("test", rollbackCommand.options.parse(options), session);
};
const SERVICES = { subvolume: "/services", snapshot: "services-20260101-000000" };
/** Takes a rollback back for good. */
async function forget(id: string | undefined) {
  expect((await rollback({ undo: id as string })).why).toBeUndefined();
  expect(await rollback({ discard: id as string })).toMatchObject({ done: true, rollbacks: [] });
}

it("a folder that is immutable is refused, as its snapshot could not be deleted", async () => {
  const before = disk();
  top("chattr +i services");
  const done = await rollback(SERVICES);
  top("chattr -i services");
  expect(done).toMatchObject({
    done: false,
    rollbacks: [],
    why: expect.stringMatching(/top folder of services .*chattr -i/),
  });
  expect(disk()).toBe(before);
});

it("a second filesystem, whose subvolumes have the same ids, is left alone", async () => {
  const id = Number(top("btrfs inspect-internal rootid services"));
  inside(
    `truncate -s 128M /persist/disk; mkfs.btrfs -q /persist/disk; mkdir -p /other /data; mount -o loop /persist/disk /other
     while btrfs -q subvolume create /other/n; do [ "$(btrfs inspect-internal rootid /other/n)" -lt ${id} ] || break; btrfs -q subvolume delete /other/n; done
     mount -o subvol=n "$(findmnt -no SOURCE /other)" /data; echo data >/data/x
     echo "UUID=$(findmnt -no UUID /other) /data btrfs subvolid=${id} 0 0" >/etc/fstab; sleep 4718 </data/x >/dev/null 2>&1 &`,
  );
  expect(Number(inside("btrfs inspect-internal rootid /data"))).toBe(id);
  const done = await rollback(SERVICES);
  expect(done.why).toBeUndefined();
  expect(plans[0]?.lines.join("\n")).not.toContain("/data");
  expect(inside("cat /services/x /data/x; btrfs inspect-internal rootid /data")).toBe(`good\ndata\n${id}\n`);
  expect(inside("grep -c ' /data ' /proc/self/mountinfo").trim()).toBe("1");
  await forget(done.id);
  expect(inside("cat /services/x /data/x")).toBe("bad\ndata\n");
  inside(
    "pkill -f '^sleep 4718'; while umount /data 2>/dev/null; do :; done; umount -d /other; rm /persist/disk /etc/fstab",
  );
});

it("a subvolume whose name holds commas is mounted anew like others", async () => {
  // No option of mount can name it, but its number can.
  inside(
    `mkdir /commas; mount -o "subvolid=${top('btrfs inspect-internal rootid "c,d"').trim()}" "$(findmnt -no SOURCE /persist | sed 's/\\[.*//')" /commas`,
  );
  const done = await rollback({ subvolume: "/commas", snapshot: "snapshots/c" });
  expect(done.why).toBeUndefined();
  expect(done.pending).toEqual([]);
  expect(inside("cat /commas/x; grep -c ' /commas ' /proc/self/mountinfo")).toBe("good\n1\n");
  await forget(done.id);
  expect(inside("cat /commas/x; umount /commas")).toBe("bad\n");
});

it("what only a container still shows is not deleted", async () => {
  inside(
    "unshare -m --propagation private sh -c 'touch /run/ready; exec sleep 4719' >/dev/null 2>&1 & until [ -e /run/ready ]; do sleep 0.05; done",
  );
  const done = await rollback(SERVICES);
  expect(done.why).toBeUndefined();
  expect(done.notes.join("\n")).toMatch(/sleep.* has mounts of its own, and sees the other data/);
  const refused = await rollback({ discard: done.id as string });
  expect(refused).toMatchObject({ done: false, why: expect.stringContaining("is still mounted") });
  expect(top("ls .nix-impermanence-rollbacks/*")).toContain("other");
  inside("pkill -f '^sleep 4719'; rm /run/ready");
  await forget(done.id);
});

it("the default subvolume of a filesystem is refused, as it is found by its number, and nothing changed", async () => {
  top('btrfs subvolume set-default "$(btrfs inspect-internal rootid services)" .');
  const before = disk();
  const refused = await rollback(SERVICES);
  expect(refused).toMatchObject({ done: false, why: expect.stringContaining("set-default") });
  expect(disk()).toBe(before);
  top("btrfs subvolume set-default 5 .");
});

it("a toplevel that somebody else may write to keeps no rollbacks, and nothing changed", async () => {
  const before = disk();
  for (const [change, back] of [
    ["chown 1000 .", "chown 0 ."],
    ["chgrp 100 .; chmod 775 .", "chgrp 0 .; chmod 755 ."],
    ["ln -s persist .nix-impermanence-rollbacks", "rm .nix-impermanence-rollbacks"],
  ] as const) {
    top(change);
    const refused = await rollback(SERVICES);
    top(back);
    expect(refused).toMatchObject({ done: false, why: expect.stringContaining("is no folder of root") });
    expect(disk()).toBe(before);
  }
});

it("a root that nothing wipes is rolled back at the next boot, and back again", async () => {
  top(
    "btrfs -q subvolume snapshot -r root snapshots/root-20260101-000000; mv root-blank r; btrfs -q subvolume delete r old_roots",
  );
  inside("echo broken >/etc/lost");
  const order = { subvolume: "/", snapshot: "root-20260101-000000", atNextBoot: true };
  // The machine runs longer than this root is there: nothing says that it is not made at boot.
  const before = disk();
  expect(await rollback(order)).toMatchObject({ done: false, why: expect.stringContaining("cannot be told") });
  expect(disk()).toBe(before);
  const booted = () =>
    inside('sed "s/^btime .*/btime $(($(date +%s) + 600))/" /proc/stat >/run/stat; mount --bind /run/stat /proc/stat');
  booted();
  expect(await rollback({ ...order, atNextBoot: false })).toMatchObject({
    done: false,
    why: expect.stringContaining("--at-next-boot"),
  });
  const done = await rollback(order);
  expect(done).toMatchObject({ done: true, did: "rolled-back", pending: ["/"] });
  expect(inside("cat /etc/lost")).toBe("broken\n");
  expect(await rollback({ discard: done.id as string })).toMatchObject({
    done: false,
    why: expect.stringContaining("restart the host first"),
  });
  host.run("crash");
  expect(inside("cat /etc/lost 2>&1 || :")).toContain("No such file");
  booted();
  expect(await rollback({ undo: done.id as string, atNextBoot: true })).toMatchObject({ done: true, did: "undone" });
  host.run("crash");
  expect(inside("cat /etc/lost")).toBe("broken\n");
  expect(await rollback({ discard: done.id as string })).toMatchObject({ done: true, rollbacks: [] });
});
