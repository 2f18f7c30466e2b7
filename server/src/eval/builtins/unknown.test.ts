import { beforeEach, describe, expect, it } from "vitest";
import type { Expr } from "../../syntax/expr.ts";
import { budget } from "../budget.ts";
import { type Builtins, builtinFunction } from "../builtin.ts";
import type { FileKind } from "../file-source.ts";
import { toJson } from "../json.ts";
import { NixError } from "../nix-error.ts";
import { type Site, textPlace, textSegments } from "../origin.ts";
import {
  Cell,
  Gap,
  type ListItem,
  look,
  Maybe,
  NixAttrs,
  NixFunction,
  NixList,
  Unknown,
  type Value,
} from "../value.ts";
import { allBuiltins, constants } from "./all.ts";

const hidden = new Unknown("nobody can tell");
const definitions = new Map(allBuiltins().map((definition) => [definition.name, definition]));

const world: Builtins = {
  files: {
    covers: (path) => path.startsWith("/w/"),
    kind: (path): FileKind | undefined => (path === "/w/a" ? "regular" : undefined),
    read: (path) => ({ text: path === "/w/secret" ? "age-encryption.org/v1\n-> X25519 abc\n" : "text" }),
    list: () => undefined,
  },
  importFile: () => null,
  importWith: () => null,
  fetched: () => undefined,
};

/** The file `"/var/log"`, as the parser gives it: a string whose characters start at offset 1. */
const literal: Expr = {
  kind: "string",
  style: "double",
  start: 0,
  end: 10,
  parts: [{ kind: "chunk", text: "/var/log", start: 1, end: 9 }],
};
const written: Site = { file: "/w/a.nix", expr: literal };
const path = () => Cell.of("/var/log", written, { site: written });
const here: Site = { file: "/w/call.nix", expr: { kind: "var", name: "f", start: 0, end: 1 } };

type Given = Value | Cell;
const cellOf = (given: Given): Cell => (given instanceof Cell ? given : Cell.of(given));

function run(name: string, ...args: Given[]): Value {
  const definition = definitions.get(name);
  if (!definition) throw new Error(`no builtin ${name}`);
  return args.reduce<Value>(
    (fn, arg) => (fn as NixFunction).call(cellOf(arg), here),
    builtinFunction(definition, world),
  );
}

/** The same, as a cell, so that origins are kept. */
const cell = (name: string, ...args: Given[]) => Cell.lazy(() => run(name, ...args));
const fn = (body: (value: Value) => Value) => new NixFunction((arg) => body(arg.force()), "test");
const list = (...items: (Given | Maybe | Gap)[]) =>
  new NixList(items.map((item): ListItem => (item instanceof Maybe || item instanceof Gap ? item : cellOf(item))));
const maybe = (value: Given) => new Maybe(cellOf(value), hidden);
const gap = new Gap(hidden);
const open = (entries: Record<string, Cell>) => new NixAttrs(new Map(Object.entries(entries)), hidden);

beforeEach(() => {
  budget.fuel = 50_000_000;
  budget.depth = 0;
});

/** A readable picture of a list: values, `?value` for a maybe, `…` for a gap. */
function show(value: Value): unknown[] {
  if (!(value instanceof NixList)) throw new Error("not a list");
  const one = (item: Cell) => (item.force() instanceof Unknown ? "unknown" : item.force());
  return value.items.map((item) =>
    item instanceof Gap ? "…" : item instanceof Maybe ? `?${one(item.cell)}` : one(item),
  );
}

