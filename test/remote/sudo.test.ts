import { spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSession } from "../../server/src/remote/open-session.ts";
import { status } from "../../server/src/remote/status.ts";
import { builtCli, runCli } from "../cli/run-cli.ts";
import { answering, statusOf } from "./conversation.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
}, 60_000);
afterAll(() => host?.run("destroy"));

describe("the password of sudo", () => {
  it("is asked for when everything is wanted, at most three times, and kept for the session", async () => {
    expect((await statusOf(host, "pwsudo")).asRoot).toBe(false);
    const right = answering("wrong", "secret");
    const session = openSession("pwsudo@127.0.0.1", { configFile: host.configFile, ask: right.ask, asksForRoot: true });
    for (let calls = 0; calls < 2; calls++) expect((await session.call(status)).asRoot).toBe(true);
    await session.close();
    expect(right.asked.map(({ attempt, text }) => [attempt, text])).toEqual([
      [0, "Password for sudo on pwsudo@127.0.0.1: "],
      [1, "Password for sudo on pwsudo@127.0.0.1: "],
    ]);
    const wrong = answering("a", "b", "c", "d");
    await expect(statusOf(host, "pwsudo", { ask: wrong.ask, asksForRoot: true })).rejects.toMatchObject({
      code: "EPASSWORD",
    });
    expect(wrong.asked.length).toBe(3);
  });

  it("is tried once for each answer: lines of the script are no passwords", async () => {
    host.run("inside", "sh", "-c", "printf 'Defaults logfile=/tmp/sudo.log\\n' >>/etc/sudoers");
    await expect(statusOf(host, "pwsudo", { ask: answering("wrong").ask, asksForRoot: true })).rejects.toMatchObject({
      code: "ECANCELLED",
    });
    expect(host.run("inside", "cat", "/tmp/sudo.log").match(/\d+ incorrect password attempts?/g)).toEqual([
      "1 incorrect password attempt",
    ]);
  });

  it("is dropped, and never run, where sudo does not want it after all", async () => {
    // Without a password for a shell only: the test with `sudo -n unshare` says that there is one to give.
    const rule = "fishy ALL=(ALL:ALL) NOPASSWD: /usr/bin/sh, /bin/sh";
    host.run(
      "inside",
      "sh",
      "-c",
      `cp -p /etc/sudoers /etc/saved && sed -i '/^fishy/d' /etc/sudoers && echo '${rule}' >>/etc/sudoers`,
    );
    const { ask, asked } = answering("touch /tmp/executed");
    const found = await statusOf(host, "fishy", { ask, asksForRoot: true });
    expect([found.asRoot, asked.length]).toEqual([true, 1]);
    expect(host.run("inside", "ls", "/tmp")).not.toContain("executed");
    host.run("inside", "mv", "/etc/saved", "/etc/sudoers");
  });

  it("is taken where sudo gives its commands a terminal of their own (use_pty)", async () => {
    host.run("inside", "sh", "-c", "printf 'Defaults use_pty\\n' >>/etc/sudoers");
    const { ask } = answering("secret");
    expect((await statusOf(host, "pwsudo", { ask, asksForRoot: true })).asRoot).toBe(true);
    host.run("inside", "sed", "-i", "/use_pty/d", "/etc/sudoers");
  });

  it("is nothing for an account that may not use sudo, and for a command that needs root without anybody to ask", async () => {
    const refused = statusOf(host, "nosudo", { ask: answering("x").ask, asksForRoot: true });
    await expect(refused).rejects.toMatchObject({ code: "ECANCELLED" });
    const session = openSession("nosudo@127.0.0.1", { configFile: host.configFile });
    const failed = session.call({ ...status, needsRoot: true });
    await expect(failed).rejects.toMatchObject({
      code: "EROOT",
      message: expect.stringContaining("password is required"),
    });
    await session.close();
  });

  it("wants a terminal (requiretty): the message says so", async () => {
    host.run("inside", "sh", "-c", "printf 'Defaults:josh requiretty\\n' >>/etc/sudoers");
    const failed = statusOf(host, "josh", { ask: answering("x").ask, asksForRoot: true });
    await expect(failed).rejects.toMatchObject({ code: "ETTY", message: expect.stringContaining("requiretty") });
    expect((await statusOf(host, "josh")).unknownSubvolumes).toContain("sudo wants a terminal (requiretty)");
    host.run("inside", "sed", "-i", "/requiretty/d", "/etc/sudoers");
  });
});

/** Runs the command line on a terminal of its own, types each text when the one before it in the output has come. */
function onTerminal(
  args: readonly string[],
  typed: readonly (readonly [after: string, text: string])[],
): Promise<string> {
  const words = [process.execPath, builtCli, "remote", ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const terminal = spawn("script", ["-qec", words.join(" "), "/dev/null"], { stdio: ["pipe", "pipe", "inherit"] });
  let shown = "";
  const left = [...typed];
  terminal.stdout.setEncoding("utf8").on("data", (part: string) => {
    shown += part;
    const [next] = left;
    if (!next || !shown.includes(next[0])) return;
    left.shift();
    terminal.stdin.write(next[1]);
  });
  return new Promise((done) => terminal.once("close", (code) => done(`${shown}\n[${code}]`)));
}

describe("a host without sudo", () => {
  it("shows what the account may see, and says what is missing where root is needed", async () => {
    const hide = `mkdir -p /run/real /run/shown; mount --bind /usr/bin /run/real; ln -s /run/real/* /run/shown/; rm /run/shown/sudo; mount --bind /run/shown /usr/bin`;
    host.run("inside", "sh", "-euc", hide);
    const found = await statusOf(host, "josh");
    const asked = runCli(["remote", "snapshot", "josh@127.0.0.1", "persist", "--ssh-config", host.configFile]);
    const asRoot = await statusOf(host, "root");
    host.run("inside", "sh", "-euc", "umount -l /usr/bin; umount -l /run/real");
    expect(found).toMatchObject({
      asRoot: false,
      unknownSubvolumes: expect.stringContaining("sudo is not installed there"),
    });
    expect(asked).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("where sudo is not installed: log in as root"),
    });
    expect(asRoot.asRoot).toBe(true);
  });
});

describe("without a terminal", () => {
  it("nothing is asked, and the message says what is missing", () => {
    const run = (...args: string[]) => runCli(["remote", ...args, "--ssh-config", host.configFile]);
    const { code, stdout, stderr } = run("status", "pwsudo@127.0.0.1", "--sudo");
    expect(stderr).toContain("--sudo asks on a terminal, and there is none");
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("only root can list subvolumes, and the account may not use sudo without a password"),
    ]);
    expect(run("snapshot", "pwsudo@127.0.0.1", "/persist")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/needs root on pwsudo@127\.0\.0\.1.*\(sudo: a password is required\)/),
    });
  });
});

describe("on a terminal", () => {
  it("a password is asked for and not shown, and Ctrl-C at the question cancels", async () => {
    const args = ["status", "pwsudo@127.0.0.1", "--sudo", "--log", "--ssh-config", host.configFile];
    const question = "Password for sudo on pwsudo@127.0.0.1: ";
    const shown = await onTerminal(args, [[question, "secret\r"]]);
    expect(shown).toContain("testhost, as root");
    expect(shown).not.toContain("secret");
    const cancelled = await onTerminal(args, [[question, "\x03"]]);
    expect(cancelled).toMatch(/Cancelling[\s\S]*Cancelled\.[\s\S]*\[130\]$/);
    expect(cancelled).not.toContain("wipe:");
  });
});
