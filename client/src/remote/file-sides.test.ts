import { describe, expect, it } from "vitest";
import type { DiffRow } from "../../../server/src/remote/diff/diff-schema.ts";
import { type FileSides, sidesOf, sideText, titleOf } from "./file-sides.ts";

const row = (more: Partial<DiffRow> = {}): DiffRow => ({ change: "modified", path: "/etc/x", services: [], ...more });
const live = { question: "next-reboot", of: "/ (/root)", against: "snapshots/root-blank" } as const;
const sides = (about: Parameters<typeof sidesOf>[0], more: Partial<DiffRow> = {}) =>
  sidesOf(about, row(more)) as FileSides;

describe("the sides of a changed file", () => {
  it("are the baseline and the running root, or two snapshots", () => {
    expect(sides(live)).toMatchObject({
      before: { snapshot: "/snapshots/root-blank", path: "/etc/x" },
      after: { snapshot: "now", path: "/etc/x" },
    });
    const two = sides({ question: "between", of: "now", against: "old/now" });
    expect([two.before?.snapshot, two.after.snapshot]).toEqual(["/old/now", "/now"]);
    expect(titleOf(sides(live), "web1")).toBe("x (root-blank ↔ now) · web1");
  });

  it("have no file before where there was none, and that is in the title", () => {
    const added = sides(live, { change: "added" });
    expect(added.before).toBeUndefined();
    expect(titleOf(added, "web1")).toBe("x (not in root-blank ↔ now) · web1");
    const alone = sides({ ...live, against: null });
    expect(alone.before).toBeUndefined();
    expect(titleOf(alone, "web1")).toBe("x (nothing to compare with ↔ now) · web1");
  });

  it("go by exact bytes, and by the old name of what was renamed", () => {
    const moved = sides(live, {
      ...{ change: "renamed", path: "/etc/\ufffd", pathBytes: "L2V0Yy//", from: "/etc/a" },
    });
    expect(moved.before).toEqual({ snapshot: "/snapshots/root-blank", label: "root-blank", path: "/etc/a" });
    expect(moved.after).toMatchObject({ pathBytes: "L2V0Yy//" });
    const replaced = sides(live, { change: "replaced", path: "/etc/b", from: "/etc/a" });
    expect(replaced.before?.path).toBe("/etc/b");
  });

  it("do not exist for directories and subvolumes, and that is said", () => {
    expect(sidesOf(live, row({ type: "directory" }))).toMatchObject({ why: expect.stringContaining("directory") });
    expect(sidesOf(live, row({ change: "subvolume" }))).toMatchObject({ why: expect.stringContaining("subvolume") });
  });
});

describe("the text of a side", () => {
  const text = (more: Partial<Parameters<typeof sideText>[0]>) =>
    sideText({ snapshot: "s", path: "/x", type: "file", ...more });

  it("is the file, or says in words what is there", () => {
    expect(text({ text: "a\n" })).toBe("a\n");
    expect(text({ type: null })).toBe("");
    expect(text({ type: "symlink", target: "/etc/\u202ey" })).toBe("A symbolic link to /etc/<U+202E>y\n");
    expect(text({ type: "fifo" })).toBe("A fifo.\n");
    expect(text({ size: 5_000_000, tooLarge: true })).toMatch(/^4\.8 MiB: more than/);
  });

  it("tells two binary files of one size apart", () => {
    const binary = { binary: true, size: 3 };
    expect(text({ ...binary, sha256: "aa" })).not.toBe(text({ ...binary, sha256: "bb" }));
  });
});
