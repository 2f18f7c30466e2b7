import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type DiffOptions, diffCommand } from "../../server/src/remote/diff/diff.ts";
import type { Diff } from "../../server/src/remote/diff/diff-schema.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
  sh("mkdir -p /srv/many; cd /srv/many; seq 5200 | xargs touch");
  host.run("top", "btrfs -q subvolume snapshot -r root snapshots/boot");
  sh("cd /srv/many; echo changed >7; rm 8");
}, 60_000);
afterAll(() => host?.run("destroy"));
afterEach(() => sh("rm -rf /run/wrappers /run/slow"));

const sh = (script: string) => host.run("inside", "bash", "-euc", script);
const destination = "josh@127.0.0.1";
async function diff(options: DiffOptions = { baseline: "boot" }, signal?: AbortSignal): Promise<Diff> {
  const session = openSession(destination, { configFile: host.configFile, ...(signal ? { signal } : {}) });
  return diffCommand.run(destination, options, session).finally(() => session.close());
}

/** Puts a script in front of a command of the host. Where it does not end, the command runs. */
function wrap(command: string, script: string): void {
  const path = sh(`command -v ${command}`).trim();
  const text = `#!/bin/sh\n${script}\nexec ${path} "$@"\n`;
  sh(
    `mkdir -p /run/wrappers/bin; printf %s '${text.replaceAll("'", "'\\''")}' >/run/wrappers/bin/${command}; chmod +x /run/wrappers/bin/${command}`,
  );
}
/** Where the filesystem of the root is mounted. */
const mountsOfRoot = () =>
  sh('awk \'$9 == "btrfs" || $8 == "btrfs" { print $5 }\' /proc/self/mountinfo')
    .trim()
    .split("\n")
    .map((target) => ({ target }));
const leftOver = () => host.run("top", "ls -A .impermanence-tmp 2>/dev/null || :").trim();
const subvolumes = () => host.run("top", "btrfs subvolume list . | sed 's/.* path //'");

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !holds(); tries++) await sleep(100);
  expect(holds()).toBe(true);
}

const CHANGES = [
  ["modified", "/srv/many/7"],
  ["deleted", "/srv/many/8"],
];
const changesOf = ({ rows }: Diff) => rows.map(({ change, path }) => [change, path]);

describe("a diff finds another way, and says so,", () => {
  it.each([
    [
      "when the filesystem has no space for a snapshot",
      "btrfs",
      'case "$*" in *"snapshot -r"*) echo "ERROR: cannot snapshot: No space left on device" >&2; exit 1;; esac',
      /no temporary snapshot could be made \(ERROR: .*No space left/,
    ],
    [
      "when the stream grows beyond its limit",
      "btrfs",
      'case "$*" in *send*) head -c 9000000 /dev/zero >/tmp/stream; exit 1;; esac',
      /stopped at 8 MiB/,
    ],
    [
      "when btrfs send fails",
      "btrfs",
      'case "$*" in *send*) echo "ERROR: send ioctl failed" >&2; exit 1;; esac',
      /btrfs send failed \(ERROR: send ioctl failed\)/,
    ],
  ])("%s", async (_, command, script, why) => {
    wrap(command, script);
    const before = subvolumes();
    const found = await diff();
    expect(found).toMatchObject({ engine: "lists", complete: true, why: expect.stringMatching(why) });
    expect(changesOf(found)).toEqual(CHANGES);
    expect(subvolumes()).toBe(before);
  });

  it("when nothing can be written any more", async () => {
    sh(
      "dd if=/dev/zero of=/srv/full bs=1M 2>/dev/null || :; i=0; while echo x >/srv/full.$i; do i=$((i + 1)); [ $i -lt 2000 ] || break; done 2>/dev/null || :",
    );
    const found = await diff();
    expect(found).toMatchObject({ complete: true });
    expect(changesOf(found).filter(([, path]) => path?.startsWith("/srv/many"))).toEqual(CHANGES);
    expect(leftOver()).toBe("");
    sh("rm -f /srv/full*");
  });
});

describe("a diff shows nothing", () => {
  it.each([
    [
      "of a stream that is damaged",
      "btrfs",
      'case "$*" in *send*) shift; /usr/bin/btrfs -q "$@"; printf X | dd of=/tmp/stream bs=1 seek=200 conv=notrunc 2>/dev/null; exit 0;; esac',
    ],
    [
      "of a stream that is cut",
      "btrfs",
      'case "$*" in *send*) shift; /usr/bin/btrfs -q "$@"; truncate -s -30 /tmp/stream; exit 0;; esac',
    ],
    [
      "of a list that is cut",
      "find",
      'case "$*" in */tmp/top/root*) [ "$2" = -xdev ] && { /usr/bin/find "$@" | head -c 3001; exit 0; };; esac',
    ],
  ])("%s, and says that", async (_, command, script) => {
    wrap(command, script);
    await expect(diff(command === "find" ? {} : undefined)).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:EPROTOCOL|EINCOMPLETE)$/),
      message: expect.stringMatching(/nothing of it is shown|Nothing of it is shown/),
    });
    expect(leftOver()).toBe("");
  });

  it("where find is not GNU's, and names what is needed", async () => {
    wrap("find", 'case "$*" in *-printf*) echo "find: unrecognized: -printf" >&2; exit 1;; esac');
    await expect(diff({})).rejects.toMatchObject({ code: "ECANNOT", message: expect.stringContaining("findutils") });
  });

  it("as whole of which find could not read a part", async () => {
    wrap(
      "find",
      `case "$*" in */tmp/top/root\\ -xdev*) /usr/bin/find "$@"; echo "find: '/tmp/top/root/srv': Input/output error" >&2; exit 1;; esac`,
    );
    const found = await diff({});
    expect(found).toMatchObject({ complete: false, notes: [expect.stringContaining("Input/output error")] });
    expect(diffCommand.text(found)).toContain("INCOMPLETE");
  });
});

