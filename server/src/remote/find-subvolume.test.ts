import { expect, it } from "vitest";
import { findSubvolume } from "./find-subvolume.ts";
import type { Subvolume } from "./subvolumes.ts";

const host = (...paths: string[]) => {
  const subvolumes = paths.map((path, index) => ({ id: 256 + index, path, uuid: `uuid of ${path}` }) as Subvolume);
  return { mounts: [], filesystems: [{ subvolumes, mounts: [] }] };
};

it("names a subvolume by its path, its uuid or the last parts of its path, and no other", () => {
  const all = host("snapshots/a", "other/a", "snapshots/b", "deep/snapshots/c");
  const pathOf = (name: string) => {
    const result = findSubvolume(all, name);
    return result.ok ? result.found.subvolume.path : result.why;
  };
  expect(pathOf("b")).toBe("snapshots/b");
  expect(pathOf("/snapshots/a/")).toBe("snapshots/a");
  expect(pathOf("snapshots/c")).toBe("deep/snapshots/c");
  expect(pathOf("uuid of other/a")).toBe("other/a");
  expect(pathOf("a")).toMatch(/snapshots\/a \(.*other\/a \(/);
  expect(pathOf("napshots/b")).toContain("no subvolume or snapshot napshots/b");
  expect(pathOf("/b")).toContain("no subvolume or snapshot /b");
});
