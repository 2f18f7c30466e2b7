import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CallOptions, callHost } from "../../server/src/remote/call-host.ts";
import { look } from "../../server/src/remote/filesystems.ts";
import { snapshotList } from "../../server/src/remote/list.ts";
import { REMOTE_COMMAND, scriptInput } from "../../server/src/remote/script-input.ts";
import { sshArguments } from "../../server/src/remote/ssh-arguments.ts";
import { status } from "../../server/src/remote/status.ts";
import type { Verb } from "../../server/src/remote/verb.ts";
import { runCli } from "../cli/run-cli.ts";
import { freePort, TestHost } from "./test-host.ts";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
}, 60_000);
afterAll(() => host?.run("destroy"));

const call = <Result>(verb: Verb<Result>, user = "josh", options: CallOptions = {}) =>
  callHost(`${user}@127.0.0.1`, verb, { configFile: host.configFile, ...options });

/** Gives back its arguments, then waits when told to. */
const echo: Verb<string[]> = {
  name: "echo",
  scripts: ['for one; do record arg "$one"; done'],
  schema: { parse: (value: unknown) => value } as Verb<string[]>["schema"],
  read: (records) => records.filter(({ kind }) => kind === "arg").map(({ rest }) => rest),
};
const wait: Verb<null> = {
  name: "wait",
  scripts: ["sleep 4711"],
  schema: { parse: () => null } as unknown as Verb<null>["schema"],
  read: () => null,
};
const sleepers = () => host.run("inside", "sh", "-c", "pgrep -f '^sleep 4711' | wc -l").trim();

async function until(expected: string): Promise<void> {
  for (let tries = 0; tries < 100 && sleepers() !== expected; tries++) await sleep(100);
  expect(sleepers()).toBe(expected);
}

describe("status", () => {
  it.each(["josh", "fishy", "zoe", "noisy", "root"])(
    "is read as root by %s, whatever the login shell prints",
    async (user) => {
      const found = await call(status, user);
      expect(found).toMatchObject({ host: "testhost", asRoot: true, nixos: true, nestedInRoot: [] });
      expect(found.root).toMatchObject({ type: "btrfs", root: "/root" });
      expect(found.space?.totalBytes).toBe(512 * 1024 * 1024);
    },
  );

  it("is read whatever the login shell prints at its end, be it in one piece with the last word", async () => {
    const scripts = ["printf 'arg\\037x\\000end\\0370\\000bye\\n'; over 0"];
    expect(await call({ ...echo, scripts })).toEqual(["x"]);
  });

  it("says what it cannot see without root", async () => {
    const found = await call(status, "nosudo");
    expect(found).toMatchObject({ asRoot: false, wipe: { atThisBoot: "unknown" } });
    expect(found.unknownSubvolumes).toContain("sudo");
  });

  it("reads as root with the password for sudo, and never runs it as a command", async () => {
    expect((await call(status, "pwsudo", { password: "secret" })).asRoot).toBe(true);
    expect((await call(status, "josh", { password: "touch /tmp/executed" })).asRoot).toBe(true);
    expect(host.run("inside", "ls", "/tmp")).toBe("");
    await expect(call(status, "pwsudo", { password: "wrong" })).rejects.toMatchObject({ code: "EPASSWORD" });
  });

  it("names subvolumes inside the root", async () => {
    host.run("inside", "btrfs", "-q", "subvolume", "create", "/machines");
    expect((await call(status)).nestedInRoot).toEqual(["root/machines"]);
    host.run("inside", "btrfs", "-q", "subvolume", "delete", "/machines");
  });

  it("leaves nothing mounted or written", async () => {
    const look = () => host.run("inside", "sh", "-c", "cat /proc/1/mounts; find /tmp /run /root /home");
    const before = look();
    await call(status);
    expect(look()).toBe(before);
  });
});

