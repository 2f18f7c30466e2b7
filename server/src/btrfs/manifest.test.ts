import { expect, it } from "vitest";
import { compareManifests, ManifestError, ManifestReader } from "./manifest.ts";

/** The list of a walk; times are 1 unless given. */
function list(...entries: [inode: number, path: string, size?: number, ctime?: string][]) {
  const reader = new ManifestReader();
  for (const [inode, path, size = 1, ctime = "1.5"] of entries)
    reader.push(Buffer.from(`${inode}\tf\t644\t0\t0\t${size}\t1.0\t${ctime}\t${path}\0`));
  reader.push(Buffer.from("\0"));
  return reader.finish();
}

it("pairs renames by inode and names the rest", () => {
  const base = list([1, "same"], [2, "old"], [3, "gone"], [4, "log"], [5, "grown"]);
  const now = list([1, "same"], [2, "new", 1, "2.5"], [6, "log"], [4, "log.1"], [5, "grown", 2], [7, "line\nbreak"]);
  expect(compareManifests(base, now).map(({ change, path, from }) => [change, path, from])).toEqual([
    ["deleted", "gone", undefined],
    ["modified", "grown", undefined],
    ["added", "line\nbreak", undefined],
    ["replaced", "log", undefined],
    ["renamed", "log.1", "log"],
    ["renamed", "new", "old"],
  ]);
});

it("lists everything where there is no baseline", () => {
  expect(compareManifests([], list([1, "a"])).map((row) => row.change)).toEqual(["added"]);
});

it("leaves what follows the end to the caller, in pieces of any size", () => {
  const all = Buffer.from("1\tf\t644\t0\t0\t1\t1.0\t1.0\ta\0\0rest");
  for (const step of [1, 3, all.length]) {
    const reader = new ManifestReader();
    let taken = 0;
    for (let at = 0; at < all.length; at += step) taken += reader.push(all.subarray(at, at + step));
    expect([taken, reader.finish().length]).toEqual([all.length - 4, 1]);
  }
});

it("tells the target of a link from its path by the size, and two trees by a tab", () => {
  const reader = new ManifestReader();
  reader.push(Buffer.from("1\tl\t777\t0\t0\t4\t1.0\t1.0\ta b/to\n\0\t2\tl\t777\t0\t0\t0\t1.0\t1.0\tc\0\0"));
  expect(reader.finish()).toMatchObject([{ path: "a b", target: "/to\n" }]);
  expect(reader.others).toMatchObject([{ path: "c", target: "" }]);
  const long = Buffer.from("1\tl\t777\t0\t0\t99\t1.0\t1.0\ta\0");
  expect(() => new ManifestReader().push(long)).toThrow(ManifestError);
});

it("refuses a list that is cut or is none", () => {
  const cut = new ManifestReader();
  cut.push(Buffer.from("1\tf\t644\t0\t0\t1\t1.0\t1.0\ta\0"));
  expect(() => cut.finish()).toThrow(ManifestError);
  expect(() => new ManifestReader().push(Buffer.from("find: denied\0"))).toThrow(ManifestError);
});