it("a diff leaves a filesystem read-only that an error or a person made so", async () => {
  const access = () => sh("awk '$5 == \"/\" { print $NF }' /proc/self/mountinfo").trim().split(",")[0];
  for (const { target } of mountsOfRoot()) sh(`mount -o remount,ro '${target}'`);
  expect(access()).toBe("ro");
  try {
    expect(changesOf(await diff())).toEqual(expect.arrayContaining(CHANGES));
    expect(access()).toBe("ro");
  } finally {
    for (const { target } of mountsOfRoot()) sh(`mount -o remount,rw '${target}'`);
  }
});

it("a diff takes the lists when they are there before the stream, and stops that", async () => {
  wrap("btrfs", 'case "$*" in *send*) exec sleep 4712;; esac');
  const found = await diff();
  expect(found).toMatchObject({
    engine: "lists",
    complete: true,
    why: expect.stringContaining("done before the stream"),
  });
  expect(changesOf(found)).toEqual(CHANGES);
  expect(sh("pgrep -f '^sleep 4712' || :")).toBe("");
  expect(leftOver()).toBe("");
});

describe("the temporary snapshot", () => {
  const slow = () => {
    sh("touch /run/slow");
    wrap("btrfs", 'case "$*" in *send*) while [ -e /run/slow ]; do sleep 0.1; done;; esac');
    wrap("sort", "while [ -e /run/slow ]; do sleep 0.1; done");
  };

  it("is gone after a cancel, and another client that works at the same time keeps its own", async () => {
    slow();
    const stop = new AbortController();
    const cancelled = expect(diff(undefined, stop.signal)).rejects.toThrow(/cancelled|aborted/i);
    await until(() => leftOver() !== "");
    const [own] = leftOver().split("\n");
    const stopOther = new AbortController();
    const other = expect(diff(undefined, stopOther.signal)).rejects.toThrow(/cancelled|aborted/i);
    await until(() => leftOver().split("\n").length === 2);
    expect(leftOver()).toContain(own);
    stopOther.abort();
    await other;
    await until(() => leftOver() === own);
    stop.abort();
    await cancelled;
    await until(() => leftOver() === "");
    expect(host.run("top", "ls -A")).not.toContain("impermanence");
  });

  it("is gone after the client was killed", async () => {
    slow();
    const failed = expect(diff()).rejects.toMatchObject({ code: "EINCOMPLETE" });
    await until(() => leftOver() !== "");
    execFileSync("pkill", ["-KILL", "-P", String(process.pid), "-x", "ssh"]);
    await failed;
    await until(() => leftOver() === "");
  });

  it("of a host that crashed is removed by the next diff, which says so, and what is not ours stays", async () => {
    slow();
    const failed = expect(diff()).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
    await until(() => leftOver() !== "");
    const [left] = leftOver().split("\n");
    host.run("crash");
    await failed;
    host.run("top", "btrfs -q subvolume create .impermanence-tmp/mine");
    expect(leftOver().split("\n").sort()).toEqual([left, "mine"].sort());
    const found = await diff();
    expect(changesOf(found).filter(([, path]) => path?.startsWith("/srv"))).toEqual(CHANGES);
    expect(leftOver()).toBe("mine");
    expect(found.notes.join()).toMatch(/A temporary snapshot of a diff that was cut off was found .* and removed\./);
    expect((await diff()).notes.join()).not.toContain("cut off");
    host.run("top", "btrfs -q subvolume delete .impermanence-tmp/mine; rmdir .impermanence-tmp");
  });
});