describe("lists known in part", () => {
  const partial = () => list(1, maybe(2), gap, 3);

  it("maps element by element", () => {
    expect(
      show(
        run(
          "map",
          fn((x) => Number(x) * 10),
          partial(),
        ),
      ),
    ).toEqual([10, "?20", "…", 30]);
  });
  it("keeps an element that an unknown predicate may drop as maybe", () => {
    expect(
      show(
        run(
          "filter",
          fn((x) => (x === 1 ? hidden : x !== 3)),
          list(1, 2, 3),
        ),
      ),
    ).toEqual(["?1", 2]);
    expect(
      show(
        run(
          "filter",
          fn(() => true),
          partial(),
        ),
      ),
    ).toEqual([1, "?2", "…", 3]);
  });
  it("joins lists of which one is unknown", () => {
    expect(show(run("concatLists", list(list(1), hidden, maybe(list(2, 3)), list(4))))).toEqual([
      1,
      "…",
      "?2",
      "?3",
      4,
    ]);
    expect(
      show(
        run(
          "concatMap",
          fn((x) => (x === 2 ? hidden : list(x))),
          list(1, 2),
        ),
      ),
    ).toEqual([1, "…"]);
  });
  it("answers three-valued", () => {
    expect(run("elem", 3, partial())).toBe(true);
    expect(run("elem", 9, partial())).toBeInstanceOf(Unknown);
    expect(run("elem", 9, list(1, 2))).toBe(false);
    expect(
      run(
        "any",
        fn((x) => x === 3),
        partial(),
      ),
    ).toBe(true);
    expect(
      run(
        "any",
        fn((x) => x === 2),
        partial(),
      ),
    ).toBeInstanceOf(Unknown);
    expect(
      run(
        "all",
        fn((x) => x !== 3),
        partial(),
      ),
    ).toBe(false);
    expect(
      run(
        "all",
        fn(() => true),
        partial(),
      ),
    ).toBeInstanceOf(Unknown);
  });
  it("does not let an error decide what an unknown test may have decided before", () => {
    const fails = () => {
      throw new NixError("throw", "never");
    };
    expect(
      run(
        "any",
        fn((x) => (x === 1 ? hidden : fails())),
        list(1, 2),
      ),
    ).toBeInstanceOf(Unknown);
    expect(() =>
      run(
        "any",
        fn((x) => (x === 1 ? false : fails())),
        list(1, 2),
      ),
    ).toThrow("never");
  });
  it("needs the whole list for what depends on it", () => {
    for (const name of ["length"]) expect(run(name, partial())).toBeInstanceOf(Unknown);
    expect(
      run(
        "foldl'",
        fn(() => fn(() => 1)),
        0,
        partial(),
      ),
    ).toBeInstanceOf(Unknown);
    expect(
      run(
        "sort",
        fn(() => fn(() => true)),
        partial(),
      ),
    ).toBeInstanceOf(Unknown);
  });
  it("takes elements from the certain start of a list", () => {
    expect(run("head", partial())).toBe(1);
    expect(run("elemAt", partial(), 1)).toBeInstanceOf(Unknown);
    expect(run("elemAt", list(1, 2, gap), 1)).toBe(2);
    expect(show(run("tail", partial()))).toEqual(["?2", "…", 3]);
    expect(run("head", list(gap, 1))).toBeInstanceOf(Unknown);
  });
  it("puts an element of unknown side on both sides", () => {
    const halves = run(
      "partition",
      fn((x) => (x === 1 ? hidden : true)),
      list(1, 2),
    ) as NixAttrs;
    expect(show(halves.get("right")!.force())).toEqual(["?1", 2]);
    expect(show(halves.get("wrong")!.force())).toEqual(["?1"]);
  });
  it("gives an unknown text with the known parts around the hole", () => {
    const joined = run("concatStringsSep", ",", list("a", gap, "b"));
    expect(joined).toBeInstanceOf(Unknown);
    expect((joined as Unknown).partial?.text).toBe("a\uFFFCb");
  });
});

