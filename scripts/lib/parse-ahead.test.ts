import { expect, it } from "vitest";
import { type AheadProgram, readAhead } from "../../server/src/eval/ahead-program.ts";
import { LIBRARY, libraryText } from "../../server/src/eval/lib/library.ts";
import { testParser } from "../../server/src/testing/load-parser.ts";

it("reads the library from JSON as it would be parsed", async () => {
  const script: string = new URL("./parse-ahead.mjs", import.meta.url).href;
  const { parseAhead } = (await import(script)) as { parseAhead(): Promise<Record<string, AheadProgram>> };
  const { [LIBRARY]: ahead, ...others } = await parseAhead();
  expect(others).toEqual({});
  const { root, comments, problems } = (await testParser()).parse(LIBRARY, libraryText).program;
  expect(readAhead(ahead as AheadProgram)).toEqual({ root, comments, problems });
});
