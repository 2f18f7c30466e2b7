import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { SessionSettings } from "../../server/src/remote/open-session.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import { snapshotCommand } from "../../server/src/remote/snapshot/snapshot.ts";
import { answering, statusOf } from "./conversation.ts";
import { TestHost } from "./test-host.ts";

/* Hosts that let an account become root in another way than by sudo, or by a sudo that has rules of its own. */

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
  sh(`cp -p /usr/bin/sudo /run/real-sudo; cp -p /etc/sudoers /run/sudoers; cp /etc/pam.d/sudo /etc/pam.d/doas`);
}, 60_000);
afterAll(() => host?.run("destroy"));
afterEach(() =>
  sh(
    `cp -p /run/sudoers /etc/sudoers; rm -rf /run/wrappers /etc/doas.conf
     for c in sudo doas; do while umount /usr/bin/$c 2>/dev/null; do :; done; done`,
  ),
);
const sh = (script: string) => host.run("inside", "sh", "-euc", script);
const without = (...names: string[]) => sh(names.map((name) => `mount --bind /dev/null /usr/bin/${name}`).join("; "));
const doas = (rule: string) => sh(`echo '${rule}' >/etc/doas.conf; chmod 600 /etc/doas.conf`);
const sudo = (...lines: string[]) => sh(lines.map((line) => `echo '${line}' >>/etc/sudoers`).join("; "));
const run0 = (script: string) =>
  sh(`mkdir -p /run/wrappers/bin; cat >/run/wrappers/bin/run0 <<'X'
#!/bin/sh
${script}
X
chmod +x /run/wrappers/bin/run0`);
/** Why a command that needs root is not done, and how often somebody was asked for a password. */
async function refused(user: string, settings: SessionSettings = {}) {
  const { ask, asked } = answering(null);
  const session = openSession(`${user}@127.0.0.1`, { configFile: host.configFile, ask, ...settings });
  const error = await snapshotCommand
    .run("web1", { subvolumes: ["/persist"], all: false }, session)
    .then(() => new Error("it was done"))
    .catch((one: Error & { code?: string }) => one);
  await session.close();
  return { code: (error as { code?: string }).code, message: error.message, asked: asked.length };
}

describe("where there is no sudo, doas", () => {
  it("makes an account root that it lets without a password, and is named to whom it was", async () => {
    without("sudo");
    doas("permit nopass josh");
    expect(await statusOf(host, "josh")).toMatchObject({ asRoot: true, nestedInRoot: [] });
    const session = openSession("josh@127.0.0.1", { configFile: host.configFile });
    const taken = await snapshotCommand.run("web1", { subvolumes: ["/persist"], all: false }, session);
    await session.close();
    expect(taken).toMatchObject({ done: true });
    expect(sh("cat /run/nix-impermanence.lock")).toMatch(/ josh snapshot$/);
  });

  it.each([
    ["permit josh", /doas asks the account for a password.*permit nopass/],
    ["permit nopass zoe", /doas does not allow it \(doas: Operation not permitted\).*permit nopass/],
  ])("that says %s is told in words, and no password of sudo is asked for", async (rule, why) => {
    without("sudo");
    doas(rule);
    const { asRoot, unknownSubvolumes } = await statusOf(host, "josh");
    expect([asRoot, unknownSubvolumes]).toEqual([false, expect.stringMatching(/and doas /)]);
    expect(await refused("josh")).toEqual({ code: "ECANNOT", message: expect.stringMatching(why), asked: 0 });
  });
});

it("doas is used beside a sudo that does not allow what it does", async () => {
  doas("permit nopass nosudo");
  expect((await statusOf(host, "nosudo")).asRoot).toBe(true);
  doas("permit nopass zoe");
  expect(await refused("nosudo")).toMatchObject({ code: "ECANCELLED", asked: 1 });
});

it("run0 is used where there is nothing else, and what it says is told in words", async () => {
  without("sudo", "doas");
  run0('[ "$1 $2" = "--no-ask-password --setenv=PATH" ] || exit 99; shift 2; exec /run/real-sudo -n "$@"');
  expect((await statusOf(host, "josh")).asRoot).toBe(true);
  run0(
    'echo "Failed to start transient service unit: Access denied as the requested operation requires interactive authentication. However, interactive authentication has not been enabled by the calling program." >&2; exit 1',
  );
  expect((await statusOf(host, "josh")).unknownSubvolumes).toContain("run0 wants to ask (polkit)");
  expect(await refused("josh")).toEqual({
    ...{ code: "ECANNOT", asked: 0 },
    message: expect.stringContaining("a rule of polkit"),
  });
});

describe("a sudo", () => {
  it.each([
    ["records all that goes in and out", "Defaults log_input, log_output, iolog_dir=/run/io"],
    ["does so on a terminal of its own", "Defaults log_input, log_output, use_pty, iolog_dir=/run/io"],
    ["always lectures, and forgets at once", "Defaults lecture=always, timestamp_timeout=0, timestamp_type=ppid"],
  ])("that %s lets in with and without a password", async (_, line) => {
    sudo(line);
    expect((await statusOf(host, "josh")).asRoot).toBe(true);
    const { ask, asked } = answering("secret");
    expect((await statusOf(host, "pwsudo", { ask, asksForRoot: true })).asRoot).toBe(true);
    expect(asked.length).toBe(1);
  });

  it.each([
    ["whose secure_path lacks unshare", "Defaults secure_path=/run/none", /finds no command unshare.*secure_path/],
    ["that lets nothing start programs (noexec)", "Defaults noexec", /may start no other program \(noexec\).*EXEC/],
  ])("%s is told in words", async (_, line, why) => {
    sudo(line);
    expect((await statusOf(host, "josh")).asRoot).toBe(false);
    expect(await refused("josh")).toEqual({ code: "ECANNOT", message: expect.stringMatching(why), asked: 0 });
  });

  it("of another make (sudo-rs) is understood when it refuses", async () => {
    const says = (text: string) =>
      sh(`mkdir -p /run/wrappers/bin; printf '#!/bin/sh\\ncat /run/says >&2; exit 1\\n' >/run/wrappers/bin/sudo
        chmod +x /run/wrappers/bin/sudo; cat >/run/says <<'X'
${text}
X`);
    says("sudo: interactive authentication is required");
    const found = await statusOf(host, "josh");
    expect(found.unknownSubvolumes).toMatch(/may not use sudo without a password$/);
    says("sudo: Authentication failed, try again.");
    const { ask, asked } = answering("a", "b", "c");
    const failed = statusOf(host, "josh", { ask, asksForRoot: true });
    await expect(failed).rejects.toMatchObject({ code: "EPASSWORD", message: expect.stringContaining("not accept") });
    expect(asked.length).toBe(3);
    says("sudo: I'm sorry josh. I'm afraid I can't do that");
    const never = statusOf(host, "josh", { ask: answering("a", null).ask, asksForRoot: true });
    await expect(never).rejects.toMatchObject({ message: expect.stringContaining("does not allow this account") });
  });
});
