import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { diffCommand } from "../../server/src/remote/diff/diff.ts";
import { look } from "../../server/src/remote/filesystems.ts";
import { snapshotList } from "../../server/src/remote/list.ts";
import { type OpenedSession, openSession } from "../../server/src/remote/open-session.ts";
import { showCommand } from "../../server/src/remote/show/show.ts";
import { snapshotCommand } from "../../server/src/remote/snapshot/snapshot.ts";
import { status } from "../../server/src/remote/status.ts";
import { statusText } from "../../server/src/remote/status-text.ts";
import { TestHost } from "./test-host.ts";
import { Traces } from "./waiting.ts";

/*
 * Hosts on which something is not as it is on others. What cannot be seen is unknown for that reason; it is never taken
 * for something that is not there.
 */

const DESTINATION = "josh@127.0.0.1";
let host: TestHost;
let session: OpenedSession;
beforeAll(async () => {
  host = await TestHost.start();
  session = openSession(DESTINATION, { configFile: host.configFile });
}, 60_000);
afterAll(async () => {
  await session?.close();
  host?.run("destroy");
});
const sh = (script: string) => host.run("inside", "sh", "-euc", script);
/** Puts a program in front of one of the host's. */
const instead = (name: string, program: string) =>
  sh(`mkdir -p /run/wrappers/bin; cat >/run/wrappers/bin/${name} <<'END'
#!/bin/sh
${program}
END
chmod +x /run/wrappers/bin/${name}`);
afterEach(() => sh("rm -rf /run/wrappers/bin"));

/** What the verbs say that rest on subvolumes. */
async function answers() {
  const listed = snapshotList(await session.call(look));
  const { unknownSubvolumes, snapshots } = await session.call(status);
  const compared = await diffCommand.run(DESTINATION, {}, session).catch((error: Error) => error.message);
  const taken = await snapshotCommand
    .run(DESTINATION, { subvolumes: ["/persist"], all: false }, session)
    .catch(({ message }) => message);
  return { listed, status: unknownSubvolumes, snapshots, compared, taken };
}

