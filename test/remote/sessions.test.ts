import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Connections } from "../../server/src/remote/connections.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import { snapshotCommand } from "../../server/src/remote/snapshot/snapshot.ts";
import { status } from "../../server/src/remote/status.ts";
import { TestHost } from "./test-host.ts";
import { Traces, wait } from "./waiting.ts";

let host: TestHost;
let traces: Traces;
beforeAll(async () => {
  host = await TestHost.start();
  traces = new Traces(host);
}, 60_000);
afterAll(() => host?.run("destroy"));

describe("an answer is whole or an error", () => {
  it("when the connection is lost in the middle", async () => {
    const session = openSession("josh@127.0.0.1", { configFile: host.configFile });
    const failed = expect(session.call(wait)).rejects.toMatchObject({
      code: "EINCOMPLETE",
      message: expect.stringMatching(/in the middle of the answer \(\d+ records\)\. Nothing of it is shown/),
    });
    await traces.begun();
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
    expect(traces.count("sshd: josh \\[priv\\]")).toBe(1);
    await session.close();
    expect(await traces.left("sshd: josh")).toBe(0);
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

  it("lose their folder to what cleans temporary files: there is a new one", async () => {
    const connections = new Connections();
    const first = connections.folder() as string;
    rmSync(first, { recursive: true });
    const session = openSession("josh@127.0.0.1", { configFile: host.configFile, connections });
    expect((await session.call(status)).asRoot).toBe(true);
    expect(connections.folder()).not.toBe(first);
    await connections.close();
  });

  it("are left to the user's own configuration where it has some", async () => {
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

  it("of the user's own that are dead are not used", async () => {
    // What listens there is no ssh, and hangs up on whoever comes.
    const socket = `${host.folder}/dead`;
    const server = createServer((one) => one.on("error", () => {}).end("no ssh")).listen(socket);
    onTestFinished(() => void server.close());
    const configFile = `${host.folder}/dead_mux`;
    writeFileSync(configFile, `ControlMaster auto\nControlPath ${socket}\n${readFileSync(host.configFile, "utf8")}`);
    const lines: string[] = [];
    const session = openSession("josh@127.0.0.1", { configFile, log: logged(lines) });
    expect((await session.call(status)).asRoot).toBe(true);
    await session.close();
  });

  it("are none where ssh cannot share them, as that of Windows: each call has its own", async () => {
    const platform = Object.getOwnPropertyDescriptor(process, "platform") as PropertyDescriptor;
    Object.defineProperty(process, "platform", { ...platform, value: "win32" });
    onTestFinished(() => void Object.defineProperty(process, "platform", platform));
    const lines: string[] = [];
    const session = openSession("josh@127.0.0.1", { configFile: host.configFile, log: logged(lines) });
    expect((await session.call(status)).asRoot).toBe(true);
    const taken = await snapshotCommand.run("josh@127.0.0.1", { subvolumes: ["/persist"], all: false }, session);
    expect(taken).toMatchObject({ done: true });
    expect(lines.filter((line) => line.startsWith("ssh")).length).toBeGreaterThan(2);
    expect(lines.join("\n")).not.toMatch(/Control(?:Master|Path|Persist)/);
    await session.close();
    expect(await traces.left("sshd: josh")).toBe(0);
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
