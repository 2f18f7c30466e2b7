import { describe, expect, it } from "vitest";
import { perItem, succeed } from "./per-item.ts";

const things = (...names: string[]) => names.map((name) => ({ name }));

describe("perItem", () => {
  it("looks only at what is new in a list that took the place of another", () => {
    const seen: string[] = [];
    const lengths = perItem(({ name }: { name: string }) => {
      seen.push(name);
      return name === "none" ? [] : [`${name} is ${name.length}`];
    });
    const [a, none, c, d] = things("a", "none", "ccc", "dd") as [never, never, never, never];
    const first = [a, none, c];
    expect(lengths(first)).toEqual(["a is 1", "ccc is 3"]);
    expect(lengths(first)).toBe(lengths(first));
    const added = [a, none, d, c];
    succeed(first, added);
    expect(lengths(added)).toEqual(["a is 1", "dd is 2", "ccc is 3"]);
    const removed = [none, d, c];
    succeed(added, removed);
    expect(lengths(removed)).toEqual(["dd is 2", "ccc is 3"]);
    const swapped = [c, d, none];
    succeed(removed, swapped);
    expect(lengths(swapped)).toEqual(["ccc is 3", "dd is 2"]);
    expect(seen).toEqual(["a", "none", "ccc", "dd", "ccc", "none"]);
    // A list that nobody said took the place of another is looked at by itself.
    expect(lengths([a])).toEqual(["a is 1"]);
    expect(seen.at(-1)).toBe("a");
  });

  it("gives the same list as before when nothing in it is new, and then makes nothing of it anew", () => {
    let made = 0;
    const letters = perItem(({ name }: { name: string }) => [...name].filter((letter) => letter !== "-"));
    const upper = perItem((letter: string) => {
      made++;
      return [letter.toUpperCase()];
    });
    const first = things("ab", "c");
    const before = upper(letters(first));
    const second = [first[0] as { name: string }, { name: "-c" }];
    succeed(first, second);
    expect(letters(second)).toBe(letters(first));
    expect(upper(letters(second))).toBe(before);
    const third = [...second, { name: "d" }];
    succeed(second, third);
    expect(upper(letters(third))).toEqual(["A", "B", "C", "D"]);
    expect(made).toBe(4);
  });

  it("keeps nothing of an element that fails", () => {
    let fails = true;
    const read = perItem((item: object) => {
      if (fails) throw new Error("stopped");
      return [item];
    });
    const list = [{}];
    expect(() => read(list)).toThrow("stopped");
    fails = false;
    expect(read(list)).toEqual(list);
  });
});
