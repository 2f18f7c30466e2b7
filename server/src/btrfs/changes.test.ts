import { describe, expect, it } from "vitest";
import { sortByPath } from "./changes.ts";

describe("rows by their paths", () => {
  it("have all below a directory right behind it, whatever names look like", () => {
    const paths = [
      "a",
      "a/b",
      "a/b/c",
      "a/\x01",
      "a\x01",
      "a b",
      "a!",
      "a-b",
      "a-b/c",
      "a.b",
      "ab",
      "a\xff",
      "a\xff/b",
    ];
    const shuffled = [...paths].sort((one, other) => one.length * 7 - other.length * 7 || (one < other ? 1 : -1));
    const found = sortByPath(shuffled.map((path) => ({ path }))).map(({ path }) => path);
    expect(found).toEqual([
      ...["a", "a/\x01", "a/b", "a/b/c", "a\x01", "a b", "a!", "a-b", "a-b/c", "a.b", "ab", "a\xff", "a\xff/b"],
    ]);
  });
});
