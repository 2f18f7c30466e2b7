import { describe, expect, it } from "vitest";
import { PathSet } from "./path-set.ts";

const path = (text: string) => (text === "" ? [] : text.split("."));

describe("PathSet", () => {
  it("is touched above, at and below a whole path", () => {
    const set = new PathSet();
    set.addWhole(path("services.a"));
    expect(["services", "services.a", "services.a.enable"].map((text) => set.touches(path(text)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(["services.b", "service", "services.ab"].some((text) => set.touches(path(text)))).toBe(false);
  });

  it("is touched above and at a group, not below", () => {
    const set = new PathSet();
    set.addGroup(path("services.a"));
    expect(["services", "services.a"].every((text) => set.touches(path(text)))).toBe(true);
    expect(set.touches(path("services.a.enable"))).toBe(false);
  });

  it("covers what lies at and below whole paths only", () => {
    const set = new PathSet();
    set.addWhole(path("a.b"));
    set.addGroup(path("c"));
    expect(["a.b", "a.b.c"].every((text) => set.covers(path(text)))).toBe(true);
    expect(["a", "c", "c.d", ""].some((text) => set.covers(path(text)))).toBe(false);
  });

  it("is touched by everything once all is in it, and by nothing when empty", () => {
    const set = new PathSet();
    expect(set.touches(path("a"))).toBe(false);
    set.addWhole([]);
    expect(set.touches(path("a.b"))).toBe(true);
    expect(set.covers(path("a.b"))).toBe(true);
  });

  it("has the part below a name, which is touched as the whole is", () => {
    const set = new PathSet();
    set.addWhole(path("a.b"));
    set.addGroup(path("c"));
    for (const below of ["", "b", "b.c", "x"]) {
      expect(set.below("a")?.touches(path(below)) ?? false, below).toBe(
        below === "" || set.touches(["a", ...path(below)]),
      );
    }
    expect(set.below("c")).toBeDefined();
    expect(set.below("d")).toBeUndefined();
    expect(set.below("a")?.below("b")?.below("c")?.touches(path("d"))).toBe(true);
  });

  it("meets another set where paths of both lie above, at or below each other", () => {
    const setOf = (...paths: string[]) => {
      const set = new PathSet();
      for (const text of paths) set.addWhole(path(text));
      return set;
    };
    const set = setOf("a.b", "c");
    for (const text of ["a", "a.b", "a.b.c", "c.d", ""]) expect(set.meets(setOf("x", text)), text).toBe(true);
    for (const text of ["a.c", "ab", "x.a.b"]) expect(set.meets(setOf(text)), text).toBe(false);
    expect(set.meets(setOf())).toBe(false);
    const groups = new PathSet();
    groups.addGroup(path("a.b"));
    expect([groups.meets(setOf("a.b")), groups.meets(setOf("a")), groups.meets(setOf("a.b.c"))]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
