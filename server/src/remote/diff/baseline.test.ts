import { describe, expect, it } from "vitest";
import type { Subvolume } from "../subvolumes.ts";
import { baselineOf, isRelated, looksWiped } from "./baseline.ts";
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
