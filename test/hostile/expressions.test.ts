import { beforeAll, describe, expect, it } from "vitest";
import { budget } from "../../server/src/eval/budget.ts";
import { Interpreter } from "../../server/src/eval/interpreter.ts";
import { toJson } from "../../server/src/eval/json.ts";
import { unknownFrom } from "../../server/src/eval/value.ts";
import { testParser } from "../../server/src/testing/load-parser.ts";
import { MemoryFiles } from "../../server/src/workspace/memory-files.ts";
import { ProgramStore } from "../../server/src/workspace/program-store.ts";
import { FILES, INNOCENT, PROGRAMS } from "./programs.ts";

/*
 * Programs that were written to hang, to fill the memory or to crash whoever evaluates them. Each has to end in its
 * right value or in a reason in plain words, and what is evaluated next has to come out right.
 */

let programs: ProgramStore;
let files: MemoryFiles;
beforeAll(async () => {
  files = new MemoryFiles(new Map([...FILES].map(([path, text]) => [`/w${path}`, text])), "/w");
  programs = new ProgramStore(await testParser(), files);
});

/** Value as JSON, or the reason. */
function evaluate(text: string): { json: unknown } | { why: string } {
  const interpreter = new Interpreter({ files, programs });
  try {
    const result = toJson(interpreter.evaluateText(text, "/w/text.nix"));
    return "unknown" in result ? { why: result.unknown.why } : { json: result.json };
  } catch (error) {
    return { why: unknownFrom(error).why };
  }
}

describe("a program that was written to harm", () => {
  it.each(Object.keys(PROGRAMS))("%s", { timeout: 60_000 }, (name) => {
    const [text, expected] = PROGRAMS[name] as readonly [string, unknown];
    const result = evaluate(text);
    if (expected instanceof RegExp)
      expect("why" in result ? result.why : JSON.stringify(result.json)).toMatch(expected);
    else expect(result).toEqual({ json: expected });
    expect(budget.depth).toBe(0);
    expect(evaluate("import ./innocent.nix")).toEqual({ json: INNOCENT });
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});
