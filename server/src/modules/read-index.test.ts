import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PathSet } from "./path-set.ts";
import { ReadIndex } from "./read-index.ts";

interface Reader {
  readonly name: string;
}

const path = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 3 });
const reads = fc.array(fc.record({ path: path.filter(({ length }) => length > 0), isWhole: fc.boolean() }), {
  maxLength: 5,
});

describe("ReadIndex", () => {
  it("finds those whose reads are touched, also after they read more or other things", () => {
    fc.assert(
      fc.property(fc.array(fc.array(reads, { minLength: 1, maxLength: 3 }), { maxLength: 5 }), path, (all, changed) => {
        const index = new ReadIndex<Reader>();
        const sets = all.map((rounds, number): [Reader, PathSet] => {
          const reader = { name: `reader ${number}` };
          let set = new PathSet();
          for (const [round, added] of rounds.entries()) {
            // A module that is read again starts anew; otherwise it has read more than before.
            if (round === 2) set = new PathSet();
            for (const one of added) one.isWhole ? set.addWhole(one.path) : set.addGroup(one.path);
            index.take(reader, set);
          }
          return [reader, set];
        });
        const touched = sets.flatMap(([{ name }, set]) => (set.touches(changed) ? [name] : []));
        expect([...index.readersOf(changed)].map(({ name }) => name).sort()).toEqual(touched.sort());
      }),
    );
  });
});
