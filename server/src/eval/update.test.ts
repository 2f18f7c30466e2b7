import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NixError } from "./nix-error.ts";
import type { Site } from "./origin.ts";
import { update, updateAll } from "./update.ts";
import { Cell, Maybe, NixAttrs, PerhapsAttrs, Unknown, type Value } from "./value.ts";

const sites = Array.from({ length: 6 }, (_, at): Site => {
  return { file: "/a.nix", expr: { kind: "var", name: "a", start: at, end: at + 1 } };
});

const cells = fc
  .uniqueArray(fc.constantFrom("a", "b", "c", "d"), { maxLength: 4 })
  .map((names) => new Map(names.map((name) => [name, Cell.of(name)])));
const doubt = fc.boolean().map((soft) => new Unknown("nobody can tell", undefined, { soft }));
const perhaps = fc.tuple(cells, cells, doubt).map(([certain, other, why]) => {
  const maybe = [...other].filter(([name]) => !certain.has(name));
  return new PerhapsAttrs(certain, new Map(maybe.map(([name, cell]) => [name, new Maybe(cell, why)])), undefined);
});
const side: fc.Arbitrary<Value> = fc.oneof(
  { weight: 8, arbitrary: cells.map((map) => new NixAttrs(map)) },
  fc.tuple(cells, doubt).map(([map, open]) => new NixAttrs(map, open)),
  perhaps,
  doubt,
  fc.constant(1),
);

/** All that there is to tell of a set, in the order in which it holds it; what is made anew by what it holds. */
function told(value: Value): unknown {
  if (value instanceof Unknown) return ["unknown", value.why, value.soft];
  if (!(value instanceof NixAttrs)) return value;
  const known = ["a", "b", "c", "d"].map((name) => [value.has(name) !== false, value.get(name)?.force()]);
  const maybe = value instanceof PerhapsAttrs ? [...value.perhaps.keys()] : [];
  return [value.constructor.name, [...value.cells.keys()], known, maybe, value.open?.why, value.open?.soft];
}

function outcome(make: () => Value): unknown {
  try {
    return told(make());
  } catch (error) {
    return error instanceof NixError ? [error.message, error.place] : error;
  }
}

describe("a // b // c", () => {
  it("is what one step after the other gives, whatever is in doubt", () => {
    fc.assert(
      fc.property(fc.array(side, { minLength: 3, maxLength: 6 }), (values) => {
        const oneByOne = () => values.reduceRight((right, left, at) => update(left, right, sites[at] as Site));
        expect(outcome(() => updateAll(values, sites))).toEqual(outcome(oneByOne));
      }),
      { numRuns: 2000 },
    );
  });

  it("leaves the sets as they are", () => {
    const [a, b, c] = ["a", "b", "c"].map((name) => new NixAttrs(new Map([[name, Cell.of(name)]])));
    const all = updateAll([a as NixAttrs, b as NixAttrs, c as NixAttrs], sites) as NixAttrs;
    expect(all.names()).toEqual(["a", "b", "c"]);
    expect([a, b, c].map((set) => set?.names())).toEqual([["a"], ["b"], ["c"]]);
  });
});
