import type { Program } from "../syntax/expr.ts";
import { testParser } from "./load-parser.ts";

/** Parses a text as the product does; for tests of what works on programs. */
export async function parseProgram(text: string, path = "/test.nix"): Promise<Program> {
  const parsed = (await testParser()).parse(path, text);
  parsed.dispose();
  return parsed.program;
}
