import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadParser, type NixParser } from "../syntax/parser.ts";

/** Loads the parser from the two wasm files that lie beside the bundled program. */
export async function loadBundledParser(): Promise<NixParser> {
  return loadParser({ runtime: beside("web-tree-sitter.wasm"), grammar: beside("tree-sitter-nix.wasm") });
}

function beside(name: string): Uint8Array {
  return readFileSync(fileURLToPath(new URL(name, import.meta.url)));
}
