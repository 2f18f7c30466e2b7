import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { Connections } from "../../server/src/remote/connections.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import { REMOTE_COMMAND, scriptInput } from "../../server/src/remote/script-input.ts";
import { sshArguments } from "../../server/src/remote/ssh-arguments.ts";
import { status } from "../../server/src/remote/status.ts";
import type { Verb } from "../../server/src/remote/verb.ts";
import { builtCli } from "../cli/run-cli.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
}, 60_000);
afterAll(() => host?.run("destroy"));
afterEach(async () => expect(await leftBehind("sleep 4711")).toBe(0));

/** Holds a mount and a process, and would for more than an hour. */
const wait: Verb<null> = {
  name: "wait",
  scripts: ['[ "$imp_space" = shared ] || mount -t tmpfs left-behind /tmp\nrecord begun\nsleep 4711'],
  schema: z.null(),
  read: () => null,
};
const count = (what: string) => Number(host.run("inside", "sh", "-c", `pgrep -f '^${what}' | wc -l`));
/** How many processes are left when there was time to clean up. */
async function leftBehind(what: string): Promise<number> {
  for (let tries = 0; tries < 60 && count(what) > 0; tries++) await sleep(100);
  return count(what);
}
async function begun(): Promise<void> {
  for (let tries = 0; tries < 100 && count("sleep 4711") === 0; tries++) await sleep(100);
  expect(count("sleep 4711")).toBe(1);
}

/** Starts `wait` by a bare ssh. `beats`: seconds without a sign of life after which the host gives up. */
function rawWait(user: string, beats = 45): ChildProcess {
  const args = sshArguments(`${user}@127.0.0.1`, REMOTE_COMMAND, { configFile: host.configFile });
  const ssh = spawn("ssh", args, { stdio: ["pipe", "ignore", "ignore"], detached: true });
  const input = scriptInput(wait, [], "n").toString().replace("timeout 45", `timeout ${beats}`);
  ssh.stdin?.write(input);
  return ssh;
}

describe("nothing is left on the host", () => {
  it.each(["josh", "fishy", "nosudo", "root"])("when %s cancels", async (user) => {
    const stop = new AbortController();
    const session = openSession(`${user}@127.0.0.1`, { configFile: host.configFile, signal: stop.signal });
    const cancelled = expect(session.call(wait)).rejects.toMatchObject({ code: "ECANCELLED" });
    await begun();
    stop.abort();
    await cancelled;
    expect(await leftBehind("sleep 4711")).toBe(0);
    await session.close();
  });

  it("when sudo gives its commands a terminal of their own (use_pty)", async () => {
    host.run("inside", "sh", "-c", "printf 'Defaults use_pty\\n' >>/etc/sudoers");
    const stop = new AbortController();
    const session = openSession("josh@127.0.0.1", { configFile: host.configFile, signal: stop.signal });
    expect((await session.call(status)).asRoot).toBe(true);
    const cancelled = expect(session.call(wait)).rejects.toMatchObject({ code: "ECANCELLED" });
    await begun();
    stop.abort();
    await cancelled;
    expect(await leftBehind("sleep 4711")).toBe(0);
    host.run("inside", "sed", "-i", "/use_pty/d", "/etc/sudoers");
    await session.close();
  });

  it("when ssh is killed", async () => {
    const ssh = rawWait("josh");
    await begun();
    ssh.kill("SIGKILL");
    expect(await leftBehind("sleep 4711")).toBe(0);
  });

  it("when the link is dead: no byte comes, and nothing says so", async () => {
    const ssh = rawWait("josh", 2);
    await begun();
    ssh.kill("SIGSTOP");
    expect(await leftBehind("sleep 4711")).toBe(0);
    ssh.kill("SIGKILL");
  });

  it.each([["SIGINT"], ["SIGINT", "SIGINT"], ["SIGKILL"]] as const)(
    "when the command line gets %s %s",
    async (...signals) => {
      // The real command, held up by a btrfs that does not end.
      host.run("inside", "sh", "-c", "printf '#!/bin/sh\\nsleep 4711\\n' >/run/slow && chmod 755 /run/slow");
      host.run("inside", "sh", "-c", 'mount --bind /run/slow "$(command -v btrfs)"');
      const args = [builtCli, "remote", "status", "josh@127.0.0.1", "--ssh-config", host.configFile];
      const cli = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
      let noted = "";
      cli.stderr.on("data", (part) => {
        noted += part;
      });
      await begun();
      const closed = once(cli, "close");
      for (const signal of signals) {
        cli.kill(signal);
        // Two of the same kind that come at once are one to a process.
        await sleep(100);
      }
      await closed;
      expect(await leftBehind("sleep 4711")).toBe(0);
      host.run("inside", "sh", "-c", 'umount "$(command -v btrfs)"');
      if (signals[0] === "SIGKILL") return;
      expect(cli.exitCode).toBe(130);
      expect(noted).toMatch(/^Cancelling…\n/);
      // The second may come when the first has done its work.
      if (signals.length === 1) expect(noted).toMatch(/Cancelled\.\n$/);
    },
  );

  it("when the host hangs: there is an error after the limit", async () => {
    const session = openSession("josh@127.0.0.1", { configFile: host.configFile });
    const failed = session.call(wait, { limit: 1_500 });
    await expect(failed).rejects.toMatchObject({
      code: "ETIMEOUT",
      message: expect.stringContaining("within 1.5 seconds"),
    });
    await session.close();
  });
});

