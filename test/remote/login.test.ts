import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Connections } from "../../server/src/remote/connections.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import { status } from "../../server/src/remote/status.ts";
import { answering, statusOf } from "./conversation.ts";
import { freePort, TestHost } from "./test-host.ts";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
}, 60_000);
afterAll(() => host?.run("destroy"));

/** An ssh configuration like the test host's, with lines that win over its own. */
function configWith(name: string, ...lines: string[]): string {
  const file = join(host.folder, name);
  const rest = readFileSync(host.configFile, "utf8").split("\n");
  writeFileSync(file, [...lines, ...rest].join("\n"));
  return file;
}

describe("a host's key", () => {
  const unknown = () =>
    configWith("ssh_unknown", `UserKnownHostsFile ${host.folder}/new_hosts`, "StrictHostKeyChecking ask");

  it("that is not known is shown with its fingerprint, and known after a yes", async () => {
    const configFile = unknown();
    await expect(statusOf(host, "josh", { configFile })).rejects.toMatchObject({ code: "EUNKNOWNHOST" });
    const no = answering("no");
    await expect(statusOf(host, "josh", { configFile, ask: no.ask })).rejects.toMatchObject({ code: "EUNKNOWNHOST" });
    expect(existsSync(join(host.folder, "new_hosts"))).toBe(false);

    const yes = answering("yes");
    expect((await statusOf(host, "josh", { configFile, ask: yes.ask })).host).toBe("testhost");
    const fingerprint = spawnSync("ssh-keygen", ["-lf", join(host.folder, "hostkey.pub")], { encoding: "utf8" });
    expect(yes.asked).toMatchObject([{ kind: "host-key", hidden: false, attempt: 0 }]);
    expect(yes.asked[0]?.text).toContain(fingerprint.stdout.split(" ")[1]);
    expect((await statusOf(host, "josh", { configFile })).host).toBe("testhost");
  });

  it("that is not known is not asked about where the user's configuration is strict", async () => {
    const configFile = configWith("ssh_strict", `UserKnownHostsFile ${host.folder}/none`, "StrictHostKeyChecking yes");
    const { asked, ask } = answering("yes");
    await expect(statusOf(host, "josh", { configFile, ask })).rejects.toMatchObject({ code: "EUNKNOWNHOST" });
    expect(asked).toEqual([]);
  });

  it("that has changed is an error that nobody is asked about, with the command to remove it", async () => {
    const [name] = readFileSync(join(host.folder, "known_hosts"), "utf8").split(" ");
    const other = readFileSync(join(host.folder, "id.pub"), "utf8").split(" ").slice(0, 2).join(" ");
    const known = join(host.folder, "it's changed");
    writeFileSync(known, `${name} ${other}\n`);
    const configFile = configWith("ssh_changed", `UserKnownHostsFile "${known}"`, "StrictHostKeyChecking ask");
    const { asked, ask } = answering("yes");
    const failed = statusOf(host, "josh", { configFile, ask });
    await expect(failed).rejects.toMatchObject({
      code: "EHOSTKEY",
      message: expect.stringContaining(`ssh-keygen -f '${known.replace("'", "'\\''")}' -R '${name}'`),
    });
    expect(asked).toEqual([]);
    expect(readFileSync(known, "utf8")).toBe(`${name} ${other}\n`);
  });
});

