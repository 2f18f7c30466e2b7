import { describe, expect, it } from "vitest";
import { isSameFact } from "./same-fact.ts";

describe("isSameFact", () => {
  it("compares what lists and plain objects hold", () => {
    const fact = (start: number) => ({ list: [{ place: { file: "/a.nix", start } }], open: undefined });
    expect(isSameFact(fact(1), fact(1))).toBe(true);
    expect(isSameFact(fact(1), fact(2))).toBe(false);
    expect(isSameFact({ a: 1 }, { a: 1, b: undefined })).toBe(false);
    expect(isSameFact([1], [1, 2])).toBe(false);
  });

  it("takes options and functions for the same only when they are", () => {
    class Node {}
    const node = new Node();
    expect(isSameFact({ node }, { node })).toBe(true);
    expect(isSameFact({ node }, { node: new Node() })).toBe(false);
    expect(isSameFact({ of: () => 1 }, { of: () => 1 })).toBe(false);
  });

  it("lets parts refer back to what they are in", () => {
    const store = (path: string, other?: object) => {
      const made: Record<string, unknown> = { name: "/keep" };
      made.directories = [{ path, store: other ?? made }];
      return made;
    };
    expect(isSameFact(store("/a"), store("/a"))).toBe(true);
    expect(isSameFact(store("/a"), store("/b"))).toBe(false);
    expect(isSameFact(store("/a"), store("/a", { name: "/keep" }))).toBe(false);
  });

  it("takes a part of another fact for the same only when it is", () => {
    const disko = { name: "root" };
    expect(isSameFact({ mountpoint: "/", disko }, { mountpoint: "/", disko })).toBe(true);
    expect(isSameFact({ mountpoint: "/", disko }, { mountpoint: "/", disko: { ...disko } })).toBe(false);
    const known = (value: string) => ({ subvolume: { known: true, value } });
    expect(isSameFact(known("root"), known("root"))).toBe(true);
    expect(isSameFact(known("root"), known("home"))).toBe(false);
  });
});
