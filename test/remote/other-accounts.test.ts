import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REMOTE_COMMANDS } from "../../server/src/remote/commands.ts";
import { Connections } from "../../server/src/remote/connections.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import { statusOf } from "./conversation.ts";
import { TestHost } from "./test-host.ts";

/* Accounts with other shells and environments than most, and a host whose `sh` is bash, as that of NixOS. */

const connections = new Connections();
let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
  host.run(
    "top",
    `btrfs -q subvolume create services; echo good >services/x; echo good >persist/x
     for s in persist services; do btrfs -q subvolume snapshot -r $s snapshots/$s-20260101-000000; done; echo bad >persist/x; echo bad >services/x
     btrfs -q subvolume create old_roots/root-20200101-000000; btrfs -q subvolume create old_roots/root-20210101-000000`,
  );
  sh("mkdir /srv; cd /srv; for i in $(seq 1100); do : >f$i; done");
  host.run("top", "btrfs -q subvolume snapshot -r root snapshots/boot");
  sh("echo x >/srv/new; rm /srv/f7");
}, 60_000);
afterAll(async () => {
  await connections.close();
  host?.run("destroy");
});
const sh = (script: string) => host.run("inside", "bash", "-euc", script);
async function run(name: string, options: object = {}, user = "root"): Promise<string> {
  const command = REMOTE_COMMANDS.find((one) => one.name === name);
  if (!command) throw new Error(`there is no command ${name}`);
  const session = openSession(`${user}@127.0.0.1`, {
    ...{ configFile: host.configFile, connections },
    confirm: async () => true,
  });
  return command.text(await command.run("web1", command.options.parse(options), session));
}

describe("an account", () => {
  it.each(["tcsh", "mksh", "elvish", "rbash", "bash"])("whose login shell is %s is read as root", async (shell) => {
    sh(`grep -q '^u-${shell}:' /etc/passwd || {
      echo "u-${shell}:x:1030:100::/nowhere:$(command -v ${shell})" >>/etc/passwd; echo "u-${shell}:*:1::::::" >>/etc/shadow
      echo "u-${shell} ALL=(ALL:ALL) NOPASSWD: ALL" >>/etc/sudoers; }`);
    expect(await statusOf(host, `u-${shell}`)).toMatchObject({ host: "testhost", asRoot: true });
  });

  const environments = async (lines: string, test: () => Promise<void>) => {
    sh(`mkdir -p /root/.ssh; cat >/root/.ssh/environment <<'X'
${lines}
X
      sed -i '1i PermitUserEnvironment yes' /run/sshd_config; kill -HUP "$(pgrep -o -x sshd)"`);
    await connections.close();
    await sleep(500);
    try {
      await test();
    } finally {
      sh(`rm -rf /root/.ssh /run/wrappers; sed -i 1d /run/sshd_config; kill -HUP "$(pgrep -o -x sshd)"`);
      await connections.close();
      await sleep(500);
    }
  };

  it("with an environment that changes what programs do, or without a home, gets the same answers", async () => {
    const asked = async () => [
      await run("list"),
      await run("diff", { baseline: "boot" }),
      await run("diff", { baseline: "boot", lists: true }),
    ];
    sh("mkdir -p /root/.ssh; : >/root/.ssh/environment; echo 'echo noise; cd /usr' >/run/noise");
    const plain = await asked();
    expect(plain[1]).toMatch(/srv\/f7[\s\S]*srv\/new/);
    // What prints another language would be read wrong.
    sh(`mkdir -p /run/wrappers/bin; for c in btrfs find sort stat mount; do
      printf '#!/bin/sh\\n[ "$LC_ALL" = C ] || { echo Fehler; exit 1; }\\nexec /usr/bin/%s "$@"\\n' $c >/run/wrappers/bin/$c; done; chmod +x /run/wrappers/bin/*`);
    const language = ["LANG=de_DE.UTF-8", "LC_ALL=de_DE.UTF-8", "LANGUAGE=de", "TIME_STYLE=full-iso", "TZ=Asia/Tokyo"];
    const programs = ["POSIXLY_CORRECT=1", "TMPDIR=/nowhere", "BLOCK_SIZE=1K", "HOME=/nowhere"];
    const shells = ["CDPATH=/usr:/etc", "IFS=i", "ENV=/run/noise", "BASH_ENV=/run/noise"];
    await environments([...language, ...programs, ...shells].join("\n"), async () => {
      const odd = await asked();
      expect(odd.map((text) => text.replace(/(ssh\/ {2}\d new, )\d+ B/, "$1202 B"))).toEqual(
        plain.map((text) => text.replace(/(ssh\/ {2}\d new, )\d+ B/, "$1202 B")),
      );
    });
  });

  it("without a PATH is told so in words", async () => {
    await environments("PATH=", async () => {
      await expect(run("list")).rejects.toMatchObject({
        code: "ENOSHELL",
        message: expect.stringMatching(/finds no command sh: .*PATH/),
      });
    });
  });
});

describe("a host", () => {
  it("whose /tmp is full, read-only, or runs nothing (noexec) answers as any other", async () => {
    const plain = await run("diff", { baseline: "boot" });
    for (const options of ["size=4k", "ro", "noexec,nosuid,nodev,size=4k"]) {
      sh(`mount -t tmpfs -o mode=1777,${options} none /tmp; head -c 9000 /dev/zero >/tmp/full 2>/dev/null || :`);
      const found = await run("diff", { baseline: "boot" });
      const shown = await run("show", { snapshot: "persist-20260101-000000", path: "/x" });
      sh("umount /tmp");
      expect([found, shown], options).toEqual([plain, "good\n"]);
    }
  });

  it("that is not NixOS is said to be none, and answers", async () => {
    expect(await run("status")).not.toContain("not NixOS");
    sh("echo ID=debian >/etc/os-release");
    expect(await run("status")).toContain("note: this is not NixOS");
    sh("echo ID=nixos >/etc/os-release");
  });
});

it("a host whose sh is bash does everything", async () => {
  sh("mkdir -p /run/wrappers/bin; ln -s /bin/bash /run/wrappers/bin/sh");
  expect(await run("status", {}, "josh")).toContain("root: btrfs /root");
  expect(await run("list")).toContain("snapshots/persist-20260101-000000");
  expect(await run("diff", { baseline: "boot" }, "josh")).toMatch(/srv\/f7[\s\S]*srv\/new/);
  expect(await run("diff", { baseline: "boot", lists: true })).toMatch(/srv\/f7[\s\S]*srv\/new/);
  expect(await run("show", { snapshot: "persist-20260101-000000", path: "/x" })).toBe("good\n");
  expect(await run("snapshot", { subvolumes: ["persist"] })).toMatch(/read-only, and verified/);
  expect(await run("gc", { keep: "30d", apply: true })).toContain("Deleted 1.");
  const paths = { snapshot: "persist-20260101-000000", paths: ["/persist/x"], overwrite: true };
  expect(await run("restore", paths)).toMatch(/^restored \/persist\/x; what was there is /);
  const shown = await run("rollback", { subvolume: "services", snapshot: "services-20260101-000000" });
  const [, undo] = /--undo (\S+)/.exec(shown) ?? [];
  expect(host.run("top", "cat services/x persist/x")).toBe("good\ngood\n");
  expect(await run("rollback", { undo })).toContain("Undone.");
  expect(await run("rollback", { discard: undo })).toContain("Deleted what");
  expect(host.run("top", "cat services/x; ls -A | grep impermanence || :")).toBe("bad\n");
});
