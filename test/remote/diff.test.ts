import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DiffOptions, diffCommand } from "../../server/src/remote/diff/diff.ts";
import type { Diff, DiffRow } from "../../server/src/remote/diff/diff-schema.ts";
import { openSession, type SessionSettings } from "../../server/src/remote/open-session.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
}, 60_000);
afterAll(() => host?.run("destroy"));

async function diff(options: DiffOptions = {}, settings: SessionSettings = {}, user = "josh"): Promise<Diff> {
  const destination = `${user}@127.0.0.1`;
  const session = openSession(destination, { configFile: host.configFile, ...settings });
  return diffCommand.result.parse(
    await diffCommand.run(destination, diffCommand.options.parse(options), session),
  ) as Diff;
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
});
