import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Connections } from "../../server/src/remote/connections.ts";
import { look } from "../../server/src/remote/filesystems.ts";
import { snapshotList } from "../../server/src/remote/list.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import type { RemoteSession } from "../../server/src/remote/remote-command.ts";
import { type SnapshotResult, snapshotCommand } from "../../server/src/remote/snapshot/snapshot.ts";
import { runCli } from "../cli/run-cli.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
}, 60_000);
afterAll(() => host?.run("destroy"));

const connections = new Connections();
afterAll(() => connections.close());

const session = (user = "josh"): RemoteSession =>
  openSession(`${user}@127.0.0.1`, { configFile: host.configFile, connections });
const snapshot = (options: object = {}, user = "josh", conversation = session(user)): Promise<SnapshotResult> =>
  snapshotCommand.run(`${user}@127.0.0.1`, snapshotCommand.options.parse(options), conversation);
const inside = (script: string) => host.run("inside", "sh", "-c", script);
const names = () => host.run("top", "ls -A snapshots").split("\n").filter(Boolean).sort();
/** Everything that a refused snapshot must not change. */
const state = () =>
  host.run("top", "btrfs subvolume list -pcuqR . | sed 's/ gen [0-9]*//'; ls -lAR --time-style=full-iso snapshots");

beforeEach(() => {
  host.run(
    "top",
    `shopt -s dotglob nullglob
     for s in snapshots/*; do if [ "$(stat -c %i "$s")" = 256 ]; then btrfs -q subvolume delete "$s" >/dev/null; else rm -r "$s"; fi; done
     rm -rf persist/data; mkdir persist/data; echo one >persist/data/file; sync -f .`,
  );
});

