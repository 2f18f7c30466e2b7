import { expect, it } from "vitest";
import type { Change } from "../../btrfs/changes.ts";
import { filterOf } from "./filters.ts";
import { groupsOf } from "./groups.ts";
import { unitOf } from "./structural.ts";

const facts = { mountPoints: new Set(["/var/log", "/etc/machine-id"]), kept: ["/persist"] };
const filter = (path: string, more: Partial<Change> = {}) =>
  filterOf(path, { change: "added", path: path.slice(1), type: "file", size: 1, ...more }, facts);
const link = (path: string, target: string) => filter(path, { type: "symlink", target });

it("hides what boots make again, by rule", () => {
  expect(link("/etc/issue", "/etc/static/issue")).toBe("links");
  expect(link("/etc/static", "/nix/store/x-etc/etc")).toBe("links");
  expect(link("/etc/ssh/key", "/persist/etc/ssh/key")).toBe("links");
  expect(filter("/etc/NIXOS")).toBe("activation");
  expect(filter("/etc/shadow")).toBe("accounts");
  expect(filter("/var/log", { type: "directory" })).toBe("stubs");
  expect(filter("/etc/machine-id", { size: 0 })).toBe("stubs");
  expect(filter("/var/tmp/x")).toBe("temporary");
  expect(filter("/home/josh/.cache/x")).toBe("caches");
  expect(filter("/var/lib/systemd/catalog/database")).toBe("activation");
  expect(filter("/var/lib/upower/history")).toBe("little");
});

it("shows what somebody made or would miss", () => {
  expect(link("/srv/data", "/persist/data")).toBeUndefined();
  expect(link("/etc/alias", "../srv/x")).toBeUndefined();
  expect(filter("/etc/machine-id", { size: 33 })).toBeUndefined();
  expect(filter("/var/spool/mail/josh")).toBeUndefined();
  expect(filter("/root/.nix-channels")).toBeUndefined();
  expect(filter("/var/lib/nixos/uid-map")).toBeUndefined();
  expect(filter("/tmp", { type: "directory" })).not.toBe("temporary");
});

it("puts rows together by what they belong to", () => {
  expect(["/var/lib/app/a/b", "/etc/motd", "/home/josh/.config/x/y", "/srv"].map(unitOf)).toEqual([
    ...["/var/lib/app", "/etc/motd", "/home/josh/.config/x", "/srv"],
  ]);
  const paths = [
    "/etc/motd",
    "/var/lib/app",
    "/var/lib/app/a",
    "/var/lib/app/b/c",
    "/var/lib/app-2",
    "/var/lib/z/q/1",
    "/var/lib/z/q/2",
  ];
  const rows = paths.map((path) => ({ change: "added" as const, path, size: 10, services: [] }));
  expect(groupsOf(rows)).toEqual([
    { path: "/etc/motd", first: 0, rows: 1, bytes: 10 },
    { path: "/var/lib/app", first: 1, rows: 3, bytes: 30 },
    { path: "/var/lib/app-2", first: 4, rows: 1, bytes: 10 },
    { path: "/var/lib/z/q", first: 5, rows: 2, bytes: 20 },
  ]);
  // What was deleted takes no space, unless that is what was lost.
  const deleted = rows.map((row) => ({ ...row, change: "deleted" as const }));
  expect(groupsOf(deleted)[1]).toMatchObject({ rows: 3, bytes: 0 });
  expect(groupsOf(deleted, true)[1]).toMatchObject({ rows: 3, bytes: 30 });
});
