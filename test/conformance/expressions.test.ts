import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { callable } from "../../server/src/eval/coerce.ts";
import { toJson } from "../../server/src/eval/json.ts";
import { Cell, NixAttrs, NixFunction } from "../../server/src/eval/value.ts";
import { conformance, diskInterpreter, libFolder } from "./interpreter.ts";

/*
 * The evaluator against Nix itself: each file of `expressions/` is a set of cases, evaluated by
 * `nix-instantiate` in one process and by ours; every case has to give the same JSON. A file may be a
 * function, which gets `{ lib }` with our own library, so that the library runs in Nix as well.
 */

const { interpreter, programs } = await diskInterpreter([conformance, libFolder]);
const library = interpreter.evaluateFile(join(libFolder, "default.nix"));

/** What Nix makes of an expression, strictly and as JSON; throws with its message. */
function nix(expression: string): unknown {
  const args = ["--eval", "--strict", "--json", "--expr", expression];
  const output = execFileSync("nix-instantiate", args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(output);
}

/** The cases of a file, unevaluated. */
function casesOf(path: string): NixAttrs {
  const written = interpreter.evaluateFile(path).force();
  const value = written instanceof NixFunction ? callable(written)(Cell.of(NixAttrs.of({ lib: library }))) : written;
  if (!(value instanceof NixAttrs)) throw new Error(`${path} is no set of cases`);
  return value;
}

function ours(cell: Cell): unknown {
  const result = toJson(cell);
  if ("unknown" in result) throw new Error(`unknown: ${result.unknown.why}`);
  return result.json;
}

for (const file of readdirSync(join(conformance, "expressions")).sort()) {
  const path = join(conformance, "expressions", file);
  describe(file, () => {
    const text = readFileSync(path, "utf8");
    const isFunction = /^(#[^\n]*\n)*\{ lib \}:/.test(text);
    const expected = nix(isFunction ? `import ${path} { lib = import ${libFolder}; }` : `import ${path}`) as object;
    const cases = casesOf(path);

    it("has the same cases", () => {
      expect(cases.names().sort()).toEqual(Object.keys(expected).sort());
    });

    for (const [name, value] of Object.entries(expected)) {
      it(name, () => {
        expect(ours(cases.get(name) as Cell)).toEqual(value);
      });
    }
  });
}

for (const file of readdirSync(join(conformance, "expressions-fail")).sort()) {
  const path = join(conformance, "expressions-fail", file);
  describe(`failing: ${file}`, () => {
    for (const expression of failing(path)) {
      it(expression.replace(/\s+/g, " "), () => {
        expect(() => nix(`let lib = import ${libFolder}; in ${expression}`)).toThrow();
        expect(() => evaluateOurs(expression)).toThrow();
      });
    }
  });
}

/** The expressions of a file that is a list of strings. */
function failing(path: string): string[] {
  return ours(interpreter.evaluateFile(path)) as string[];
}

/** Throws where ours finds a fault: in the syntax, in evaluation, or kept as an unknown value with its error. */
function evaluateOurs(expression: string): void {
  const program = programs.parse(join(conformance, "failing.nix"), `lib: ${expression}`);
  const [problem] = program.problems;
  if (problem) throw new Error(problem.message);
  const value = callable(interpreter.evaluateProgram(program).force())(library);
  const result = toJson(value);
  if ("unknown" in result && result.unknown.error) throw result.unknown.error;
}
