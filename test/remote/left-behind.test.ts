import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openSession } from "../../server/src/remote/open-session.ts";
import { REMOTE_COMMAND, scriptInput } from "../../server/src/remote/script-input.ts";
import { sshArguments } from "../../server/src/remote/ssh-arguments.ts";
import { status } from "../../server/src/remote/status.ts";
import { builtCli } from "../cli/run-cli.ts";
import { TestHost } from "./test-host.ts";
import { Traces, wait } from "./waiting.ts";

let host: TestHost;
let traces: Traces;
beforeAll(async () => {
  host = await TestHost.start();
  traces = new Traces(host);
}, 60_000);
afterAll(() => host?.run("destroy"));
afterEach(async () => expect(await traces.left()).toBe(0));

/** Starts `wait` by a bare ssh. `beats`: seconds without a sign of life after which the host gives up. */
function rawWait(user: string, beats = 45): ChildProcess {
  const args = sshArguments(`${user}@127.0.0.1`, REMOTE_COMMAND, { configFile: host.configFile });
  const ssh = spawn("ssh", args, { stdio: ["pipe", "ignore", "ignore"], detached: true });
  const input = scriptInput(wait, [], "n").toString().replace("timeout 45", `timeout ${beats}`);
  ssh.stdin?.write(input);
  return ssh;
}

describe("nothing is left on the host", () => {
  it.each(["josh", "fishy", "zoe", "nosudo", "root"])("when %s cancels", async (user) => {
    const stop = new AbortController();
    const session = openSession(`${user}@127.0.0.1`, { configFile: host.configFile, signal: stop.signal });
    const cancelled = expect(session.call(wait)).rejects.toMatchObject({ code: "ECANCELLED" });
    await traces.begun();
    stop.abort();
    await cancelled;
    expect(await traces.left()).toBe(0);
    await session.close();
  });

  it("when sudo gives its commands a terminal of their own (use_pty)", async () => {
    host.run("inside", "sh", "-c", "printf 'Defaults use_pty\\n' >>/etc/sudoers");
    const stop = new AbortController();
    const session = openSession("josh@127.0.0.1", { configFile: host.configFile, signal: stop.signal });
    expect((await session.call(status)).asRoot).toBe(true);
    const cancelled = expect(session.call(wait)).rejects.toMatchObject({ code: "ECANCELLED" });
    await traces.begun();
    stop.abort();
    await cancelled;
    expect(await traces.left()).toBe(0);
    host.run("inside", "sed", "-i", "/use_pty/d", "/etc/sudoers");
    await session.close();
  });

  it("when ssh is killed", async () => {
    const ssh = rawWait("josh");
    await traces.begun();
    ssh.kill("SIGKILL");
    expect(await traces.left()).toBe(0);
  });

  it("when the link is dead: no byte comes, and nothing says so", async () => {
    const ssh = rawWait("josh", 2);
    await traces.begun();
    ssh.kill("SIGSTOP");
    expect(await traces.left()).toBe(0);
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
      await traces.begun();
      const closed = once(cli, "close");
      for (const signal of signals) {
        cli.kill(signal);
        // Two of the same kind that come at once are one to a process.
        await sleep(100);
      }
      await closed;
      expect(await traces.left()).toBe(0);
      host.run("inside", "sh", "-c", 'umount "$(command -v btrfs)"');
      if (signals[0] === "SIGKILL") return;
      // A second one that comes at the very end finds nobody to hear it, and ends the process as signals do.
      expect(["130", "SIGINT"].slice(0, signals.length)).toContain(String(cli.exitCode ?? cli.signalCode));
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
