import { createHmac } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type AskParams, methods } from "../../server/src/protocol.ts";
import { openSession, type SessionSettings } from "../../server/src/remote/open-session.ts";
import { status } from "../../server/src/remote/status.ts";
import { folderWith } from "../cli/run-cli.ts";
import { pushing, ServerClient } from "../lsp/server-client.ts";
import { answering } from "./conversation.ts";
import { freePort, TestHost } from "./test-host.ts";

/* Logins by sshd and PAM that want more than one thing: a key or a password, and then something else. */

/** What codes are made of. */
const SECRET = "3132333435363738393031323334353637383930";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
}, 60_000);
afterAll(() => host?.run("destroy"));
const sh = (script: string) => host.run("inside", "sh", "-euc", script);

/** Starts another sshd of the host; the configuration of ssh for it, and what it logs. */
async function sshdWith(methodsInOrder: string, ...pam: string[]) {
  const port = await freePort();
  const pamLines = [...pam, "account required pam_permit.so", "session required pam_permit.so"].join("\n");
  const log = `/run/log.${port}`;
  sh(`cat >/etc/pam.d/sshd <<'X'
${pamLines}
X
sed -e 's/^Port .*/Port ${port}/' -e 's/^UsePAM .*/UsePAM yes/' -e '/^Match/,$d' /run/sshd_config >/run/sshd.${port}
printf 'PasswordAuthentication yes\\nKbdInteractiveAuthentication yes\\nAuthenticationMethods ${methodsInOrder}\\n' >>/run/sshd.${port}
sed -i '/^PasswordAuthentication no/d' /run/sshd.${port}
/usr/sbin/sshd -E ${log} -f /run/sshd.${port} </dev/null >/dev/null 2>&1`);
  const [name, type, key] = readFileSync(join(host.folder, "known_hosts"), "utf8").trim().split(" ");
  const configFile = join(host.folder, `ssh_config.${port}`);
  const known = join(host.folder, `known_hosts.${port}`);
  writeFileSync(known, `${name!.replace(/:\d+$/, `:${port}`)} ${type} ${key}\n`);
  const config = readFileSync(host.configFile, "utf8").replace(/Port \d+/, `Port ${port}`);
  writeFileSync(configFile, config.replaceAll(join(host.folder, "known_hosts"), known));
  return { configFile, log: () => sh(`cat ${log}`) };
}

/** The configuration of ssh for `beyond`, whose password is asked for when that of the host on the way to it was right. */
async function beyondOne() {
  const { configFile, log } = await sshdWith("password", "auth required pam_unix.so");
  const config = readFileSync(configFile, "utf8");
  const port = /Port (\d+)/.exec(config)?.[1];
  const beyond = [
    ...["Host beyond", "HostName 127.0.0.1", `Port ${port}`, `HostKeyAlias [127.0.0.1]:${port}`],
    ...["User pwsudo", "ProxyJump pwsudo@127.0.0.1"],
  ];
  writeFileSync(configFile, `${beyond.join("\n")}\n${config}`);
  return { configFile, log };
}

/** Who one is on the host, the account with a password, by so many calls. */
async function logIn(settings: SessionSettings, destination = "pwsudo@127.0.0.1", times = 1) {
  const session = openSession(destination, settings);
  try {
    const users: string[] = [];
    for (let calls = 0; calls < times; calls++) users.push((await session.call(status)).user);
    return users;
  } finally {
    await session.close();
  }
}

