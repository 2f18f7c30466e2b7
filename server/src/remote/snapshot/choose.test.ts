import { describe, expect, it } from "vitest";
import type { FactsJson } from "../../report/schema.ts";
import type { BtrfsMount, Filesystem, HostFilesystems } from "../filesystems.ts";
import { livePath } from "../live-paths.ts";
import type { Mount } from "../mounts.ts";
import type { Subvolume } from "../subvolumes.ts";
import { chooseFolder } from "./choose-folder.ts";
import { criticalSubvolumes, namedSubvolumes } from "./choose-subvolumes.ts";

const GIGABYTES = 2 ** 30;

/** A filesystem with these subvolumes and mounts ("/persist": "@persist"); names that end with * are read-only snapshots. */
function filesystem(index: number, paths: readonly string[], mounts: Readonly<Record<string, string>>): Filesystem {
  const subvolumes = paths.map((written, at): Subvolume => {
    const path = written.replace(/\*$/, "");
    return {
      ...{
        id: 256 + at,
        parentId: 5,
        generation: at,
        createdGeneration: at,
        uuid: `u${index}.${at}`,
        path,
        bytes: path,
      },
      ...{ parentUuid: written === path ? undefined : "p", receivedUuid: undefined, readOnly: written !== path },
      ...{ created: undefined, exclusiveBytes: undefined },
    };
  });
  const mounted = Object.entries(mounts).map(([mountPoint, root]): BtrfsMount => {
    const around = subvolumes.find(({ path }) => root === path || root.startsWith(`${path}/`));
    return {
      ...{ mountPoint, root: `/${root}`, type: "btrfs", source: `/dev/sd${index}`, options: [] },
      subvolumeId: around?.id ?? 5,
    };
  });
  const space = { totalBytes: 100 * GIGABYTES, freeBytes: 50 * GIGABYTES, unallocatedBytes: GIGABYTES };
  return {
    ...{ index, uuid: `f${index}`, devices: [`/dev/sd${index}`], subvolumes, space, metadataUse: undefined },
    ...{ mounts: mounted, readOnly: false },
  };
}
function hostOf(filesystems: readonly Filesystem[], others: readonly Mount[] = []): HostFilesystems {
  const mounts = [...others, ...filesystems.flatMap((one) => one.mounts)];
  return { user: "root", clock: 0, clockAhead: 0, mounts, filesystems, why: undefined, hidden: [] };
}
const tmpfs = (mountPoint: string): Mount => ({ mountPoint, root: "/", type: "tmpfs", source: "none", options: [] });
const paths = (choice: ReturnType<typeof criticalSubvolumes>) =>
  choice.ok ? choice.chosen.map(({ subvolume }) => subvolume.path) : choice.why;
const factsOf = (parts: object) =>
  ({
    stores: [],
    services: [],
    fileSystems: {},
    snapshotJobs: [],
    ephemeralRoot: { kind: "rollback" },
    ...parts,
  }) as unknown as FactsJson;