describe("snapshot", () => {
  it("takes what is named, read-only and whole, and says over how many seconds", async () => {
    const found = await snapshot({ subvolumes: ["/persist", "log"] });
    expect(found).toMatchObject({ done: true, found: false, by: "named", seconds: expect.any(Number) });
    expect(found.snapshots.map(({ of }) => of)).toEqual(["persist", "log"]);
    for (const { path } of found.snapshots) expect(path).toMatch(/^snapshots\/(persist|log)-\d{8}-\d{6}$/);
    const path = found.snapshots[0]?.path;
    expect(host.run("top", `cat ${path}/data/file; btrfs property get -ts ${path} ro`)).toBe("one\nro=true\n");
    inside("echo two >/persist/data/file");
    expect(host.run("top", `cat ${path}/data/file`)).toBe("one\n");
    expect(names().filter((name) => name.startsWith("."))).toEqual([".nix-impermanence"]);
  });

  it("takes the critical subvolumes by what is mounted when no configuration is known, and says so", async () => {
    const found = await snapshot();
    expect(found).toMatchObject({ done: true, by: "mounts" });
    expect(found.snapshots.map(({ of }) => of)).toEqual(["persist"]);
    expect(snapshotCommand.text(found)).toContain("Chosen by what is mounted");
  });

  it("takes the stores and the surviving state of the configuration", async () => {
    const facts = {
      stores: [{ path: "/persist" }, { path: "/nowhere" }],
      services: [
        { enabled: "yes", state: [{ path: "/var/log/app", kind: "state", fate: "yes" }] },
        { enabled: "yes", state: [{ path: "/var/lib/lost", kind: "state", fate: "no" }] },
      ],
      ...{ fileSystems: {}, snapshotJobs: [], ephemeralRoot: { kind: "rollback" } },
    };
    const configured = { facts, fates: async () => [] } as unknown as RemoteSession["configured"];
    const found = await snapshot({ all: true }, "josh", { ...session(), configured });
    expect(found).toMatchObject({ done: true, by: "configuration" });
    expect(found.snapshots.map(({ of }) => of)).toEqual(["persist", "log"]);
  });

  it("finds with the same request what the first call took", async () => {
    const first = await snapshot({ subvolumes: ["/persist", "log"], request: "retry-123" });
    const before = state();
    const again = await snapshot({ subvolumes: ["/persist", "log"], request: "retry-123" });
    expect(again).toMatchObject({ done: true, found: true, snapshots: first.snapshots, seconds: first.seconds });
    expect(state()).toBe(before);
    expect(await snapshot({ subvolumes: ["nix"], request: "retry-123" })).toMatchObject({ done: false });
    host.run("top", `btrfs -q subvolume delete ${first.snapshots[1]?.path}`);
    const gone = await snapshot({ subvolumes: ["/persist", "log"], request: "retry-123" });
    expect(gone).toMatchObject({ done: false, why: expect.stringContaining("not there any more") });
  });

  it("takes another name when the name is taken", async () => {
    // The names of the next minute, as folders: a snapshot into an existing folder would end up inside of it.
    inside(
      "now=$(date +%s); for s in $(seq 0 60); do mkdir /.snapshots/persist-$(date -u -d @$((now + s)) +%Y%m%d-%H%M%S); done",
    );
    const found = await snapshot({ subvolumes: ["persist"] });
    expect(found).toMatchObject({ done: true });
    expect(found.snapshots[0]?.path).toMatch(/^snapshots\/persist-\d{8}-\d{6}\.1$/);
  });

  it("names subvolumes that are not in the snapshot", async () => {
    host.run(
      "top",
      "btrfs -q subvolume create persist/data/machines; btrfs -q subvolume create persist/data/machines/a",
    );
    const found = await snapshot({ subvolumes: ["persist"] });
    expect(found.notInside).toEqual(["persist/data/machines", "persist/data/machines/a"]);
    expect(snapshotCommand.text(found)).toContain("not in the snapshot: persist/data/machines, a subvolume of its own");
    host.run("top", "btrfs -q subvolume delete persist/data/machines/a persist/data/machines");
  });

  it("writes a line into the journal for each snapshot", async () => {
    inside(
      `mkdir -p /run/wrappers/bin; printf '#!/bin/sh\\nsed "s/^/$*: /" >>/run/journal\\n' >/run/wrappers/bin/logger; chmod +x /run/wrappers/bin/logger`,
    );
    const found = await snapshot({ subvolumes: ["persist", "log"], request: "audited-1" });
    const lines = inside("cat /run/journal; rm /run/journal /run/wrappers/bin/logger").trim().split("\n");
    expect(lines).toEqual(
      found.snapshots.map(
        ({ uuid, path }) =>
          `-t nix-impermanence -p authpriv.notice: verb=snapshot request=audited-1 uuid=${uuid} path=${path} user=josh`,
      ),
    );
  });

  it("takes subvolumes with any name, and runs nothing of it", async () => {
    const odd = ['it\'s "q" $(touch executed)', "-rf", "new\nline", "bidi\u202e", "a\\b", "ID 5 gen 1"];
    host.run(
      "top",
      `mkdir persist/data/odd; ${odd.map((name) => `btrfs -q subvolume create ${quoted(`persist/data/odd/${name}`)}`).join("; ")}`,
    );
    const found = await snapshot({ subvolumes: odd.map((name) => `persist/data/odd/${name}`) });
    expect(found.why).toBeUndefined();
    expect(found.snapshots.map(({ of }) => of)).toEqual(odd.map((name) => `persist/data/odd/${name}`));
    expect(inside("find / -xdev -name executed; ls /tmp")).toBe("");
    expect(names().every((name) => /^[\w.@+-]+$/.test(name))).toBe(true);
    expect(snapshotCommand.text(found)).not.toMatch(/\u202e/);
    host.run("top", "btrfs -q subvolume delete persist/data/odd/*; rmdir persist/data/odd");
  });
});

it("a subvolume whose name leaves no room for the time is named shorter, with its number", async () => {
  const [one, other] = ["a", "b"].map((last) => `${"n".repeat(244)}${last}`);
  host.run("top", `for s in ${one} ${other}; do btrfs -q subvolume create persist/data/$s; done`);
  const found = await snapshot({ subvolumes: [`persist/data/${one}`, `persist/data/${other}`] });
  expect(found).toMatchObject({ done: true });
  expect(new Set(found.snapshots.map(({ path }) => path.replace(/-\d{8}-\d{6}$/, "")))).toHaveLength(2);
  expect(names().filter((name) => name.startsWith("."))).toEqual([".nix-impermanence"]);
  host.run("top", `btrfs -q subvolume delete persist/data/n*`);
});

it("a snapshot that cannot get its name is said to be there, and gets it from the next run", async () => {
  inside(
    `mkdir -p /run/wrappers/bin; printf '#!/bin/sh\ncase $* in *-1\\ */persist-*) exit 1 ;; esac\nexec /usr/bin/mv "$@"\n' >/run/wrappers/bin/mv; chmod +x /run/wrappers/bin/mv`,
  );
  const found = await snapshot({ subvolumes: ["persist"], request: "unnamed-1" });
  inside("rm -r /run/wrappers");
  expect(found).toMatchObject({ done: false, why: expect.stringMatching(/^persist-\S+ was taken, .* any later run/) });
  expect(names()).toEqual([".nix-impermanence", ".nix-impermanence-unnamed-1-1"]);
  expect(await snapshot({ subvolumes: ["persist"], request: "unnamed-1" })).toMatchObject({ done: true, found: true });
});

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

