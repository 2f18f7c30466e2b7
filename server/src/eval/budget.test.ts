import { afterEach, describe, expect, it } from "vitest";
import { budget, Interrupted } from "./budget.ts";
import { NixError } from "./nix-error.ts";
import { Cell, look, Unknown } from "./value.ts";

afterEach(() => {
  budget.interrupted = undefined;
  budget.renew();
});

/** A value that takes this many steps. */
function work(steps: number): Cell {
  return Cell.lazy(() => {
    for (let step = 1; step < steps; step++) Cell.lazy(() => null).force();
    return null;
  });
}

describe("the budget of an evaluation", () => {
  it("is whole again for the next one", () => {
    budget.renew(100);
    expect(look(work(200))).toBeInstanceOf(Unknown);
    budget.renew(100);
    expect(look(work(90))).toBeNull();
  });

  it("counts levels right after any failure", () => {
    budget.renew(1_000, 3);
    const nested = (levels: number): Cell => Cell.lazy(() => (levels > 1 ? nested(levels - 1).force() : null));
    for (let round = 0; round < 5; round++) {
      expect(() => nested(4).force()).toThrow(NixError);
      expect(budget.depth).toBe(0);
      expect(look(nested(3))).toBeNull();
    }
    budget.renew(2);
    expect(() => work(9).force()).toThrow(NixError);
    expect(budget.depth).toBe(0);
  });

  it("ends with an interruption, which leaves values as they were", () => {
    let wanted = true;
    budget.interrupted = () => !wanted;
    budget.renew();
    const cell = work(100_000);
    wanted = false;
    expect(() => look(cell)).toThrow(Interrupted);
    // Nothing that runs on can take the failure for a value.
    expect(() => look(work(1))).toThrow(Interrupted);
    wanted = true;
    budget.renew();
    expect(look(cell)).toBeNull();
  });
});