describe("an answer is whole or an error", () => {
  it("when the connection is lost in the middle", async () => {
    const session = openSession("josh@127.0.0.1", { configFile: host.configFile });
    const failed = expect(session.call(wait)).rejects.toMatchObject({
      code: "EINCOMPLETE",
      message: expect.stringMatching(/in the middle of the answer \(\d+ records\)\. Nothing of it is shown/),
    });
    await begun();
    host.run("inside", "sh", "-c", "pkill -KILL -f '^sshd: josh'");
    await failed;
    await session.close();
  });

  it("when the host is restarted between two calls", async () => {
    const session = openSession("josh@127.0.0.1", { configFile: host.configFile });
    await session.call(status);
    host.run("crash");
    const failed = session.call(status);
    await expect(failed).rejects.toMatchObject({ code: "EREBOOTED", message: expect.stringContaining("ask again") });
    await session.close();
  });

  it("when the host has no btrfs-progs: the rest is shown, and why", async () => {
    host.run("inside", "sh", "-c", 'mount --bind /dev/null "$(command -v btrfs)"');
    const session = openSession("josh@127.0.0.1", { configFile: host.configFile });
    const found = await session.call(status);
    expect(found).toMatchObject({ asRoot: true, wipe: { atThisBoot: "unknown" } });
    expect(found.unknownSubvolumes).toContain("btrfs-progs) is not found on the host");
    await session.close();
    host.run("inside", "sh", "-c", "umount /usr/bin/btrfs /usr/sbin/btrfs 2>/dev/null; command -v btrfs");
  });
});

describe("shared connections", () => {
  const logged = (lines: string[]) => (line: string) => void lines.push(line);

  it("are used for all calls of a session, and ended with it", async () => {
    const session = openSession("josh@127.0.0.1", { configFile: host.configFile });
    for (let calls = 0; calls < 3; calls++) await session.call(status);
    expect(count("sshd: josh \\[priv\\]")).toBe(1);
    await session.close();
    expect(await leftBehind("sshd: josh")).toBe(0);
  });

  it("that cannot be made are done without, and nobody is told", async () => {
    class TooLong extends Connections {
      override folder() {
        return `/tmp/${"x".repeat(100)}`;
      }
    }
    const lines: string[] = [];
    const session = openSession("josh@127.0.0.1", {
      ...{ configFile: host.configFile, connections: new TooLong(), log: logged(lines) },
    });
    expect((await session.call(status)).asRoot).toBe(true);
    expect(lines.filter((line) => line.includes("ControlPath")).length).toBe(1);
    await session.close();
  });

  it("are left to the user's own configuration where it has some", async () => {
    const { readFileSync, writeFileSync } = await import("node:fs");
    const configFile = `${host.folder}/own_mux`;
    writeFileSync(
      configFile,
      `ControlMaster auto\nControlPath ${host.folder}/c-%C\n${readFileSync(host.configFile, "utf8")}`,
    );
    const lines: string[] = [];
    const session = openSession("josh@127.0.0.1", { configFile, log: logged(lines) });
    await session.call(status);
    expect(lines.join("\n")).not.toContain("ControlPath");
    await session.close();
  });

  it("hold as many sessions as the host allows; others get connections of their own", async () => {
    host.run(
      "inside",
      "sh",
      "-c",
      "sed -i '1i MaxSessions 1' /run/sshd_config && kill -HUP $(pgrep -f 'sshd -D|sshd: /usr' | head -n 1)",
    );
    await sleep(500);
    const connections = new Connections();
    const settings = { configFile: host.configFile, connections };
    const sessions = Array.from({ length: 6 }, () => openSession("josh@127.0.0.1", settings));
    const found = await Promise.all(sessions.map((session) => session.call(status)));
    expect(found.map(({ asRoot }) => asRoot)).toEqual(Array(6).fill(true));
    await connections.close();
  });
});