describe("a snapshot is refused, and nothing changed,", () => {
  it.each<[string, object, RegExp]>([
    ["of what is no subvolume", { subvolumes: ["/persist/etc"] }, /no subvolume of the host.*persist/],
    ["of what is not there", { subvolumes: ["/persist", "missing"] }, /missing is no subvolume/],
    ["of a mount that is no btrfs", { subvolumes: ["/run"] }, /no subvolume/],
    [
      "into a folder that is not there",
      { subvolumes: ["persist"], to: "/persist/none" },
      /no folder of root on the host/,
    ],
    ["into a folder on the root that is wiped", { subvolumes: ["persist"], to: "/home" }, /replaced at boot/],
    ["into a folder outside of the filesystem", { subvolumes: ["persist"], to: "/run" }, /another filesystem/],
    ["through a link", { subvolumes: ["persist"], to: "/persist/link" }, /or a link/],
    ["into a folder of somebody else", { subvolumes: ["persist"], to: "/persist/josh" }, /others can write/],
    ["into a folder that all can write to", { subvolumes: ["persist"], to: "/persist/all" }, /others can write/],
    ["into a folder that a group can write to", { subvolumes: ["persist"], to: "/persist/group" }, /others can write/],
    ["into a folder with a list of rights", { subvolumes: ["persist"], to: "/persist/listed" }, /others can write/],
    [
      "into a folder that somebody else can exchange",
      { subvolumes: ["persist"], to: "/persist/josh/own" },
      /folder around/,
    ],
    ["into a snapshot", { subvolumes: ["persist"], to: "root-blank" }, /read-only subvolume/],
    ["of names and all at once", { subvolumes: ["persist"], all: true }, /not both/],
  ])("%s", async (_, options, why) => {
    host.run(
      "top",
      `ln -sfn /tmp persist/link; mkdir -p persist/josh/own persist/all persist/group persist/listed; chown 1000 persist/josh; chmod 1777 persist/all
       chgrp 100 persist/group; chmod 775 persist/group; python3 -c '
import os, struct
# u::rwx, u:1000:rwx, g::r-x, m::rwx, o::r-x
rights = [(1, 7, -1), (2, 7, 1000), (4, 5, -1), (16, 7, -1), (32, 5, -1)]
acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *one) for one in rights)
os.setxattr("persist/listed", "system.posix_acl_access", acl)'`,
    );
    const before = state();
    expect(await snapshot(options)).toMatchObject({ done: false, why: expect.stringMatching(why), snapshots: [] });
    expect(state()).toBe(before);
  });

  it("of a folder that is immutable, whose snapshot could neither be named nor deleted", async () => {
    host.run("top", "chattr +i persist");
    const before = state();
    const found = await snapshot({ subvolumes: ["persist"] });
    host.run("top", "chattr -i persist");
    expect(found).toMatchObject({ done: false, why: expect.stringMatching(/top folder of persist .*chattr -i/) });
    expect(state()).toBe(before);
  });

  it("without sudo", async () => {
    const before = state();
    await expect(snapshot({}, "nosudo")).rejects.toThrow(/sudo/);
    expect(state()).toBe(before);
  });

  it("on a read-only filesystem", async () => {
    inside("mount -o remount,ro /; for m in /nix /persist /var/log /.snapshots; do mount -o remount,ro $m; done");
    const found = await snapshot({ subvolumes: ["persist"] });
    // Looking must not make it writable either.
    expect(inside("grep -c ' - btrfs [^ ]* ro,' /proc/self/mountinfo").trim()).toBe("5");
    inside("mount -o remount,rw /; for m in /nix /persist /var/log /.snapshots; do mount -o remount,rw $m; done");
    expect(found).toMatchObject({ done: false, why: expect.stringContaining("dmesg") });
    expect(names()).toEqual([]);
  });

  it("on a full filesystem", async () => {
    inside(
      "for mb in 256 64 16 4; do while fallocate -l $((mb))M /persist/data/$(date +%s%N) 2>/dev/null; do :; done; done; sync",
    );
    const found = await snapshot({ subvolumes: ["persist"] });
    inside("rm /persist/data/[0-9]*; sync");
    expect(found).toMatchObject({ done: false, why: expect.stringContaining("free") });
    expect(names()).toEqual([]);
  });

  it("while another run is at work, which is named, and not after it was killed", async () => {
    inside(
      'echo "$(date +%s) anna rollback" >/run/nix-impermanence.lock; (flock 9; exec sleep 4712) 9>>/run/nix-impermanence.lock >/dev/null 2>&1 &',
    );
    const found = await snapshot({ subvolumes: ["persist"] });
    expect(found.why).toMatch(/another run is at work on the host \(rollback by anna since 20\d\d-/);
    expect(names()).toEqual([]);
    inside("pkill -KILL -f '^sleep 4712'");
    expect(await snapshot({ subvolumes: ["persist"] })).toMatchObject({ done: true });
  });
});

/** Lets a command on the host do something else: a script in which "$real" is the command itself. */
function replaced(name: string, script: string): () => void {
  inside(
    `mkdir -p /run/wrappers/bin; printf '%s\n' '#!/bin/sh' 'real=/usr/bin/${name}' ${quoted(script)} >/run/wrappers/bin/${name}; chmod +x /run/wrappers/bin/${name}`,
  );
  return () => inside(`rm /run/wrappers/bin/${name}`);
}
/** Lets a command not be there. */
function hidden(name: string): () => void {
  inside(`mount --bind /dev/null "$(command -v ${name})"`);
  return () => inside(`umount "$(readlink -f /usr/bin/${name})"`);
}

it("a snapshot goes into a folder of root below one where everybody has a place, as in /tmp", async () => {
  host.run("top", "mkdir -p persist/all/own; chmod 1777 persist/all");
  const found = await snapshot({ subvolumes: ["persist"], to: "/persist/all/own" });
  expect(found.why).toBeUndefined();
  host.run("top", "btrfs -q subvolume delete persist/all/own/persist-*; rm -r persist/all");
});

it("the lock is open to nobody who could hold it", async () => {
  inside("rm -f /run/nix-impermanence.lock; touch /run/nix-impermanence.lock; chmod 666 /run/nix-impermanence.lock");
  await snapshot({ subvolumes: ["persist"] });
  expect(inside("stat -c '%U %a' /run/nix-impermanence.lock; rm /run/nix-impermanence.lock")).toBe("root 600\n");
  await snapshot({ subvolumes: ["persist"] });
  expect(inside("stat -c '%U %a' /run/nix-impermanence.lock")).toBe("root 600\n");
});

describe("a snapshot that fails on the host leaves nothing,", () => {
  it.each<[string, string, string, RegExp]>([
    [
      "when the space ends at the second subvolume",
      "ERROR: cannot snapshot: No space left on device",
      "log",
      /no space left/,
    ],
    ["when a quota is exceeded", "ERROR: cannot snapshot: Disk quota exceeded", "log", /quota/],
    ["when the filesystem becomes read-only", "ERROR: cannot snapshot: Read-only file system", "log", /dmesg/],
    ["when btrfs says what nobody knows", "ERROR: \u001b[31mstrange", "persist", /the host says: .*strange/],
  ])("%s", async (_, message, at, why) => {
    const restore = replaced(
      "btrfs",
      `case "$*" in "subvolume snapshot "*/${at}" "*) echo ${quoted(message)} >&2; exit 1;; esac; exec "$real" "$@"`,
    );
    const found = await snapshot({ subvolumes: ["persist", "log"] });
    restore();
    expect(found).toMatchObject({ done: false, why: expect.stringMatching(why), snapshots: [] });
    expect(snapshotCommand.text(found)).not.toContain("\u001b");
    expect(names()).toEqual([]);
  });

  it("when what was made is not read-only", async () => {
    const restore = replaced(
      "btrfs",
      'case "$*" in "subvolume snapshot -r "*) shift 3; exec "$real" subvolume snapshot "$@";; esac; exec "$real" "$@"',
    );
    const found = await snapshot({ subvolumes: ["persist"] });
    restore();
    expect(found).toMatchObject({ done: false, why: expect.stringContaining("not what it should be") });
    expect(names()).toEqual([]);
  });

  it("when a subvolume is another one by the time it is taken", async () => {
    const conversation = session();
    const swapping: RemoteSession = {
      ...conversation,
      call: (verb, step) => {
        if (verb.name === "snapshot") host.run("top", "btrfs -q subvolume delete odd; btrfs -q subvolume create odd");
        return conversation.call(verb, step);
      },
    };
    host.run("top", "btrfs -q subvolume create odd");
    const found = await snapshot({ subvolumes: ["odd"] }, "josh", swapping);
    host.run("top", "btrfs -q subvolume delete odd");
    expect(found).toMatchObject({ done: false, why: expect.stringContaining("odd is not any more what it was") });
  });

  it.each<[string, RegExp]>([
    ["btrfs", /btrfs-progs.* is not found/],
    ["flock", /flock \(util-linux\) is not found/],
  ])("when %s is not installed", async (name, why) => {
    const restore = hidden(name);
    const found = await snapshot({ subvolumes: ["persist"] }).finally(restore);
    expect(found).toMatchObject({ done: false, why: expect.stringMatching(why) });
    expect(names()).toEqual([]);
  });
});

it("a snapshot says when the clock of the host is wrong", async () => {
  for (const [by, words] of [
    ["+2 hours", "2 h ahead of"],
    ["-30 years", "30 years behind"],
  ] as const) {
    const restore = replaced("date", `exec "$real" -d "${by}" "$@"`);
    const found = await snapshot({ subvolumes: ["persist"], request: `clock${by.replace(/\W/g, "-")}` });
    const again = await snapshot({ subvolumes: ["persist"], request: `clock${by.replace(/\W/g, "-")}` });
    restore();
    expect(found.done).toBe(true);
    expect(again).toMatchObject({ done: true, found: true, snapshots: found.snapshots });
    expect(found.notes.join(" ")).toContain(`The clock of the host is ${words} this`);
  }
});

it("a snapshot needs nothing of /tmp, /var and /run but the lock", async () => {
  inside(
    "for f in /tmp /var; do mount --bind $f $f; mount -o remount,bind,ro,noexec,nosuid,nodev $f; done; mount -o remount,noexec /run",
  );
  const found = await snapshot({ subvolumes: ["persist"] }, "root");
  inside("umount /tmp; umount -l /var; mount -o remount,exec /run; mount -o remount,ro /run");
  const refused = await snapshot({ subvolumes: ["persist"] }, "root");
  inside("mount -o remount,rw /run");
  expect(found.why).toBeUndefined();
  expect(refused).toMatchObject({
    done: false,
    why: expect.stringContaining("nix-impermanence.lock cannot be written"),
  });
});

it("snapshots of two filesystems are one set, each in its own, and both are listed", async () => {
  inside(
    `truncate -s 128M /persist/disk; mkfs.btrfs -q /persist/disk; mkdir -p /data; mount -o loop /persist/disk /data
     btrfs -q subvolume create /data/@db; btrfs -q subvolume create /data/@snapshots; echo x >/data/@db/file`,
  );
  const found = await snapshot({ subvolumes: ["persist", "/data/@db"], request: "two-disks" });
  const again = await snapshot({ subvolumes: ["persist", "/data/@db"], request: "two-disks" });
  const listed = snapshotList(await session().call(look));
  inside("umount -d /data; rm /persist/disk");
  expect(found).toMatchObject({ done: true });
  expect(found.snapshots.map(({ path }) => path.replace(/-\d+-\d+$/, ""))).toEqual([
    "snapshots/persist",
    "@snapshots/db",
  ]);
  expect(again).toMatchObject({ done: true, found: true, snapshots: found.snapshots });
  const own = found.snapshots.map(({ filesystem, uuid }) => ({ filesystem, uuid }));
  expect(listed.snapshots).toEqual(expect.arrayContaining(own.map((one) => expect.objectContaining(one))));
  expect(new Set(own.map(({ filesystem }) => filesystem)).size).toBe(2);
});

it("the command line takes a snapshot and prints it", () => {
  const shown = runCli(["remote", "snapshot", "josh@127.0.0.1", "/persist", "--ssh-config", host.configFile]);
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(shown.stdout).toMatch(
    /^persist → snapshots\/persist-\d{8}-\d{6}\nTaken at .* over [\d.]+ s, read-only, and verified\./,
  );
  const refused = runCli(["remote", "snapshot", "josh@127.0.0.1", "nothing", "--ssh-config", host.configFile]);
  expect(refused).toMatchObject({ code: 2, stdout: expect.stringContaining("No snapshot was taken") });
});