describe("sets known in part", () => {
  const set = () => open({ a: Cell.of(1) });

  it("never says that a name is missing", () => {
    expect(run("hasAttr", "a", set())).toBe(true);
    expect(run("hasAttr", "b", set())).toBeInstanceOf(Unknown);
    expect(run("getAttr", "b", set())).toBeInstanceOf(Unknown);
  });
  it("lists names and values with a gap", () => {
    expect(show(run("attrNames", set()))).toEqual(["…", "a", "…"]);
    expect(show(run("attrValues", set()))).toEqual(["…", 1, "…"]);
    expect(show(run("catAttrs", "b", list(set(), NixAttrs.of({ b: Cell.of(2) }))))).toEqual(["…", 2]);
  });
  it("stays open through mapAttrs, removeAttrs and intersectAttrs", () => {
    expect(
      (
        run(
          "mapAttrs",
          fn(() => fn((x) => x)),
          set(),
        ) as NixAttrs
      ).open,
    ).toBe(hidden);
    expect((run("removeAttrs", set(), list("a")) as NixAttrs).has("z")).toBe(hidden);
    const met = run("intersectAttrs", set(), NixAttrs.of({ a: Cell.of(5), b: Cell.of(6) })) as NixAttrs;
    expect([met.has("a"), met.has("b")]).toEqual([true, hidden]);
  });
  it("opens a set when a name is unknown or uncertain", () => {
    const pair = (name: Value) => NixAttrs.of({ name: Cell.of(name), value: Cell.of(1) });
    const made = run("listToAttrs", list(pair("a"), pair(hidden))) as NixAttrs;
    expect([made.has("a"), made.has("b")]).toEqual([true, hidden]);
    expect((run("listToAttrs", list(maybe(pair("a")))) as NixAttrs).has("a")).toBe(hidden);
    expect((run("removeAttrs", NixAttrs.of({ a: Cell.of(1) }), list(maybe("a"))) as NixAttrs).has("a")).toBe(hidden);
  });
  it("groups and zips with a gap where more may belong", () => {
    const groups = run(
      "groupBy",
      fn((x) => (x === 2 ? hidden : "k")),
      list(1, 2),
    ) as NixAttrs;
    expect(show(groups.get("k")!.force())).toEqual([1, "?2"]);
    const zipped = run(
      "zipAttrsWith",
      fn(() => fn((x) => x)),
      list(NixAttrs.of({ a: Cell.of(1) }), set()),
    ) as NixAttrs;
    expect(show(zipped.get("a")!.force())).toEqual([1, 1]);
    expect(zipped.has("b")).toBe(hidden);
  });
});

describe("unknown values", () => {
  it("are neither success nor failure for tryEval", () => {
    const answer = run("tryEval", hidden) as NixAttrs;
    expect(answer.names()).toEqual(["success", "value"]);
    for (const name of answer.names()) expect(look(answer.get(name) as Cell)).toBe(hidden);
  });
  it("keep their reason through builtins that need them", () => {
    for (const [name, ...args] of [
      ["stringLength", hidden],
      ["attrNames", hidden],
      ["isString", hidden],
      ["toJSON", list(hidden)],
      ["map", fn((x) => x), hidden],
      ["add", hidden, 1],
    ] as [string, ...Value[]][]) {
      expect((run(name, ...args) as Unknown).why, name).toBe("nobody can tell");
    }
  });
  it("become a value inside a cell that a builtin made", () => {
    expect(show(run("map", hidden, list(1)))).toEqual(["unknown"]);
  });
  it("say what a file is encrypted with", () => {
    expect(run("readFile", "/w/a")).toBe("text");
    expect((run("readFile", "/w/secret") as Unknown).why).toContain("encrypted with age");
  });
  it("say what lies outside the workspace", () => {
    expect(run("pathExists", "/w/a")).toBe(true);
    expect(run("pathExists", "/w/b")).toBe(false);
    expect((run("pathExists", "/etc/passwd") as Unknown).why).toContain("outside the workspace");
    expect((run("readFile", "/etc/passwd") as Unknown).why).toContain("outside the workspace");
    expect((run("getEnv", "HOME") as Unknown).why).toContain("environment");
    expect((run("fetchTarball", "x") as Unknown).why).toContain("network");
    expect(constants().get("currentSystem")).toBeInstanceOf(Unknown);
  });
});