describe("critical subvolumes", () => {
  it("of a root in memory are what is mounted from the disk, but not what can be had again", () => {
    const disk = filesystem(0, ["@nix", "@persist", "@home", "@log", "@swap"], {
      ...{ "/nix": "@nix", "/persist": "@persist", "/home": "@home", "/var/log": "@log", "/swap": "@swap" },
      ...{ "/etc/ssh": "@persist/etc/ssh", "/.snapshots": "@snapshots" },
    });
    expect(paths(criticalSubvolumes(hostOf([disk], [tmpfs("/")]), undefined))).toEqual(["@persist", "@home"]);
  });

  it("are none of other filesystems, which is said once of each", () => {
    const disk = filesystem(0, ["@persist"], { "/persist": "@persist" });
    const mount = (mountPoint: string, type: string, source: string): Mount => ({ ...tmpfs(mountPoint), type, source });
    const others = [
      ...[mount("/", "zfs", "rpool/root"), mount("/boot", "ext4", "/dev/sdb1"), mount("/nix", "zfs", "rpool/nix")],
      ...[mount("/srv", "xfs", "/dev/sdc1"), mount("/var/lib/srv", "xfs", "/dev/sdc1")],
    ];
    const notes = (facts?: FactsJson) => {
      const choice = criticalSubvolumes(hostOf([disk], others), facts);
      return choice.ok && choice.notes;
    };
    expect(notes()).toEqual(["Not on btrfs, and so in no snapshot: / (zfs), /srv (xfs)."]);
    const wiped = factsOf({ stores: [{ path: "/persist" }] });
    expect(notes(wiped)).toEqual(["Not on btrfs, and so in no snapshot: /srv (xfs)."]);
  });

  it("have the root among them only when nothing wipes it, and as the last", () => {
    const kept = filesystem(0, ["root", "persist"], { "/": "root", "/persist": "persist" });
    expect(paths(criticalSubvolumes(hostOf([kept]), undefined))).toEqual(["persist", "root"]);
    for (const sign of ["root-blank*", "old_roots/root-20260101-000000"]) {
      const wiped = filesystem(0, ["root", "persist", sign], { "/": "root", "/persist": "persist" });
      expect(paths(criticalSubvolumes(hostOf([wiped]), undefined))).toEqual(["persist"]);
    }
    const facts = factsOf({
      stores: [{ path: "/persist" }],
      fileSystems: { "/": { fsType: "btrfs", certainty: "yes" } },
    });
    expect(paths(criticalSubvolumes(hostOf([kept]), facts))).toEqual(["persist"]);
  });

  it("by the configuration are those where stores, state and filesystems lie, on the running host", () => {
    const disk = filesystem(0, ["@", "@persist", "@db", "@home", "@old"], {
      ...{ "/": "@", "/persist": "@persist", "/var/lib/postgresql": "@db", "/home": "@home", "/old": "@old" },
      "/var/lib/nixos": "@persist/var/lib/nixos",
    });
    const state = (path: string, fate: string, kind = "state") => ({ path, fate, kind });
    const facts = factsOf({
      stores: [{ path: "/persist" }, { path: null }, { path: "/ext" }],
      services: [
        { enabled: "yes", state: [state("/var/lib/postgresql", "yes"), state("/var/lib/nixos", "yes")] },
        { enabled: "no", state: [state("/old/state", "yes")] },
        { enabled: "yes", state: [state("/old/cache", "yes", "cache")] },
      ],
      fileSystems: {
        ...{ "/home": { fsType: "btrfs", certainty: "yes" }, "/nix": { fsType: "btrfs", certainty: "yes" } },
        "/old": { fsType: "btrfs", certainty: "no" },
      },
    });
    const host = hostOf([disk], [{ ...tmpfs("/ext"), type: "ext4" }]);
    const choice = criticalSubvolumes(host, facts);
    expect(paths(choice)).toEqual(["@persist", "@db", "@home"]);
    expect(choice).toMatchObject({ by: "configuration", notes: [expect.stringContaining("/ext is not on btrfs")] });
  });

  it("by the configuration that are not mounted on the running host are named", () => {
    const disk = filesystem(0, ["@", "@persist"], { "/": "@", "/persist": "@persist" });
    const facts = factsOf({
      stores: [{ path: "/persist" }],
      fileSystems: { "/var/lib/services": { fsType: "btrfs", certainty: "yes" } },
    });
    const choice = criticalSubvolumes(hostOf([disk]), facts);
    expect(paths(choice)).toEqual(["@persist"]);
    expect(choice).toMatchObject({ notes: [expect.stringContaining("/var/lib/services should survive")] });
  });

  it("are those of other filesystems, too, whose first subvolume has the id of the root", () => {
    const own = filesystem(0, ["root", "root-blank*"], { "/": "root" });
    const other = filesystem(1, ["persist"], { "/persist": "persist", "/data": "" });
    const choice = criticalSubvolumes(hostOf([own, other]), undefined);
    expect(paths(choice)).toEqual(["persist"]);
    expect(choice.ok && choice.notes).toEqual([expect.stringMatching(/^\/data is on the toplevel .* it is in none/)]);
  });

  it("are named as missing where a filesystem cannot be looked into", () => {
    const own = filesystem(0, ["root", "persist"], { "/": "root", "/persist": "persist" });
    const hidden = ["the toplevel of /dev/sdb cannot be mounted"];
    const choice = criticalSubvolumes({ ...hostOf([own]), hidden }, undefined);
    expect(choice.ok && choice.notes).toEqual([`${hidden[0]}: nothing of that filesystem is in a snapshot.`]);
  });

  it("are those of the filesystem that was mounted last at a place", () => {
    const below = filesystem(0, ["old"], { "/persist": "" });
    const above = filesystem(1, ["a", "b"], { "/persist": "", "/persist/b": "b" });
    expect(livePath(hostOf([below, above]), "/persist/a")?.filesystem.index).toBe(1);
  });

  it("are not guessed when there are none", () => {
    const disk = filesystem(0, ["root", "nix", "root-blank*"], { "/": "root", "/nix": "nix" });
    expect(criticalSubvolumes(hostOf([disk]), undefined)).toMatchObject({
      ok: false,
      why: expect.stringContaining("root, nix"),
    });
  });
});

