import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { budget } from "../../../server/src/eval/budget.ts";
import { toJson } from "../../../server/src/eval/json.ts";
import { NixError } from "../../../server/src/eval/nix-error.ts";
import { Cell, NixAttrs, type Value } from "../../../server/src/eval/value.ts";
import { newInterpreter } from "../../../server/src/modules/configuration.ts";
import { conformance, diskInterpreter, libFolder } from "../interpreter.ts";
import { callWith } from "./agrees.ts";
import { programs } from "./program.ts";

/*
 * Generated programs have the value that `nix-instantiate` gives them. Many go into one process; when that fails,
 * the program that made it fail is looked for by halves.
 */

const { programs: sources } = await diskInterpreter([conformance, libFolder]);
const { interpreter, lib } = newInterpreter({ files: sources.files, programs: sources, nixFiles: [] });
const scratch = mkdtempSync(join(tmpdir(), "nix-impermanence-programs-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

type Answer = { readonly value: unknown } | { readonly error: string };

function ours(text: string): Answer {
  budget.fuel = 1_000_000;
  budget.depth = 0;
  try {
    const fn = interpreter.evaluateProgram(sources.parse("/program.nix", text));
    const value: Value = callWith(fn, Cell.of(NixAttrs.of({ lib })));
    const result = toJson(value);
    if ("json" in result) return { value: result.json };
    throw result.unknown.error ?? new Error(`unknown: ${result.unknown.why}`);
  } catch (error) {
    if (!(error instanceof NixError)) throw error;
    // Nix can go on after these only; the others would end the whole batch.
    if (error.kind === "throw" || error.kind === "assert") return { value: "failed" };
    return { error: error.message };
  }
}

function nix(texts: readonly string[]): unknown[] {
  const file = join(scratch, "programs.nix");
  const items = texts.map((text) => `(run (${text}))`).join("\n");
  writeFileSync(
    file,
    `let
      lib = import ${libFolder};
      run = program: let
        result = builtins.tryEval (let value = program { inherit lib; }; in builtins.deepSeq value value);
      in if result.success then result.value else "failed";
    in [ ${items} ]`,
  );
  const output = execFileSync("nix-instantiate", ["--eval", "--strict", "--json", file], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(output) as unknown[];
}

/** What Nix makes of each; an error where it cannot go on. */
function nixAnswers(texts: readonly string[]): Answer[] {
  try {
    return nix(texts).map((value) => ({ value }));
  } catch (error) {
    if (texts.length === 1) return [{ error: String((error as { stderr?: string }).stderr ?? error) }];
    const half = texts.length >> 1;
    return [...nixAnswers(texts.slice(0, half)), ...nixAnswers(texts.slice(half))];
  }
}

describe("generated programs", () => {
  const count = Number(process.env.SOUNDNESS_RUNS ?? 500);
  const seed = Number(process.env.SOUNDNESS_SEED ?? Date.now() % 1_000_000);
  const texts = fc.sample(programs(0), { numRuns: count, seed }).map(({ text }) => text);
  const answers = texts.map(ours);
  const indexes = texts.flatMap((_, index) => ("value" in (answers[index] as Answer) ? [index] : []));

  it(`mostly have a value (seed ${seed})`, () => {
    expect(indexes.length).toBeGreaterThan(count * 0.9);
  });
  it(`have the same value in Nix (seed ${seed})`, { timeout: 300_000 }, () => {
    const expected = nixAnswers(indexes.map((index) => texts[index] as string));
    for (const [at, index] of indexes.entries()) {
      expect(answers[index], texts[index]).toEqual(expected[at]);
    }
  });
  it(`fail in Nix where they fail here (seed ${seed})`, { timeout: 300_000 }, () => {
    const failing = texts.filter((_, index) => "error" in (answers[index] as Answer)).slice(0, 20);
    for (const text of failing) {
      expect(nixAnswers([text])[0], text).toHaveProperty("error");
    }
  });
});