describe("places", () => {
  it("keeps where the source element of a mapped one is written", () => {
    const mapped = run(
      "map",
      fn((x) => `${x}/x`),
      list(path()),
    ) as NixList;
    expect((mapped.items[0] as Cell).slot?.site).toBe(written);
    const set = run(
      "mapAttrs",
      fn(() => fn((x) => x)),
      NixAttrs.of({ a: path() }),
    ) as NixAttrs;
    expect(set.get("a")?.slot?.site).toBe(written);
  });
  it("passes on the origin of an element", () => {
    const taken = cell("head", list(path()));
    taken.force();
    expect(taken.origin).toBe(written);
  });
  it.each([
    ["substring", [5, 3, "log"], { from: 0, to: 3, start: 6, end: 9 }],
    ["baseNameOf", ["log"], { from: 0, to: 3, start: 6, end: 9 }],
    ["dirOf", ["/var"], { from: 0, to: 4, start: 1, end: 5 }],
  ] as const)("leads from the result of %s back to the characters", (name, given, expected) => {
    const args = name === "substring" ? [given[0] as number, given[1] as number, path()] : [path()];
    const cut = cell(name, ...args);
    const text = cut.force() as string;
    const segments = textSegments(cut.origin!, text.length);
    expect(textPlace(segments, expected.from, expected.to)).toEqual({
      file: "/w/a.nix",
      start: expected.start,
      end: expected.end,
    });
  });
  it("leads from split, replaced and joined text back to the characters", () => {
    const parts = run("split", "/", path()) as NixList;
    const last = parts.items.at(-1) as Cell;
    expect(textPlace(textSegments(last.origin!, 3), 0, 3)).toEqual({ file: "/w/a.nix", start: 6, end: 9 });
    const replaced = cell("replaceStrings", list("/var"), list("/persist/var"), path());
    expect(replaced.force()).toBe("/persist/var/log");
    expect(textPlace(textSegments(replaced.origin!, 16), 12, 16)).toEqual({ file: "/w/a.nix", start: 5, end: 9 });
    const joined = cell("concatStringsSep", "", list("/persist", path()));
    expect(joined.force()).toBe("/persist/var/log");
    expect(textPlace(textSegments(joined.origin!, 16), 8, 16)).toEqual({ file: "/w/a.nix", start: 1, end: 9 });
  });
});

describe("limits", () => {
  const budgetError = expect.objectContaining({ kind: "budget" });
  const caught = (body: () => unknown) => {
    try {
      return body();
    } catch (error) {
      return error;
    }
  };

  it("ends a list bomb before memory is gone", () => {
    expect(
      caught(() =>
        run(
          "genList",
          fn((x) => x),
          1_000_000_000,
        ),
      ),
    ).toEqual(budgetError);
  });
  it("ends a text bomb", () => {
    const long = "x".repeat(4_000_000);
    const bomb = () => run("concatStringsSep", "", list(...Array.from({ length: 20 }, () => long)));
    expect(caught(bomb)).toEqual(budgetError);
    expect(caught(() => run("replaceStrings", list("x"), list("y".repeat(100)), long))).toEqual(budgetError);
  });
  it("does not charge ordinary work as if it were a bomb", () => {
    const words = list(...Array.from({ length: 50_000 }, (_, i) => `word ${i}`));
    expect(String(run("concatStringsSep", "\n", words)).length).toBeGreaterThan(500_000);
    expect(String(run("replaceStrings", list("a"), list("b"), "ab".repeat(100_000))).length).toBe(200_000);
    expect(budget.fuel).toBeGreaterThan(49_000_000);
  });
  it("ends a closure without end", () => {
    budget.fuel = 100_000;
    const next = fn((item) => list(NixAttrs.of({ key: Cell.of(Number((item as NixAttrs).get("key")!.force()) + 1) })));
    const startSet = list(NixAttrs.of({ key: Cell.of(0) }));
    const set = NixAttrs.of({ startSet: Cell.of(startSet), operator: Cell.of(next) });
    expect(caught(() => run("genericClosure", set))).toEqual(budgetError);
  });
  it("matches in linear time what makes backtracking explode", () => {
    const started = performance.now();
    expect(run("match", "(a+)+b", "a".repeat(20_000))).toBe(null);
    expect(run("match", "(x*)*(y|z*)*q", "xz".repeat(5_000))).toBe(null);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
  it("says that a text is too long for a pattern", () => {
    expect(run("match", "(a|b|c|d|e|f|g)*x", "g".repeat(1_000_000))).toBeInstanceOf(Unknown);
  });
});

describe("bytes", () => {
  it("keeps characters that were cut in two until they meet again", () => {
    const halves = [run("substring", 0, 1, "é"), run("substring", 1, 1, "é")];
    expect(halves[0]).not.toBe("é");
    expect(run("concatStringsSep", "", list(...halves))).toBe("é");
    expect(toJson(run("stringLength", halves[0]!))).toEqual({ json: 1 });
  });
});