describe("list", () => {
  it("shows snapshots of every naming, the newest first, and names as they are", async () => {
    host.run(
      "top",
      `s() { btrfs -q subvolume snapshot -r persist "snapshots/$1"; }
       s persist-20261120-120000; s persist.20261121T0000; mkdir snapshots/7; s 7/snapshot
       s "it's \\"q\\" \\$(touch executed)"; s "-rf"; s $'new\\nline'; s $'bidi\\u202e'; s $'bad\\xff'`,
    );
    const found = snapshotList(await call(look));
    expect(found.complete).toBe(true);
    const paths = found.snapshots.map(({ path }) => path.replace(/^snapshots\//, ""));
    expect(paths).toEqual([
      ...["bad\uFFFD", "bidi\u202e", "new\nline", "-rf", 'it\'s "q" $(touch executed)'],
      ...["7/snapshot", "persist.20261121T0000", "persist-20261120-120000", "root-blank"],
    ]);
    expect(found.snapshots[7]).toMatchObject({ naming: "timestamp", readOnly: true, of: "persist" });
    expect(found.snapshots.slice(5, 7).map(({ naming }) => naming)).toEqual(["snapper", "btrbk"]);
    expect(host.run("inside", "ls", "/tmp")).toBe("");
  });

  it("says why it shows none without root", async () => {
    expect(snapshotList(await call(look, "nosudo"))).toMatchObject({
      complete: false,
      why: expect.stringContaining("sudo"),
    });
  });
});

describe("the transport", () => {
  it("hands over arguments as data", async () => {
    const args = ["it's", "$(touch /tmp/executed)", "`id`", "a\nb", "-n", "", "\\", "\u202e"];
    const bytes = args.map((arg) => Buffer.from(arg).toString("latin1"));
    for (const user of ["josh", "fishy", "zoe"]) expect(await call(echo, user, { args })).toEqual(bytes);
  });

  it("keeps no filesystem of the account's home busy", async () => {
    const parents = `p=$$; while [ "$p" -gt 1 ]; do record arg "$(readlink "/proc/$p/cwd")"; p=$(awk '{ print $4 }' "/proc/$p/stat"); done`;
    const folders = await call({ ...echo, scripts: [parents] }, "josh");
    expect(folders.length).toBeGreaterThan(2);
    expect(folders.filter((folder) => folder.startsWith("/home"))).toEqual([]);
  });

  it("refuses hosts that could be options or commands", async () => {
    for (const name of ["-oProxyCommand=id", "a b", "a;b", "$(id)", "a\nb", "", "x@-y"])
      await expect(callHost(name, status)).rejects.toMatchObject({ code: "EHOSTNAME" });
  });

  it("runs nothing of a script that is cut", async () => {
    const whole = scriptInput({ scripts: ["touch /root/executed"] }, [], "n");
    for (const part of [0.5, 0.9, 0.98]) {
      const args = sshArguments("root@127.0.0.1", REMOTE_COMMAND, { configFile: host.configFile });
      const ssh = spawn("ssh", args, { stdio: ["pipe", "ignore", "ignore"] });
      ssh.stdin.end(whole.slice(0, Math.floor(whole.length * part)));
      await new Promise((done) => ssh.once("close", done));
    }
    expect(host.run("inside", "ls", "/root")).toBe("");
  });

  it("leaves nothing running after a cancel or a killed client", async () => {
    const stop = new AbortController();
    const cancelled = expect(call(wait, "josh", { signal: stop.signal })).rejects.toMatchObject({ code: "ECANCELLED" });
    await until("1");
    stop.abort();
    await cancelled;
    await until("0");
    const args = sshArguments("josh@127.0.0.1", REMOTE_COMMAND, { configFile: host.configFile });
    const ssh = spawn("ssh", args, { stdio: ["pipe", "ignore", "ignore"] });
    ssh.stdin.write(scriptInput(wait, [], "n"));
    await until("1");
    ssh.kill("SIGKILL");
    await until("0");
  });

  it("says in plain words why a host cannot be asked", async () => {
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    await expect(call(status, "noshell")).rejects.toMatchObject({ code: "ENOSHELL" });
    await expect(call(status, "nobody-there")).rejects.toMatchObject({ code: "EAUTH" });
    await expect(call(wait, "josh", { limit: 1500 })).rejects.toMatchObject({ code: "ETIMEOUT" });
    await expect(callHost("no.such.invalid", status, { log })).rejects.toMatchObject({ code: "EDNS" });
    const refused = callHost(`ssh://127.0.0.1:${await freePort()}`, status);
    await expect(refused).rejects.toMatchObject({ code: "EREFUSED" });
    const unknown = callHost("localhost", status, { configFile: `${host.folder}/missing` });
    await expect(unknown).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
    await call(status, "pwsudo", { password: "secret", log });
    expect(lines.join("\n")).toContain("ssh ");
    expect(lines.join("\n")).not.toContain("secret");
  });
});

describe("whether the wipe happened", () => {
  it("is seen after a reboot with it, and after a crash without", async () => {
    host.run("reboot");
    expect((await call(status)).wipe).toEqual({ atThisBoot: "yes", reason: expect.stringContaining("root-blank") });
    expect(snapshotList(await call(look)).snapshots.map(({ naming }) => naming)).toContain("old-roots");
    host.run("crash");
    expect((await call(status)).root?.root).toBe("/root");
  });
});

describe("the command line", () => {
  it("prints what a host answers, with strange names on one line, and why it does not", () => {
    const run = (...args: string[]) => runCli(["remote", ...args, "--ssh-config", host.configFile]);
    const shown = run("status", "josh@127.0.0.1");
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    expect(shown.stdout).toContain("root: btrfs /root");
    const listed = run("list", "josh@127.0.0.1");
    expect(listed.stdout).toContain("new<U+000A>line");
    expect(listed.stdout).not.toContain("\u202e");
    expect(JSON.parse(run("list", "josh@127.0.0.1", "--format", "json").stdout)).toMatchObject({ complete: true });
    expect(run("status", "no.such.invalid")).toMatchObject({ code: 2, stderr: expect.stringContaining("(DNS)") });
    const names = ["root@127.0.0.1", "no.such.invalid", "josh@127.0.0.1"];
    const several = run("status", ...names, "--format", "json");
    expect(several.code).toBe(2);
    expect(JSON.parse(several.stdout)).toMatchObject([
      { host: names[0], destination: names[0], result: { user: "root" } },
      { host: names[1], error: { code: "EDNS" } },
      { host: names[2], result: { host: "testhost" } },
    ]);
    expect(run("status", ...names).stdout.match(/^== .*$/gm)).toEqual(names.map((name) => `== ${name}`));
  });
});