describe("a login that asks", () => {
  it("takes the passphrase of a key, asks again when it is wrong, and ends when nobody answers", async () => {
    const key = join(host.folder, "locked");
    spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "open sesame ü", "-f", key]);
    host.run(
      "inside",
      "sh",
      "-c",
      `printf '%s\\n' "$1" >>/etc/authorized_keys`,
      "sh",
      readFileSync(`${key}.pub`, "utf8"),
    );
    const configFile = configWith("ssh_locked", `IdentityFile ${key}`, "IdentitiesOnly yes").replace(/$/, "");
    // Only the locked key: the other one would do without a question.
    writeFileSync(
      configFile,
      readFileSync(configFile, "utf8").replace(`  IdentityFile ${join(host.folder, "id")}\n`, ""),
    );

    await expect(statusOf(host, "josh", { configFile })).rejects.toMatchObject({ code: "EAUTH" });
    const { asked, ask } = answering("wrong", "open sesame ü");
    const found = await statusOf(host, "josh", { configFile, ask });
    expect(found.asRoot).toBe(true);
    expect(asked).toMatchObject([
      { kind: "passphrase", hidden: true, attempt: 0, text: expect.stringContaining(key) },
      { kind: "passphrase", attempt: 1 },
    ]);
    expect(found.log).not.toContain("sesame");
    await expect(statusOf(host, "josh", { configFile, ask: answering(null).ask })).rejects.toMatchObject({
      code: "ECANCELLED",
    });
  });

  it("takes the password of an account, and is asked once for several calls", async () => {
    const configFile = configWith("ssh_password", "PubkeyAuthentication no");
    const { asked, ask } = answering("secret");
    const session = openSession("pwsudo@127.0.0.1", { configFile, ask });
    for (let calls = 0; calls < 3; calls++) expect((await session.call(status)).user).toBe("pwsudo");
    await session.close();
    expect(asked).toMatchObject([{ kind: "password", hidden: true }]);
    await expect(statusOf(host, "pwsudo", { configFile, ask: answering("a", "b", "c").ask })).rejects.toMatchObject({
      code: expect.stringMatching(/EAUTH|ECANCELLED/),
    });
  });

  it("shows the password to no other process, and leaves no file", async () => {
    const connections = new Connections();
    const configFile = configWith("ssh_password", "PubkeyAuthentication no");
    let seen = "";
    const ask = async () => {
      seen = spawnSync("sh", ["-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'"], {
        encoding: "latin1",
        maxBuffer: 2 ** 28,
      }).stdout;
      return "secret";
    };
    await statusOf(host, "pwsudo", { configFile, ask, connections });
    const folder = connections.folder() as string;
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) {
      const file = join(folder, name);
      if (statSync(file).isFile()) expect(readFileSync(file, "utf8")).not.toContain("secret");
    }
    await connections.close();
    expect(seen).toContain("NIX_IMPERMANENCE_ASKPASS=");
    expect(seen).not.toContain("open sesame");
    expect(existsSync(folder)).toBe(false);
  });
});

