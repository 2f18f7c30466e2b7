import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REMOTE_COMMANDS } from "../../server/src/remote/commands.ts";
import { Connections } from "../../server/src/remote/connections.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import { TestHost } from "./test-host.ts";

const connections = new Connections();
let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
  host.run(
    "top",
    `mkdir persist/data; echo good >persist/data/x; btrfs -q subvolume create services; echo good >services/x
     for s in persist services; do btrfs -q subvolume snapshot -r $s snapshots/$s-20260101-000000; done; echo bad >persist/data/x; echo bad >services/x
     btrfs -q subvolume create old_roots/root-20200101-000000; btrfs -q subvolume create old_roots/root-20210101-000000`,
  );
  // Busybox for everything that it has, and nothing else but what is said here.
  host.run(
    "inside",
    "bash",
    "-euc",
    `mkdir /run/bb; cp /usr/bin/busybox /run/bb/; cp "$(command -v btrfs)" /usr/bin/flock /run/bb/; for c in $(busybox --list); do ln -s busybox "/run/bb/$c"; done; mount --bind /run/bb /usr/bin`,
  );
}, 60_000);
afterAll(async () => {
  await connections.close();
  host?.run("destroy");
});
const top = (script: string) => host.run("top", script);
const inside = (script: string) => host.run("inside", "sh", "-c", script);
async function run(name: string, options: object = {}, more: object = {}): Promise<string> {
  const command = REMOTE_COMMANDS.find((one) => one.name === name);
  if (!command) throw new Error(`there is no command ${name}`);
  const session = openSession("root@127.0.0.1", {
    ...{ configFile: host.configFile, connections },
    confirm: async () => true,
  });
  return command.text(await command.run("test", command.options.parse(options), { ...session, ...more }));
}

describe("a host whose programs are busybox's", () => {
  it("says what it is, what it holds, and what is in it", async () => {
    expect(await run("status")).toContain("root: btrfs /root");
    expect(await run("list")).toContain("snapshots/persist-20260101-000000");
    expect(await run("show", { snapshot: "persist-20260101-000000", path: "/data/x" })).toBe("good\n");
    inside(
      "ln -s 'where \"it\" is' /persist/data/link; mkdir -p /srv/app; chown 1000:100 /srv/app; chmod 2750 /srv/app; touch '/srv/new\nline'",
    );
    top("btrfs -q subvolume snapshot -r persist snapshots/links");
    expect(await run("show", { snapshot: "links", path: "/data/link" })).toContain('a symbolic link to where "it" is.');
    expect(await run("show", { snapshot: "links", path: "/data/none" })).toContain("it is not there");
    const entries: unknown[] = [];
    const configured = {
      fates: async (paths: string[]) => paths.map(() => ({ survives: "no", by: "" })),
      persist: async (all: unknown[]) => ({ title: "", store: "/persist", patch: String(entries.push(...all)) }),
    };
    await run("persist", { paths: ["/srv/app", "/srv/none"] }, { configured });
    expect(entries).toEqual([{ kind: "directory", path: "/srv/app", user: "josh", group: "users", mode: "2750" }]);
    inside("rm -r /persist/data/link /srv/*");
    top("btrfs -q subvolume delete snapshots/links");
  });

  it("is not compared, as its find lists nothing exactly, and the message says what is needed", async () => {
    await expect(run("diff")).rejects.toMatchObject({ message: expect.stringContaining("GNU find (findutils)") });
  });

  it("takes snapshots, and deletes them by a policy", async () => {
    expect(await run("snapshot", { subvolumes: ["persist"] })).toMatch(/read-only, and verified/);
    expect(await run("gc", { keep: "30d", apply: true })).toContain("Deleted 1.");
    expect(top("ls -A old_roots")).toBe("root-20210101-000000\n");
    expect(top("ls snapshots | wc -l")).toBe("3\n");
  });

  it("gets paths back, beside what was there, also through links and where something is mounted", async () => {
    const options = { snapshot: "persist-20260101-000000", paths: ["/persist/data"], overwrite: true };
    expect(await run("restore", options)).toMatch(
      /^restored \/persist\/data; what was there is \/persist\/data\.before-/,
    );
    expect(top("cat persist/data/x persist/data.before-*/x; ls -A persist")).toMatch(
      /^good\nbad\ndata\ndata\.before-\S+\netc\n$/,
    );
    inside(
      "ln -s /persist/etc /persist/way; mkdir -p /persist/data/mounted; rm /persist/data/x; mount -t tmpfs none /persist/data/mounted",
    );
    expect(
      await run("restore", { snapshot: options.snapshot, paths: ["/persist/data/x"], to: "/persist/way" }),
    ).toContain("/persist/way/data/x is /persist/etc/data/x, because");
    expect(await run("restore", { snapshot: options.snapshot, paths: ["/persist/data"] })).toContain(
      "restored /persist/data/x\n",
    );
    inside("umount /persist/data/mounted; rm -r /persist/way /persist/data/mounted /persist/etc/data");
    expect(top("cat persist/data/x")).toBe("good\n");
  });

  it("rolls a subvolume back, and takes that back", async () => {
    const shown = await run("rollback", { subvolume: "services", snapshot: "services-20260101-000000" });
    const [, undo] = /--undo (\S+)/.exec(shown) ?? [];
    expect(top("cat services/x")).toBe("good\n");
    expect(await run("rollback", { undo })).toContain("Undone.");
    expect(await run("rollback", { discard: undo })).toContain("Deleted what");
    expect(top("cat services/x; ls -A | grep nix-impermanence || :")).toBe("bad\n");
  });

  it("without flock changes nothing, and the message says what is needed", async () => {
    const before = top("btrfs subvolume list -u . | sed 's/ gen [0-9]*//'");
    inside("rm /run/bb/flock");
    for (const [name, options] of [
      ["snapshot", { subvolumes: ["persist"] }],
      ["gc", { keep: "1 recent", apply: true }],
      ["rollback", { subvolume: "services", snapshot: "services-20260101-000000" }],
      ["restore", { snapshot: "services-20260101-000000", paths: ["/services/x"], base: "/services", to: "/persist" }],
    ] as const)
      expect(await run(name, options), name).toMatch(/flock \(util-linux\) is not found|nothing to delete/i);
    expect(top("btrfs subvolume list -u . | sed 's/ gen [0-9]*//'")).toBe(before);
  });
});