describe("a login in two steps", () => {
  it("by a key and what the host asks then is done with both, and says without a person what is missing", async () => {
    const { configFile } = await sshdWith("publickey,keyboard-interactive", "auth required pam_unix.so");
    await expect(logIn({ configFile })).rejects.toMatchObject({
      code: "EAUTH",
      message: expect.stringContaining("keyboard-interactive"),
    });
    const { asked, ask } = answering("secret");
    expect(await logIn({ configFile, ask })).toEqual(["pwsudo"]);
    expect(asked).toMatchObject([{ kind: "password", hidden: true, attempt: 0 }]);
  });

  it("by a password and what the host asks then asks for both in their order, and anew when one was wrong", async () => {
    const { configFile } = await sshdWith("password,keyboard-interactive", "auth required pam_unix.so nodelay");
    const { asked, ask } = answering("secret", "wrong", "secret");
    expect(await logIn({ configFile, ask })).toEqual(["pwsudo"]);
    expect(asked.map(({ attempt, text }) => [attempt, text])).toEqual([
      [0, "pwsudo@127.0.0.1's password: "],
      [0, "(pwsudo@127.0.0.1) Password: "],
      [1, "(pwsudo@127.0.0.1) Password: "],
    ]);
  });

  it("ends at once when a question is not answered, and fails no login of the account", async () => {
    const { configFile, log } = await sshdWith("password,keyboard-interactive", "auth required pam_unix.so");
    for (const answers of [[null], ["secret", null]]) {
      const { asked, ask } = answering(...answers);
      const began = Date.now();
      await expect(logIn({ configFile, ask })).rejects.toMatchObject({ code: "ECANCELLED" });
      expect(asked).toHaveLength(answers.length);
      expect(Date.now() - began).toBeLessThan(5_000);
    }
    // What an empty answer would have led to.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(log()).not.toMatch(/Failed|failure/);
    expect(log()).toMatch(/Connection closed by authenticating user pwsudo/);
  });

  it("by way of a host that asks as well takes the answers for both", async () => {
    const { configFile } = await beyondOne();
    const { asked, ask } = answering("secret", "secret");
    expect(await logIn({ configFile, ask }, "beyond")).toEqual(["pwsudo"]);
    expect(asked.map(({ text }) => text)).toEqual([
      "pwsudo@127.0.0.1's password: ",
      expect.stringMatching(/^pwsudo@\[127\.0\.0\.1\]:\d+'s password: $/),
    ]);
  });

  it("by way of a host that asks as well is not tried any more when that is not answered", async () => {
    const { configFile, log } = await beyondOne();
    await expect(logIn({ configFile }, "beyond")).rejects.toMatchObject({
      code: "EAUTH",
      message: expect.stringContaining("pwsudo@127.0.0.1, on the way to beyond, was not let in"),
    });
    // Before anybody is asked, the ssh that leads there tries its luck without a password.
    const logged: string[] = [];
    const ask = async () => {
      logged.push(log());
      return null;
    };
    await expect(logIn({ configFile, ask }, "beyond")).rejects.toMatchObject({ code: "ECANCELLED" });
    expect(logged).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(log().slice(logged[0]?.length)).not.toMatch(/Failed|failure/);
  });

  it("asks in an editor, and is cancelled there", async () => {
    const { configFile, log } = await sshdWith("password,keyboard-interactive", "auth required pam_unix.so");
    const client = await ServerClient.start(
      [folderWith({})],
      { ...pushing, workspace: { configuration: true, workspaceFolders: true } },
      { settings: { remote: { sshConfigFile: configFile } }, initializationOptions: { remote: true } },
    );
    onTestFinished(() => void client.stop());
    client.connection.onRequest(methods.consent, () => ({ approved: true }));
    const asked: AskParams[] = [];
    const answers: (string | null)[] = ["secret", null, "secret", "secret"];
    client.connection.onRequest(methods.ask, (params: AskParams) => {
      asked.push(params);
      return answers.shift() ?? null;
    });
    const run = () =>
      client.request("workspace/executeCommand", {
        command: "impermanence.remote.status",
        arguments: [{ host: "pwsudo@127.0.0.1" }],
      });
    await expect(run()).rejects.toMatchObject({ data: { code: "ECANCELLED" } });
    expect(asked.map(({ text }) => text)).toEqual(["pwsudo@127.0.0.1's password: ", "(pwsudo@127.0.0.1) Password: "]);
    expect(await run()).toMatchObject({ user: "pwsudo" });
    expect(log()).not.toMatch(/Failed|failure/);
  });

  it("asks for every login anew for a code that is good for once", async () => {
    sh(`echo 'HOTP pwsudo - ${SECRET}' >/run/oath; chmod 600 /run/oath`);
    const { configFile, log } = await sshdWith(
      "keyboard-interactive",
      ...["auth required pam_unix.so", "auth required pam_oath.so usersfile=/run/oath window=5 digits=6"],
    );
    // Connections that the user's own configuration does not share.
    writeFileSync(
      configFile,
      `ControlPath ${host.folder}/never\nControlMaster no\n${readFileSync(configFile, "utf8")}`,
    );
    const { asked, ask } = answering("secret", codeOf(0), codeOf(1));
    expect(await logIn({ configFile, ask }, undefined, 2)).toEqual(["pwsudo", "pwsudo"]);
    expect(asked).toMatchObject([
      { kind: "password", attempt: 0 },
      { kind: "other", hidden: true, attempt: 0, text: expect.stringContaining("One-time password") },
      { kind: "other", hidden: true, attempt: 0 },
    ]);
    expect(log()).not.toMatch(/Failed|failure/);
  });
});

/** The code of RFC 4226 for a counter. */
function codeOf(counter: number): string {
  const moving = Buffer.alloc(8);
  moving.writeUInt32BE(counter, 4);
  const hash = createHmac("sha1", Buffer.from(SECRET, "hex")).update(moving).digest();
  const number = hash.readUInt32BE((hash.at(-1) as number) & 15) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, "0");
}
