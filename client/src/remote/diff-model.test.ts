import { describe, expect, it } from "vitest";
import type { Diff, DiffRow } from "../../../server/src/remote/diff/diff-schema.ts";
import { details, filterCounts, groupsOf, summary } from "./diff-model.ts";

const row = (path: string, more: Partial<DiffRow> = {}): DiffRow => ({ change: "added", path, services: [], ...more });
const diff = (more: Partial<Diff>): Diff => ({
  ...{ question: "next-reboot", complete: true, of: "root", against: "root-blank", engine: "lists", why: "" },
  ...{ notes: [], limits: [], rows: [], groups: [], hidden: [], ...more },
});

describe("a diff as a tree", () => {
  it("has a line for a single change, and a folder around several, with paths below it", () => {
    const rows = [row("/etc/x"), row("/var/lib/a"), row("/var/lib/a/b/c", { size: 2048, services: ["services.a"] })];
    const groups = [
      { path: "/etc/x", first: 0, rows: 1, bytes: 0 },
      { path: "/var/lib/a", first: 1, rows: 2, bytes: 2048 },
    ];
    const [single, folder] = groupsOf(diff({ rows, groups }));
    expect(single).toMatchObject({ kind: "row", label: "/etc/x" });
    expect(folder).toMatchObject({ kind: "group", description: "2 changes · 2.0 KiB · services.a" });
    expect(folder?.kind === "group" && folder.rows.map(({ label }) => label)).toEqual(["a", "b/c"]);
  });

  it("shows names that turn the text around, or break the line, as codes", () => {
    const evil = row("/srv/a\u202eb\nc`d", { change: "modified" });
    const groups = [{ path: evil.path, first: 0, rows: 1, bytes: 0 }];
    expect(groupsOf(diff({ rows: [evil], groups }))[0]?.label).toBe("/srv/a<U+202E>b<U+000A>c`d");
    expect(details(evil)[0]).toBe("`/srv/a<U+202E>b<U+000A>c'd` — changed");
  });

  it("counts what filters hide, and names those that are switched off", () => {
    const hidden = [{ filter: "caches", title: "caches", rows: 3, bytes: 0 }];
    const found = diff({ rows: [row("/x", { filter: "stubs" }), row("/y")], hidden });
    expect(summary(found)).toBe("2 changes against root-blank. 3 more are hidden by filters.");
    const titles = new Map([["stubs", "empty places of mounts"]]);
    expect(filterCounts(found, titles)).toEqual([
      { filter: "stubs", title: "empty places of mounts", rows: 1 },
      { filter: "caches", title: "caches", rows: 3 },
    ]);
    expect(summary(diff({ complete: false }))).toContain("Not complete");
  });
});