describe("what keeps ssh from connecting", () => {
  const failing = (name: string, ...lines: string[]) =>
    statusOf(host, "josh", { configFile: configWith(name, ...lines) });

  it("no answer, or a port that takes the connection and never says a word: an error, and no waiting without an end", async () => {
    const server = createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((done) => server.once("listening", done));
    const { port } = server.address() as { port: number };
    await Promise.all([
      expect(failing("ssh_silent", "HostName 192.0.2.1", "ProxyCommand sleep 5")).rejects.toMatchObject({
        code: expect.stringMatching(/EBANNER|EUNREACH/),
      }),
      expect(failing("ssh_mute", `Port ${port}`)).rejects.toMatchObject({
        code: expect.stringMatching(/EBANNER|EUNREACH/),
        message: expect.stringMatching(/not as an ssh server does|No answer/),
      }),
    ]);
  });

  it("a port that is open and says nothing, or something else than ssh", async () => {
    for (const greeting of ["", "HTTP/1.1 400 Bad Request\r\n\r\n"]) {
      const server = createServer((socket) => socket.on("error", () => {}).end(greeting)).listen(0, "127.0.0.1");
      onTestFinished(() => void server.close());
      await new Promise((done) => server.once("listening", done));
      const { port } = server.address() as { port: number };
      const failed = failing("ssh_other", `Port ${port}`);
      await expect(failed).rejects.toMatchObject({
        code: "EBANNER",
        message: expect.stringContaining("not as an ssh server"),
      });
    }
  });

  it("a key file that others can read", async () => {
    const key = join(host.folder, "open");
    writeFileSync(key, readFileSync(join(host.folder, "id")));
    chmodSync(key, 0o644);
    const file = configWith("ssh_open");
    writeFileSync(file, readFileSync(file, "utf8").replace(`IdentityFile ${host.folder}/id`, `IdentityFile ${key}`));
    const failed = statusOf(host, "josh", { configFile: file });
    await expect(failed).rejects.toMatchObject({
      code: "EKEYPERM",
      message: expect.stringContaining(`chmod 600 '${key}'`),
    });
  });

  it("a mistake in the configuration of ssh, with file and line", async () => {
    const failed = failing("ssh_bad", "NoSuchOption yes");
    await expect(failed).rejects.toMatchObject({
      code: "ECONFIG",
      message: expect.stringMatching(/ssh_bad: line 1: .*nosuchoption/),
    });
  });

  it("a host on the way that is down: its name", async () => {
    const failed = failing("ssh_jump", "Host 127.0.0.1", "  ProxyJump bastion.invalid");
    await expect(failed).rejects.toMatchObject({
      code: "EDNS",
      message: expect.stringContaining("bastion.invalid, on the way to"),
    });
  });

  it("a way that ends: what it says, and that it is one", async () => {
    const closed = await freePort();
    const proxy = `ssh -F ${host.configFile} -W 127.0.0.1:${closed} 127.0.0.1`;
    await expect(failing("ssh_no_way", "ProxyCommand ls /no/way")).rejects.toMatchObject({
      message: expect.stringMatching(
        /The way to \S+ ended before it answered: a ProxyCommand.* It says: ls: .*\/no\/way/,
      ),
    });
    await expect(failing("ssh_closed_way", `ProxyCommand ${proxy}`)).rejects.toMatchObject({
      message: expect.stringMatching(
        /The host on the way to \S+ does not reach it: connect failed: Connection refused/,
      ),
    });
  });

  it("nothing: not even a configuration that is meant for logins by hand", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((done) => server.once("listening", done));
    const { port } = server.address() as { port: number };
    const lines = [
      "RequestTTY force",
      "RemoteCommand tmux attach",
      "LogLevel QUIET",
      "ForwardX11 yes",
      "ForwardAgent yes",
      // The port is taken, as by a login in a terminal.
      ...["ExitOnForwardFailure yes", `LocalForward ${port} localhost:80`],
      // It would read the script.
      ...["PermitLocalCommand yes", "LocalCommand cat; echo local noise", "SendEnv LANG LC_*", "VisualHostKey yes"],
      ...['Match exec "echo noise; true"', "  SetEnv FOO=bar"],
    ];
    const configFile = configWith("ssh_by_hand", ...lines);
    expect((await statusOf(host, "josh", { configFile })).asRoot).toBe(true);
    await expect(statusOf(host, "nobody-there", { configFile })).rejects.toMatchObject({ code: "EAUTH" });
  });

  it.each([
    ["StdinNull yes", /says StdinNull yes for josh@127\.0\.0\.1: with that, ssh hands nothing on/],
    ["ForkAfterAuthentication yes", /says ForkAfterAuthentication yes .* ssh goes to the background/],
    ["SessionType subsystem", /says SessionType subsystem .* in the place of a command/],
  ])("a configuration for tunnels (%s): the option, and what to do about it", async (line, message) => {
    const failed = failing(`ssh_tunnel_${line.slice(0, 5)}`, line, "RemoteCommand tmux attach");
    await expect(failed).rejects.toMatchObject({ code: "ECONFIG", message: expect.stringMatching(message) });
  });

  it("nothing: not even another host on the way", async () => {
    const way = readFileSync(host.configFile, "utf8").replace("Host 127.0.0.1", "Host way");
    const configFile = join(host.folder, "ssh_way");
    const lines = ["Host way inner", "  HostName 127.0.0.1", "  User josh", "Host inner", "  ProxyJump way"];
    writeFileSync(configFile, [...lines, way.replace("Host way", "Host way inner")].join("\n"));
    const session = openSession("inner", { configFile });
    expect(await session.call(status)).toMatchObject({ host: "testhost", asRoot: true });
    await session.close();
  });
});