describe("subvolumes are unknown, and nothing is changed,", () => {
  it.each([
    [
      "when btrfs-progs list them in another form",
      () => instead("btrfs", '/usr/bin/btrfs "$@" | sed "s/^ID \\([0-9]*\\) gen/ID	\\1	gen/"'),
      /prints what is not understood here \(ID/,
    ],
    ["when btrfs-progs crash", () => instead("btrfs", "kill -SEGV $$"), /`btrfs subvolume list` fails on the host/],
    [
      "when their filesystem cannot be mounted",
      () =>
        instead(
          "mount",
          'case " $* " in *" btrfs "*) echo mount: denied >&2; exit 32 ;; esac; exec /usr/bin/mount "$@"',
        ),
      /the toplevel of \/dev\/loop\d+ cannot be mounted \(mount: denied\)/,
    ],
  ])("%s", async (_, change, why) => {
    const before = host.run("top", "btrfs subvolume list . | sed 's/gen [0-9]*//'");
    change();
    const { listed, status, snapshots, compared, taken } = await answers();
    expect(listed).toEqual({ complete: false, why: expect.stringMatching(why), snapshots: [] });
    expect([status, snapshots]).toEqual([expect.stringMatching(why), undefined]);
    expect(compared).toMatch(why);
    expect(taken).toMatchObject({ why: expect.stringMatching(why) });
    expect(host.run("top", "btrfs subvolume list . | sed 's/gen [0-9]*//'")).toBe(before);
  });
});

it("a filesystem that lacks a device is named", async () => {
  const disks = ["one", "other"].map((name) => {
    const file = join(host.folder, name);
    execFileSync("truncate", ["-s", "128M", file]);
    return execFileSync("losetup", ["-f", "--show", file], { encoding: "utf8" }).trim();
  }) as [string, string];
  try {
    const uuid = randomUUID();
    execFileSync("mkfs.btrfs", ["-q", "-f", "-U", uuid, "-d", "raid1", "-m", "raid1", ...disks], { stdio: "ignore" });
    execFileSync("wipefs", ["-q", "-a", disks[1]]);
    execFileSync("btrfs", ["device", "scan", "--forget", disks[1]], { stdio: "ignore" });
    sh(`mkdir -p /data; mount -t btrfs -o degraded ${disks[0]} /data`);
    const found = await session.call(status);
    expect(found.missingDevices).toEqual([uuid]);
    expect(statusText(found)).toContain(`devices: the filesystem ${uuid} lacks one`);
    sh("umount /data");
    expect((await session.call(status)).missingDevices).toBeUndefined();
  } finally {
    execFileSync("losetup", ["-d", ...disks]);
    execFileSync("btrfs", ["device", "scan", "--forget"], { stdio: "ignore" });
  }
});

it("a host without /tmp says so, in every command", async () => {
  sh("mv /tmp /tmp.away");
  try {
    const why = /\/tmp.*mount point does not exist/s;
    expect(snapshotList(await session.call(look))).toMatchObject({ complete: false, why: expect.stringMatching(why) });
    await expect(showCommand.run(DESTINATION, { snapshot: "now", path: "/etc/x" }, session)).rejects.toThrow(why);
    await expect(diffCommand.run(DESTINATION, {}, session)).rejects.toThrow(why);
  } finally {
    sh("mv /tmp.away /tmp");
  }
});

it("a container where root may not mount is no account without root", async () => {
  instead("unshare", "echo unshare: unshare failed: Operation not permitted >&2; exit 1");
  const taken = snapshotCommand.run(DESTINATION, { subvolumes: ["/persist"], all: false }, session);
  await expect(taken).rejects.toMatchObject({
    code: "ECANNOT",
    message: expect.stringContaining("unshare fails there"),
  });
});

it("a command that hangs is stopped, which is said, and nothing is left of it", async () => {
  instead("btrfs", "exec sleep 4711");
  await expect(session.call(status, { limit: 1_000 })).rejects.toMatchObject({
    code: "ETIMEOUT",
    message: expect.stringMatching(/did not end within 1 seconds, and was stopped\..*dmesg/),
  });
  expect(await new Traces(host).left()).toBe(0);
});

it("a login shell that is none of a shell, and sshd that allows no sessions, are told in words", async () => {
  sh(`for name in python3 perl; do
    echo "$name:x:1020:100::/:/usr/bin/$name" >>/etc/passwd; echo "$name:*:1::::::" >>/etc/shadow
  done`);
  const failing = async (user: string) => {
    const own = openSession(`${user}@127.0.0.1`, { configFile: host.configFile });
    const error = await own.call(status).catch(({ code, message }) => ({ code, message }));
    await own.close();
    return error;
  };
  const none = { code: "ENOSHELL", message: expect.stringMatching(/login shell .* does not run commands[^{]*$/) };
  expect(await failing("python3")).toEqual(none);
  expect(await failing("perl")).toEqual(none);
  sh("sed -i '1i MaxSessions 0' /run/sshd_config; kill -HUP $(pgrep -o -x sshd)");
  await sleep(500);
  expect(await failing("josh")).toEqual({ code: "ESSH", message: expect.stringContaining("MaxSessions") });
  sh("sed -i 1d /run/sshd_config; kill -HUP $(pgrep -o -x sshd)");
  await sleep(500);
});

it("a clock of 1970 is told in words, and the wipe is not judged by it", async () => {
  instead("date", 'case "$*" in +%s) echo 12345 ;; *) exec /usr/bin/date "$@" ;; esac');
  const found = await session.call(status);
  expect(found.wipe).toMatchObject({ atThisBoot: "unknown", reason: expect.stringContaining("prove nothing") });
  expect(statusText(found)).toMatch(/^clock: \d\d years behind this computer's$/m);
});

it("a root on several devices of bcachefs is listed, alone or against the folder of a snapshot", async () => {
  // This kernel has none: the list of mounts says that the root is one, as such a host does.
  instead(
    "awk",
    `case "$*" in *'print "m"'*) /usr/bin/awk "$@" | sed 's: / / \\(.*\\) - btrfs [^ ]* :/ / \\1 - bcachefs /dev/sda1\\:/dev/sdb1 :; s:^m\\(.*\\) /root / \\(.*\\) - btrfs [^ ]* .*:m\\1 / / \\2 - bcachefs /dev/sda1\\:/dev/sdb1 rw,compression=zstd:; s:^noatime /dev/.*:noatime :' ;; *) exec /usr/bin/awk "$@" ;; esac`,
  );
  sh("mkdir -p '/srv/@data/a b' /mnt/@snapshots/root/srv; echo x >'/srv/@data/a b/new'");
  const all = await diffCommand.run(DESTINATION, {}, session);
  expect(all).toMatchObject({ of: "/ (bcachefs)", against: null, engine: "lists", complete: true });
  expect(all.rows.map(({ path }) => path)).toContain("/srv/@data/a b/new");
  expect(all.notes.join()).toContain("blank snapshot of bcachefs is not looked at");
  const against = await diffCommand.run(DESTINATION, { baseline: "/mnt/@snapshots/root" }, session);
  expect(against).toMatchObject({ against: "/mnt/@snapshots/root", engine: "lists", complete: true });
  expect(against.rows.find(({ path }) => path.endsWith("/new"))).toMatchObject({ change: "added", size: 2 });
  await expect(diffCommand.run(DESTINATION, { baseline: "root-blank" }, session)).rejects.toThrow(
    /a baseline is a folder/,
  );
  await expect(diffCommand.run(DESTINATION, { lastReboot: true }, session)).rejects.toMatchObject({ code: "ECANNOT" });
  sh("rm -r /srv /mnt/@snapshots");
});

it("paths that are longer than the kernel takes are compared all the same", async () => {
  const half = Array(20).fill("d".repeat(120)).join("/");
  sh("mkdir /srv; cd /srv; for i in $(seq 1100); do : >f$i; done");
  host.run("top", "btrfs -q subvolume snapshot -r root snapshots/before");
  sh(`cd /srv; mkdir -p ${half} other/${half}; echo hello >other/${half}/deep; mv other ${half}`);
  const found = await diffCommand.run(DESTINATION, { baseline: "before" }, session);
  expect(found).toMatchObject({ complete: true, engine: "lists", why: expect.stringContaining("File name too long") });
  expect(found.rows.find(({ path }) => path.endsWith("/deep"))).toMatchObject({ change: "added", size: 6 });
  expect(found.rows.find(({ path }) => path.endsWith("/deep"))?.path.length).toBe(
    `/srv/${half}/other/${half}/deep`.length,
  );
  sh("rm -rf /srv");
});

it("an account that is bound to another command is told apart from one without sudo", async () => {
  for (const command of ["echo only backups here", "sh -s"]) {
    sh(`sed -i 's|^.*ssh-ed25519|command="${command}" ssh-ed25519|' /etc/authorized_keys`);
    const own = openSession(DESTINATION, { configFile: host.configFile });
    await expect(own.call(status)).rejects.toMatchObject({
      code: "EFORCED",
      message: expect.stringMatching(
        command === "sh -s" ? /ForceCommand/ : /ForceCommand.*It says: only backups here$/,
      ),
    });
    await own.close();
  }
});

it.each([
  ["exit 0", "EFORCED", /~\/\.bashrc, ends that shell or puts another program/],
  ["set -e; false", "ESSH", /Nothing says why: a file that the login shell reads/],
  ["echo This service allows sftp connections only.; exit 1", "EFORCED", /lets this account in for sftp only/],
])("a shell that ends before it runs anything (%s) is told in words", async (line, code, message) => {
  sh(`echo '${line}' >/home/josh/.bashrc`);
  const own = openSession(DESTINATION, { configFile: host.configFile });
  const failed = own.call(status);
  await expect(failed).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  await own.close();
  sh("rm /home/josh/.bashrc");
});

it("a swap file that is in use keeps btrfs from taking a snapshot, and the message says what to do", async () => {
  instead(
    "btrfs",
    'case "$*" in *"subvolume snapshot"*) echo "Create a readonly snapshot of x in y"; echo "ERROR: cannot snapshot: Text file busy" >&2; exit 1 ;; esac; exec /usr/bin/btrfs "$@"',
  );
  const taken = await snapshotCommand.run(DESTINATION, { subvolumes: ["/persist"], all: false }, session);
  expect(taken).toMatchObject({ done: false, why: expect.stringMatching(/^a swap file in it is in use.*swapoff/) });
});

it("an unshare that is not util-linux's or busybox's is named, also where a baseline is asked for", async () => {
  instead("unshare", `echo "unshare: Unknown option 'propagation' (see "unshare --help")" >&2; exit 1`);
  const why = /the unshare that sudo finds there has no --propagation/;
  const compared = diffCommand.run(DESTINATION, { baseline: "root-blank" }, session);
  await expect(compared).rejects.toMatchObject({ code: "ECANNOT", message: expect.stringMatching(why) });
  const taken = snapshotCommand.run(DESTINATION, { subvolumes: ["/persist"], all: false }, session);
  await expect(taken).rejects.toMatchObject({ message: expect.stringMatching(why) });
});
