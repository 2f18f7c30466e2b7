import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budget } from "../../../server/src/eval/budget.ts";
import { Cell, look, NixAttrs, Unknown, type Value } from "../../../server/src/eval/value.ts";
import { newInterpreter } from "../../../server/src/modules/configuration.ts";
import { conformance, diskInterpreter, libFolder } from "../interpreter.ts";
import { callWith, disagreement } from "./agrees.ts";
import { completions, type Program, programs, type Type } from "./program.ts";

/*
 * A program of which some values are unknown must not claim anything that one of its completions denies: each
 * definite answer (a value, an element, an attribute, "not in this list") is compared with the value that the
 * same program has when the unknown names are filled in.
 */

const { programs: sources } = await diskInterpreter([conformance, libFolder]);
const { interpreter, lib } = newInterpreter({ files: sources.files, programs: sources, nixFiles: [] });
const texts = new Map<string, Cell>();

function completed(text: string): Cell {
  const known = texts.get(text) ?? interpreter.evaluateProgram(sources.parse("/completion.nix", text));
  texts.set(text, known);
  return known;
}

function run(fn: Cell, unknowns: readonly Cell[]): Value {
  budget.fuel = 1_000_000;
  budget.depth = 0;
  const given = Object.fromEntries(unknowns.map((cell, index) => [`u${index}`, cell]));
  return look(Cell.lazy(() => callWith(fn, Cell.of(NixAttrs.of({ lib, ...given })))));
}

function violation(program: Program): string | undefined {
  const parsed = sources.parse("/program.nix", program.text);
  if (parsed.problems[0]) return `does not parse: ${parsed.problems[0].message}`;
  const fn = interpreter.evaluateProgram(parsed);
  // What stands for code outside the workspace may decide a condition as well as anything else.
  const hidden = program.unknowns.map((type, index) =>
    Cell.of(new Unknown(`u${index} is hidden`, undefined, { soft: type === "bool" && index === 1 })),
  );
  const part = run(fn, hidden);
  for (const chosen of completions(program.unknowns)) {
    const whole = run(fn, chosen.map(completed));
    const wrong = disagreement(part, whole);
    if (wrong) return `with ${chosen.map((text, index) => `u${index} = ${text}`).join(", ")}: ${wrong}`;
  }
  return undefined;
}

/** What the generator found once, in few words. */
const FOUND: readonly (readonly [unknowns: readonly Type[], expression: string])[] = [
  [["int"], "u0 + 1"],
  [["str"], 'builtins.stringLength "${u0}/${u0}"'],
  [["str"], 'builtins.catAttrs "x${u0}" [ { xa = 1; } { xb = [ ]; } ]'],
  [["str"], '({ ${"x" + u0} = 1; }).xa or 2'],
  [["bool"], 'builtins.concatStringsSep "-" (if u0 then [ "a" ] else [ "a" ])'],
  [["bool"], "{ a = 2; } // (if u0 then { a = 1; } else { })"],
  [["bool"], "let x = if u0 then y else 1; y = if u0 then 2 else x; in { inherit x y; }"],
  [["bool"], 'u0 && throw "no"'],
  [["int"], '[ u0 (throw "no") ] == [ 1 2 ]'],
  [["bool"], 'builtins.filter (x: x == 1 || throw "no") (if u0 then [ 1 ] else [ 2 ])'],
  [["strs"], 'builtins.listToAttrs (map (name: { inherit name; value = 0; }) u0 ++ [ { name = "a"; value = 1; } ])'],
  [["set"], "builtins.head (builtins.attrNames (u0 // { b = 1; }))"],
  [["sets"], "builtins.zipAttrsWith (n: builtins.head) (u0 ++ [ { a = 7; } ])"],
  [["str"], "removeAttrs { a = 1; b = 2; } [ u0 ]"],
  [["bool"], "builtins.tryEval (assert u0; 1)"],
  [["bool"], 'builtins.tryEval (if u0 then throw "no" else 1)'],
  [["int", "bool"], 'lib.recursiveUpdate (builtins.tryEval 1) (builtins.tryEval (if u1 then throw "no" else 1))'],
  [["int"], 'builtins.groupBy (x: if x == u0 then "a" else "b") [ 1 2 1 ]'],
];

describe("what was found once", () => {
  it.each(FOUND)("%j %s", (unknowns, expression) => {
    const formals = ["lib", ...unknowns.map((_, index) => `u${index}`)].join(", ");
    const text = `{ ${formals} }: { r = ${expression}; }`;
    expect(violation({ unknowns, text })).toBeUndefined();
  });
});

describe("a program with unknown values", () => {
  const numRuns = Number(process.env.SOUNDNESS_RUNS ?? 400);
  const seed = process.env.SOUNDNESS_SEED ? Number(process.env.SOUNDNESS_SEED) : undefined;
  for (const count of [1, 2, 3]) {
    it(`says nothing that a completion denies, with ${count} of them`, { timeout: 600_000 }, () => {
      fc.assert(
        fc.property(programs(count), (program) => {
          expect(violation(program), program.text).toBeUndefined();
        }),
        { numRuns, ...(seed === undefined ? {} : { seed }) },
      );
    });
  }
});
