import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Program } from "../syntax/expr.ts";
import { loadParser, type NixParser } from "../syntax/parser.ts";

let parser: Promise<NixParser> | undefined;

/** Parses a text as the product does; for tests of what works on programs. */
export async function parseProgram(text: string, path = "/test.nix"): Promise<Program> {
  parser ??= loadParser({
    runtime: readFileSync(createRequire(import.meta.url).resolve("web-tree-sitter/web-tree-sitter.wasm")),
    grammar: readFileSync(new URL("../../grammar/tree-sitter-nix.wasm", import.meta.url)),
  });
  const parsed = (await parser).parse(path, text);
  parsed.dispose();
  return parsed.program;
}
