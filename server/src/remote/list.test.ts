import { describe, expect, it } from "vitest";
import { type SnapshotList, snapshotList } from "./list.ts";
import { listText } from "./list-text.ts";
import type { Mount } from "./mounts.ts";
import { snapshotName } from "./snapshot-names.ts";

const time = (text: string) => Date.parse(`${text}Z`) / 1000;

describe("snapshotName", () => {
  it.each<[string, string, string, string | undefined]>([
    ["snapshots/persist-20261120-120000", "timestamp", "snapshots/persist", "2026-11-20T12:00:00"],
    ["@snapshots/var-lib-20261120-120000.2", "timestamp", "@snapshots/var-lib", "2026-11-20T12:00:00"],
    ["persist-20261120-120000", "timestamp", "persist", "2026-11-20T12:00:00"],
    ["s/persist-20260230-120000", "timestamp", "s/persist", undefined],
    ["s/persist-20261120-250000", "timestamp", "s/persist", undefined],
    ["btrbk/persist.20261121", "btrbk", "btrbk/persist", "2026-11-21T00:00:00"],
    ["btrbk/persist.20261121T0405_1", "btrbk", "btrbk/persist", "2026-11-21T04:05:00"],
    ["btrbk/persist.20261121T040506+0200", "btrbk", "btrbk/persist", "2026-11-21T02:05:06"],
    ["btrbk/persist.20261121T040506-0130", "btrbk", "btrbk/persist", "2026-11-21T05:35:06"],
    ["@/.snapshots/17/snapshot", "snapper", "@/.snapshots/N/snapshot", undefined],
    ["old_roots/2024-11-4_16:22:50", "old-roots", "old_roots/", "2024-11-04T16:22:50"],
    ["old_roots/root-20241104-162250", "old-roots", "old_roots/", "2024-11-04T16:22:50"],
    ["@/old_roots/before", "old-roots", "@/old_roots/", undefined],
  ])("reads %s", (path, naming, series, taken) => {
    expect(snapshotName(path)).toEqual({ naming, series, taken: taken === undefined ? undefined : time(taken) });
  });

  it.each([
    "persist",
    "snapshots/persist-2026",
    "7/snapshots",
    "old_roots",
    "a.txt",
    "x/snapshot",
    "v1.20261",
    "-20261120-120000",
  ])("says nothing of %s", (path) => expect(snapshotName(path)).toBeUndefined());
});

describe("snapshotList", () => {
  it("is not complete where other filesystems have snapshots, too", () => {
    const on = (type: string): Mount => ({ mountPoint: "/", root: "/", type, source: "rpool/root", options: [] });
    const list = (mounts: readonly Mount[]) =>
      snapshotList({ user: "root", clock: 0, clockAhead: 0, mounts, filesystems: [], why: undefined, hidden: [] });
    expect(list([on("ext4")])).toEqual({ complete: true, snapshots: [] });
    const why = "those of zfs are not looked at";
    expect(list([on("zfs"), on("zfs")])).toEqual({ complete: false, why, snapshots: [] });
    expect(listText(list([on("bcachefs")]))).toBe(
      "Snapshots are unknown, because those of bcachefs are not looked at.\n",
    );
  });
});

describe("listText", () => {
  const one = (path: string, more: object = {}): SnapshotList["snapshots"][number] => ({
    ...{ path, filesystem: "a", id: 1, naming: "timestamp", readOnly: true, createdGeneration: 1 },
    ...{ created: "2026-11-21T11:08:11Z", ...more },
  });

  it("fits into 80 columns with usual names, also with sizes, and says what a name does not", () => {
    const snapshots = [
      one("@snapshots/postgresql-20261121-110811", { of: "@postgresql", exclusiveBytes: 1023 * 2 ** 20 }),
      one("snapshots/services-20261121-110811", { of: "services", exclusiveBytes: 12 }),
      one("root-blank", { naming: "other", of: "root" }),
      one("old_roots/root-20261120-000001", {
        naming: "old-roots",
        readOnly: false,
        created: undefined,
        named: "2026-11-20T00:00:01Z",
      }),
    ];
    expect(listText({ complete: true, snapshots })).toBe(
      [
        "CREATED (UTC)        KIND         OWN SIZE  PATH",
        "2026-11-21 11:08:11  read-only  1023.0 MiB  @snapshots/postgresql-20261121-110811",
        "2026-11-21 11:08:11  read-only        12 B  snapshots/services-20261121-110811",
        "2026-11-21 11:08:11  read-only              root-blank  of root",
        "2026-11-20 00:00:01  old root               old_roots/root-20261120-000001",
        "",
      ].join("\n"),
    );
  });

  it("shows what is known of a host of which a part is not", () => {
    const text = listText({
      complete: false,
      why: "the toplevel of /dev/sdb cannot be mounted",
      snapshots: [one("a-20261121-110811")],
    });
    expect(text).toMatch(/^Others are unknown, because the toplevel of \/dev\/sdb cannot be mounted\.\n/);
    expect(text).toContain("a-20261121-110811");
  });

  it("keeps filesystems apart, and names on one line", () => {
    const text = listText({ complete: true, snapshots: [one("a\nb"), one("c", { filesystem: "b" })] });
    expect(text.split("\n").filter((line) => line.startsWith("Filesystem"))).toEqual([
      "Filesystem a:",
      "Filesystem b:",
    ]);
    expect(text).toContain("a<U+000A>b");
  });
});
