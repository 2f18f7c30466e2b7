import { describe, expect, it } from "vitest";
import type { Subvolume } from "../subvolumes.ts";
import { baselineOf, isRelated, looksWiped, sharesInodes } from "./baseline.ts";
import { newestArchive } from "./last-reboot.ts";

/** Subvolumes by path; `of` names what each was made of. Those called blank are read-only. */
function subvolumes(...all: [path: string, of?: string, more?: Partial<Subvolume>][]): Subvolume[] {
  const uuid = (path: string) => `uuid of ${path}`;
  return all.map(([path, of, more], index) => ({
    ...{
      id: 256 + index,
      parentId: 5,
      generation: 9,
      createdGeneration: index,
      created: undefined,
      exclusiveBytes: undefined,
    },
    ...{ uuid: uuid(path), parentUuid: of === undefined ? undefined : uuid(of), receivedUuid: undefined },
    ...{ path, bytes: path, readOnly: /blank/.test(path), ...more },
  }));
}

describe("the baseline of a root", () => {
  it.each([
    [
      "the snapshot it was made of",
      subvolumes(["root", "root-blank"], ["home-blank", "home"], ["root-blank"]),
      "root-blank",
      true,
    ],
    [
      "a blank one that was made of it",
      subvolumes(["@root"], ["@home"], ["@home-blank", "@home"], ["@root-blank", "@root"]),
      "@root-blank",
      true,
    ],
    [
      "a blank one of its name, though nothing links them",
      subvolumes(["root"], ["snapshots/root-blank"]),
      "snapshots/root-blank",
      false,
    ],
    [
      "a read-only one of any name that it was made of",
      subvolumes(["root", "golden"], ["golden", undefined, { readOnly: true }]),
      "golden",
      true,
    ],
    ["none that is of another subvolume", subvolumes(["root"], ["home-blank", "home"], ["home"]), undefined, false],
    [
      "none that is writable",
      subvolumes(["root", "root-blank"], ["root-blank", undefined, { readOnly: false }]),
      undefined,
      false,
    ],
  ])("is %s", (_, all, path, related) => {
    const found = baselineOf(256, all);
    expect([found.subvolume?.path, found.related]).toEqual([path, related]);
  });

  it("says why a writable one is not taken", () => {
    const all = subvolumes(["root", "root-blank"], ["root-blank", undefined, { readOnly: false }]);
    expect(baselineOf(256, all).reason).toBe(
      "root-blank is writable (uuid uuid of root-blank), so it is not trusted: everything on / is shown",
    );
  });
});

it("relates subvolumes over ones that are gone", () => {
  const [one, other, stranger] = subvolumes(["a", "gone"], ["b", "gone"], ["c"]);
  expect(isRelated(one, other, [])).toBe(true);
  expect(isRelated(one, stranger, [])).toBe(false);
});

it("finds the root of the boot before by name or by origin, never one that is in use", () => {
  const all = subvolumes(
    ["root", "root-blank"],
    ["root-blank"],
    ["old_roots/1", "root-blank"],
    ["archive/2", "root-blank"],
    ["home", "root-blank"],
  );
  const mounts = ["/root", "/home"].map((root) => ({
    mountPoint: root,
    root,
    type: "btrfs",
    source: "/dev/x",
    options: [],
  }));
  expect(newestArchive(256, all, mounts)?.path).toBe("archive/2");
  expect(newestArchive(256, all.slice(0, 3), mounts)?.path).toBe("old_roots/1");
  expect(newestArchive(256, all.slice(0, 2), mounts)).toBeUndefined();
  expect(looksWiped(subvolumes(["root"], ["old_roots/1"]))).toBe(true);
  expect(looksWiped(subvolumes(["root"], ["home"]))).toBe(false);
});

describe("a number of an inode means the same object", () => {
  const ro = { readOnly: true };
  const received = { readOnly: true, receivedUuid: "elsewhere" };
  // A root that was archived, its blank snapshot, two roots that were made of that, and snapshots of the last.
  const all = subvolumes(
    ["old"],
    ["blank", "old"],
    ["old2", "blank"],
    ["root", "blank"],
    ["early", "root", ro],
    ["late", "root", ro],
    ["branch", "early"],
    ["of-gone", "gone", ro],
    ["of-gone2", "gone", ro],
    ["r1", undefined, received],
    ["r2", "r1", received],
    ["r3", "r1", received],
  );
  it.each([
    ["in a root and the blank snapshot it was made of", "blank", "root", true],
    ["in a root and the blank snapshot that was made of it", "blank", "old", true],
    ["in two roots of one blank snapshot", "old2", "root", false],
    ["in a root and what the blank snapshot was made of, which was written to since", "old", "root", false],
    ["in two snapshots of one subvolume", "early", "late", true],
    ["in two snapshots of one that is gone", "of-gone", "of-gone2", true],
    ["in a copy of a snapshot and that snapshot", "early", "branch", true],
    ["in a copy of a snapshot and a later state of the same subvolume", "late", "branch", false],
    ["in what was received and what it was received upon", "r1", "r2", true],
    ["in two that were received upon one", "r2", "r3", false],
    ["in what has nothing in common", "of-gone", "root", false],
  ])("%s", (_, one, other, expected) => {
    const [a, b] = [one, other].map((name) => all.find(({ path }) => path === name));
    expect([sharesInodes(a, b, all), sharesInodes(b, a, all)]).toEqual([expected, expected]);
  });
});
