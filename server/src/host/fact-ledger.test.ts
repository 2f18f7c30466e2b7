import { describe, expect, it } from "vitest";
import { noted } from "../modules/noted-reads.ts";
import { PathSet } from "../modules/path-set.ts";
import { FactLedger } from "./fact-ledger.ts";

/** A host of two options, and how often each fact was made of them. */
function host() {
  const options = new Map([
    ["a", 1],
    ["b", 1],
  ]);
  const made: string[] = [];
  const ledger = new FactLedger(true);
  const read = (name: string) => {
    noted.reads?.addWhole([name]);
    return options.get(name) as number;
  };
  const facts = () => {
    const fact = <T>(name: string, make: () => T) =>
      ledger.fact(
        name,
        () => {
          made.push(name);
          return make();
        },
        (before, now) => before === now,
      );
    const isBig = fact("isBig", () => read("a") > 10);
    const sum = fact("sum", () => (isBig() ? read("b") : 0));
    const failing = fact("failing", () => {
      if (read("b") === 1) throw new Error("one");
      return read("b");
    });
    const careless = fact("careless", () => {
      try {
        return failing();
      } catch {
        return 0;
      }
    });
    const changing = fact("changing", () => {
      ledger.noteVolatile();
      return read("a");
    });
    return { isBig, sum, careless, changing };
  };
  const edit = (name: string, value: number) => {
    options.set(name, value);
    const reached = new PathSet();
    reached.addWhole([name]);
    ledger.advance(reached);
    made.length = 0;
    return facts();
  };
  return { facts, edit, made };
}

describe("FactLedger", () => {
  it("makes a fact once, and again only when what it read is another", () => {
    const { facts, edit, made } = host();
    const first = facts();
    expect([first.sum(), first.sum()]).toEqual([0, 0]);
    expect(made).toEqual(["sum", "isBig"]);
    expect(edit("b", 2).sum()).toBe(0);
    expect(made).toEqual([]);
    // The option is another one, what is made of it is not.
    expect(edit("a", 2).sum()).toBe(0);
    expect(made).toEqual(["isBig"]);
    expect(edit("a", 20).sum()).toBe(2);
    expect(made).toEqual(["isBig", "sum"]);
    expect(edit("b", 3).sum()).toBe(3);
    expect(made).toEqual(["sum"]);
  });

  it("remembers what was reached while nobody asked", () => {
    const { facts, edit } = host();
    expect(facts().sum()).toBe(0);
    edit("a", 20);
    edit("b", 5);
    expect(edit("c", 1).sum()).toBe(5);
  });

  it("does not keep what went on without a fact that failed", () => {
    const { facts, edit } = host();
    expect(facts().careless()).toBe(0);
    expect(edit("b", 7).careless()).toBe(7);
  });

  it("makes again what depends on something that nobody notes", () => {
    const { facts, edit, made } = host();
    facts().changing();
    edit("c", 1).changing();
    expect(made).toEqual(["changing"]);
  });
});