describe("named subvolumes", () => {
  const first = filesystem(0, ["@persist", "@persist/vm", "data"], { "/persist": "@persist" });
  const second = filesystem(1, ["data"], { "/data": "data" });
  const host = hostOf([first, second]);

  it("are mount points, paths on the host, or paths from the toplevel", () => {
    for (const [name, path] of Object.entries({
      "/persist": "@persist",
      "/persist/": "@persist",
      "@persist": "@persist",
      "/persist/vm": "@persist/vm",
    }))
      expect(paths(namedSubvolumes(host, [name]))).toEqual([path]);
    const choice = namedSubvolumes(host, ["/data"]);
    expect(choice.ok && choice.chosen[0]?.filesystem.uuid).toBe("f1");
  });

  it("are taken once, and refused when they could be two", () => {
    expect(paths(namedSubvolumes(host, ["/persist", "@persist"]))).toEqual(["@persist"]);
    expect(namedSubvolumes(host, ["data"])).toMatchObject({ ok: false, why: expect.stringContaining("2 filesystems") });
    for (const name of ["/persist/folder", "/", "persist", "..", "@persist/.."])
      expect(namedSubvolumes(host, [name])).toMatchObject({ ok: false });
  });

  it("see what is mounted over them", () => {
    expect(namedSubvolumes(hostOf([filesystem(0, ["@a", "@b"], { "/x": "@a" })], [tmpfs("/y")]), ["/y"])).toMatchObject(
      { ok: false },
    );
    const twice = filesystem(0, ["@a", "@b"], { "/x": "@a" });
    const over = {
      ...twice,
      mounts: [...twice.mounts, { ...(twice.mounts[0] as BtrfsMount), root: "/@b", subvolumeId: 257 }],
    };
    expect(paths(namedSubvolumes(hostOf([over]), ["/x"]))).toEqual(["@b"]);
  });
});

describe("the folder for snapshots", () => {
  const choose = (disk: Filesystem, named?: string, facts?: FactsJson) =>
    chooseFolder(hostOf([disk], [tmpfs("/run")]), disk, named, facts);

  it("is the one that is named, else where such snapshots are, is configured, mounted or called so", () => {
    const all = ["root", "persist", "@snapshots", "backup", "backup/persist-20261120-120000*"];
    const disk = filesystem(0, all, {
      "/": "root",
      "/persist": "persist",
      "/.snapshots": "@snapshots",
      "/b": "backup",
    });
    expect(choose(disk, "/b")).toMatchObject({ ok: true, path: "backup", because: "as you say" });
    expect(choose(disk, "persist/x/")).toMatchObject({ ok: true, path: "persist/x" });
    expect(choose(disk)).toMatchObject({ path: "backup" });
    const fresh = filesystem(0, all.slice(0, 4), { "/": "root", "/.snapshots": "@snapshots", "/b": "backup" });
    expect(choose(fresh, undefined, factsOf({ snapshotJobs: [{ directory: "/b/daily" }] }))).toMatchObject({
      path: "backup/daily",
    });
    expect(choose(fresh)).toMatchObject({ path: "@snapshots", because: "which is mounted at /.snapshots" });
    expect(choose(filesystem(0, ["persist", "x/_snapshots", "snapshots"], {}))).toMatchObject({
      path: "snapshots",
      because: "by its name",
    });
  });

  it("is refused where it would be lost or cannot be, and never guessed", () => {
    const wiped = filesystem(0, ["root", "persist", "root-blank*"], { "/": "root", "/persist": "persist" });
    expect(choose(wiped, "/.snapshots")).toMatchObject({ ok: false, why: expect.stringContaining("block the wipe") });
    expect(choose(wiped, "/run/x")).toMatchObject({ ok: false, why: expect.stringContaining("another filesystem") });
    expect(choose(wiped, "persist/../root")).toMatchObject({ ok: false });
    expect(choose(wiped, "root-blank/x")).toMatchObject({ ok: false, why: expect.stringContaining("read-only") });
    expect(choose(wiped, "persist/\uFFFD")).toMatchObject({ ok: false });
    expect(choose(wiped)).toMatchObject({ ok: false, why: expect.stringContaining("--to") });
    const plain = filesystem(0, ["root"], { "/": "root" });
    expect(choose(plain, "/.snapshots")).toMatchObject({ ok: true });
    expect(choose(plain, "/.snapshots", factsOf({}))).toMatchObject({ ok: false });
    // A folder that is configured but lies on the wiped root is not taken, and the next best is.
    const other = filesystem(0, ["root", "snapshots", "root-blank*"], { "/": "root" });
    expect(choose(other, undefined, factsOf({ snapshotJobs: [{ directory: "/.snapshots" }] }))).toMatchObject({
      path: "snapshots",
    });
  });
});
