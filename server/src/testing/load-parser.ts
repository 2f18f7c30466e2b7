import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadParser, type NixParser, type ParserOptions } from "../syntax/parser.ts";

let parser: Promise<NixParser> | undefined;

/** The parser, from the wasm files in the repository; loaded once per process. */
export function testParser(): Promise<NixParser> {
  parser ??= loadTestParser();
  return parser;
}

/** Another one, which does things in its own way. */
export async function loadTestParser(options: ParserOptions = {}): Promise<NixParser> {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const [runtime, grammar] = await Promise.all([
    readFile(`${root}/node_modules/web-tree-sitter/web-tree-sitter.wasm`),
    readFile(`${root}/server/grammar/tree-sitter-nix.wasm`),
  ]);
  return loadParser({ runtime, grammar }, options);
}
