import { expect, it } from "vitest";
import type { Subvolume } from "./subvolumes.ts";
import { type RootFacts, wipeVerdict } from "./wipe-verdict.ts";

const subvolume = (path: string, uuid: string, readOnly = true): Subvolume => ({
  ...{
    id: 1,
    parentId: 5,
    generation: 1,
    createdGeneration: 1,
    uuid,
    parentUuid: undefined,
    receivedUuid: undefined,
    bytes: path,
    path,
    readOnly,
  },
  ...{ created: undefined, exclusiveBytes: undefined },
});
const mount = { mountPoint: "/", root: "/root", type: "btrfs", source: "/dev/sda", options: [] };
const good: RootFacts = {
  ...{ mount, booted: 10_000, created: 10_003, parentUuid: "b", clock: 20_000, clockAhead: 3 },
  subvolumes: [subvolume("root-blank", "b")],
};

it.each<[string, Partial<RootFacts>, string]>([
  ["made from the blank snapshot", {}, "yes"],
  ["made new", { parentUuid: undefined }, "yes"],
  ["made minutes before, perhaps at the last boot", { created: 9_900 }, "unknown"],
  ["tmpfs", { mount: { ...mount, type: "tmpfs" } }, "yes"],
  ["older than the boot", { created: 5_000 }, "no"],
  ["an archived root", { mount: { ...mount, root: "/old_roots/x" } }, "no"],
  ["the toplevel, beside a blank snapshot", { mount: { ...mount, root: "/", options: ["rw", "subvolid=5"] } }, "no"],
  ["the toplevel", { mount: { ...mount, root: "/", options: ["subvolid=5"] }, subvolumes: [] }, "unknown"],
  ["older, and no wipe is meant", { created: 5_000, subvolumes: [] }, "unknown"],
  ["made from a writable snapshot", { subvolumes: [subvolume("root-blank", "b", false)] }, "unknown"],
  ["made from some snapshot", { subvolumes: [subvolume("good", "b")] }, "unknown"],
  ["the source is gone", { subvolumes: [] }, "unknown"],
  ["no right to look", { created: undefined }, "unknown"],
  ["a clock of 1970, by which an old root was made after the boot", { clock: 10_050, clockAhead: -1.7e9 }, "unknown"],
  ["dated in the future", { created: 20_100 }, "unknown"],
  ["made before the clock was set", { created: 17, booted: 1_790_000_000, clock: 1_790_000_100 }, "unknown"],
  ["ext4", { mount: { ...mount, type: "ext4" } }, "unknown"],
])("%s", (_, change, expected) => {
  expect(wipeVerdict({ ...good, ...change }).atThisBoot).toBe(expected);
});
