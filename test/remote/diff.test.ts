import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Connections } from "../../server/src/remote/connections.ts";
import { type DiffOptions, diffCommand } from "../../server/src/remote/diff/diff.ts";
import type { Diff, DiffRow } from "../../server/src/remote/diff/diff-schema.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
}, 60_000);
afterAll(() => host?.run("destroy"));

const connections = new Connections();
afterAll(() => connections.close());

async function diff(options: DiffOptions = {}, user = "josh"): Promise<Diff> {
  const destination = `${user}@127.0.0.1`;
  const session = openSession(destination, { configFile: host.configFile, connections });
  const found = await diffCommand.run(destination, diffCommand.options.parse(options), session);
  return diffCommand.result.parse(found) as Diff;
}
const sh = (script: string) => host.run("inside", "bash", "-euc", script);
const rowAt = ({ rows }: Diff, path: string): DiffRow | undefined => rows.find((row) => row.path === path);
/** What lies in the toplevel and is mounted in the host: a look leaves all as it was, but for the folder of mount(8). */
const traces = () =>
  host.run("top", "ls -A; btrfs subvolume list . | cut -d' ' -f9-") +
  sh("cat /proc/1/mounts; ls -A /tmp; ls -A /run | grep -v mount");

describe("what the next reboot loses", () => {
  it("is shown against an empty baseline, without what the boot makes again, and counted where it is not shown", async () => {
    sh(`mkdir -p /var/lib/postgresql/16 /home/josh/.cache/x /srv/site; echo data >/var/lib/postgresql/16/base
      chown -R 71:71 /var/lib/postgresql; chmod 600 /var/lib/postgresql/16/base; echo x >/home/josh/.cache/x/y
      printf abc >/etc/machine-id; ln -s /nix/store/x-etc/issue /etc/issue`);
    const before = traces();
    const found = await diff();
    expect(found).toMatchObject({ question: "next-reboot", complete: true, against: "root-blank", engine: "lists" });
    expect(rowAt(found, "/var/lib/postgresql/16/base")).toMatchObject({
      ...{ change: "added", type: "file", size: 5, user: "71", mode: "0600" },
      services: ["services.postgresql.enable"],
    });
    expect(rowAt(found, "/etc/machine-id")).toMatchObject({ size: 3, user: "root", group: "root" });
    const hidden = Object.fromEntries(found.hidden.map(({ filter, rows }) => [filter, rows]));
    expect(hidden).toMatchObject({ links: expect.any(Number), accounts: 3, caches: 3 });
    expect(rowAt(found, "/etc/issue")).toBeUndefined();
    const all = await diff({ all: true });
    expect(all.hidden).toEqual([]);
    expect(all.rows.length).toBe(found.rows.length + found.hidden.reduce((sum, { rows }) => sum + rows, 0));
    expect(rowAt(all, "/etc/issue")).toMatchObject({ filter: "links", target: "/nix/store/x-etc/issue" });
    const paths = host.run("inside", "find", "/", "-xdev", "-mindepth", "1").trim().split("\n");
    const expected = paths.filter(
      (path) => !/^\/(?:nix|persist|var|var\/log|\.snapshots|proc|sys|dev|run|usr|tmp|etc|root|home)$/.test(path),
    );
    expect(all.rows.map(({ path }) => path).filter((path) => expected.includes(path)).length).toBe(expected.length);
    expect(traces()).toBe(before);
  });

  it("is read from a stream against a snapshot with many files, with owner and size of what was there before", async () => {
    sh("mkdir /srv/many; cd /srv/many; seq 6000 | xargs touch; printf 123 >changed; printf 1 >old; mkfifo pipe");
    host.run("top", "btrfs -q subvolume snapshot -r root snapshots/boot");
    sh(`cd /srv/many; printf 12345 >changed; chown 1000:100 changed; mv old new; rm 17; cat 18 >/dev/null; chmod 711 .
      mkdir fresh; printf x >fresh/file; setfattr -n user.x -v 1 19 2>/dev/null || chmod 600 19; ln 20 twenty`);
    const before = traces();
    const found = await diff({ baseline: "snapshots/boot" });
    expect(found).toMatchObject({ complete: true, against: "snapshots/boot", engine: "send" });
    const changes = found.rows.map(({ path, change, from }) => [path.replace("/srv/many", ""), change, from]);
    expect(changes).toEqual([
      ["", "metadata", undefined],
      ["/17", "deleted", undefined],
      ["/19", "metadata", undefined],
      ["/changed", "modified", undefined],
      ["/fresh", "added", undefined],
      ["/fresh/file", "added", undefined],
      ["/new", "renamed", "/srv/many/old"],
      ["/twenty", "added", undefined],
    ]);
    expect(rowAt(found, "/srv/many/changed")).toMatchObject({ size: 5, user: "josh", group: "users", mode: "0644" });
    expect(found.groups).toEqual([{ path: "/srv/many", first: 0, rows: 8, bytes: 7 }]);
    const lists = await diff({ baseline: "snapshots/boot", lists: true });
    expect(lists.engine).toBe("lists");
    const facts = (one: Diff) =>
      one.rows.map(({ path, change, from, size, user, mode }) => [path, change, from, size, user, mode]);
    // Extended attributes, and the second name of a file, show in a list by their ctime only.
    const differing = /\/(?:17|19|20|twenty)$/;
    const both = (one: Diff) => facts(one).filter(([path]) => !differing.test(path as string));
    expect(both(lists)).toEqual(both(found));
    expect(traces()).toBe(before);
  });

  it("names what a mount hides, and subvolumes that no snapshot of the root holds", async () => {
    sh(`mkdir -p /var/lib/hidden; echo lost >/var/lib/hidden/file; echo lost >/etc/bound; btrfs -q subvolume create /srv/machines
      touch /srv/machines/inside; mount -t tmpfs none /var/lib/hidden; mount --bind /etc/passwd /etc/bound`);
    const found = await diff();
    expect(rowAt(found, "/var/lib/hidden/file")).toMatchObject({ hiddenBelow: "/var/lib/hidden", size: 5 });
    expect(rowAt(found, "/etc/bound")).toMatchObject({ hiddenBelow: "/etc/bound", size: 5 });
    expect(rowAt(found, "/srv/machines")).toMatchObject({ change: "subvolume" });
    expect(found.rows.filter(({ path }) => path.startsWith("/srv/machines"))).toHaveLength(1);
    expect(diffCommand.text(found)).toContain("hidden below the mount /var/lib/hidden");
    sh("umount /var/lib/hidden /etc/bound; rm -r /var/lib/hidden /etc/bound; btrfs -q subvolume delete /srv/machines");
  });

  it("shows names as they are, whatever they hold, on one line, and gives their bytes where text cannot", async () => {
    const deep = `${"d".repeat(200)}/`.repeat(19);
    sh(`mkdir -p /srv/names; cd /srv/names; touch -- $'new\\nline' '$(touch executed)' -rf "it's \\"q\\"" $'bad\\xff' $'bidi\\u202e' $'unit\\x1f' 'back\\slash'
      mkdir -p ${deep}; cd ${deep}; mkdir -p ${deep}; cd ${deep}; touch deepest`);
    host.run("top", "btrfs -q subvolume snapshot -r root snapshots/names");
    sh('cd /srv/names; for f in ./*; do [ -d "$f" ] || chmod 600 "$f"; done');
    for (const found of [await diff(), await diff({ baseline: "names" })]) {
      const names = found.rows.flatMap(({ path }) => (path.startsWith("/srv/names/") ? [path.slice(11)] : []));
      const expected = [
        "$(touch executed)",
        "-rf",
        "back\\slash",
        "bad\uFFFD",
        "bidi\u202E",
        'it\'s "q"',
        "new\nline",
        "unit\x1f",
      ];
      expect(names.filter((name) => !name.startsWith("ddd")).sort()).toEqual(expected.sort());
      const bad = found.rows.find(({ path }) => path.endsWith("bad\uFFFD"));
      expect(Buffer.from(bad?.pathBytes ?? "", "base64").toString("latin1")).toBe("/srv/names/bad\xff");
      expect(bad).toMatchObject({ user: "root", size: 0 });
      const text = diffCommand.text({
        ...found,
        groups: found.rows.map(({ path }, first) => ({ path, first, rows: 1, bytes: 0 })),
      });
      expect(text).not.toMatch(/\u202E|\x1f|names\/new\n/);
      expect(text).toContain("new<U+000A>line");
    }
    expect((await diff()).rows.at(-1)?.path ?? "").not.toContain("executed");
    expect((await diff()).rows.some(({ path }) => path.endsWith("/deepest"))).toBe(true);
    expect(sh("ls -A /tmp")).toBe("");
    sh("rm -rf /srv/names");
  });

  it("is refused or explained where the baseline is no baseline", async () => {
    await expect(diff({ baseline: "no-such" })).rejects.toMatchObject({
      code: "ENOTFOUND",
      message: expect.stringContaining("no-such"),
    });
    await expect(diff({ baseline: "log" })).rejects.toMatchObject({
      message: expect.stringMatching(/log is writable \(uuid/),
    });
    host.run("top", "btrfs property set -ts root-blank ro false");
    const writable = await diff();
    expect(writable).toMatchObject({
      against: null,
      why: expect.stringMatching(/root-blank is writable \(uuid .*not trusted/),
    });
    host.run(
      "top",
      "btrfs -q subvolume delete root-blank; for s in snapshots/*; do btrfs -q subvolume delete $s; done",
    );
    const missing = await diff();
    expect(missing).toMatchObject({
      against: null,
      why: expect.stringContaining("there is no blank snapshot: everything on / is shown"),
    });
    expect(rowAt(missing, "/srv/many/18")).toMatchObject({ change: "added" });
  });
});

describe("what differs between two snapshots", () => {
  it("is found by stream, or by path where they have no common origin", async () => {
    sh("mkdir -p /persist/app; seq 5100 | sed 's:^:/persist/app/:' | xargs touch; echo 1 >/persist/app/5");
    host.run("top", "btrfs -q subvolume snapshot -r persist snapshots/a");
    sh("echo 22 >/persist/app/5; mv /persist/app/6 /persist/six; rm /persist/app/7");
    host.run(
      "top",
      "btrfs -q subvolume snapshot -r persist snapshots/b; btrfs -q subvolume create snapshots/c; cp -a snapshots/b/. snapshots/c/; rm snapshots/c/app/8",
    );
    const found = await diff({ between: ["a", "b"] });
    expect(found).toMatchObject({ engine: "send", question: "between", of: "snapshots/b", against: "snapshots/a" });
    expect(found.rows.map(({ change, path, size }) => [change, path, size])).toEqual([
      ["modified", "/app/5", 3],
      ["deleted", "/app/7", undefined],
      ["renamed", "/six", 0],
    ]);
    const copied = await diff({ between: ["b", "c"] });
    expect(copied).toMatchObject({ engine: "lists", why: expect.stringContaining("no common origin") });
    expect(copied.rows.map(({ change, path }) => [change, path])).toEqual([["deleted", "/app/8"]]);
    expect((await diff({ between: ["a", "persist"] })).rows.map(({ path }) => path)).toEqual([
      "/app/5",
      "/app/7",
      "/six",
    ]);
  });
});

it("two subvolumes that were written to since they were one share no numbers of inodes", async () => {
  sh("seq 5100 | sed 's:^:/persist/:' | xargs touch");
  host.run(
    "top",
    `btrfs -q subvolume snapshot -r persist snapshots/origin; for s in one other; do btrfs -q subvolume snapshot snapshots/origin snapshots/$s; done
     echo 1 >snapshots/one/mine; echo 22 >snapshots/other/theirs`,
  );
  const found = await diff({ between: ["one", "other"] });
  expect(found).toMatchObject({ engine: "lists", why: expect.stringContaining("written to since they were one") });
  expect(found.rows.map(({ change, path, from }) => [change, path, from])).toEqual([
    ["deleted", "/mine", undefined],
    ["added", "/theirs", undefined],
  ]);
  sh("seq 5100 | sed 's:^:/persist/:' | xargs rm");
});

describe("what the last reboot lost", () => {
  it("is what the archived root held and no boot made again", async () => {
    host.run(
      "top",
      "[ -e root-blank ] || btrfs -q subvolume create root-blank; btrfs property set -ts root-blank ro true",
    );
    await expect(diff({ lastReboot: true })).rejects.toMatchObject({
      code: "ENOTFOUND",
      message: expect.stringContaining("old_roots"),
    });
    sh(
      "rm -rf /srv/many /srv/site /var/lib/postgresql; mkdir -p /var/lib/app /srv; echo data >/var/lib/app/db; echo hello >/etc/motd; ln -s a /srv/link; echo changed >>/etc/nsswitch.conf",
    );
    host.run("reboot");
    host.run("top", "mv root-blank other");
    expect(await diff()).toMatchObject({ against: "other", why: expect.stringContaining("the root was made of") });
    const found = await diff({ lastReboot: true });
    expect(found.of).toMatch(/^old_roots\/root-/);
    const rows = found.rows.map(({ change, path }) => [change, path]);
    expect(rows).toEqual(
      expect.arrayContaining([
        ["deleted", "/var/lib/app/db"],
        ["deleted", "/etc/motd"],
        ["deleted", "/srv/link"],
        ["modified", "/etc/nsswitch.conf"],
      ]),
    );
    expect(
      rows.filter(
        ([, path]) =>
          !/^\/(?:var\/lib\/app|etc\/motd|srv|etc\/nsswitch|etc\/machine-id|etc\/issue)/.test(path as string),
      ),
    ).toEqual([]);
    expect(found.hidden.find(({ filter }) => filter === "again")?.rows).toBeGreaterThan(20);
  });
});
