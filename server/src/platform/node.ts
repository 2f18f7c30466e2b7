import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadParser, type NixParser } from "../syntax/parser.ts";

/** Loads the parser from the two wasm files that lie beside the bundled program. */
export async function loadBundledParser(): Promise<NixParser> {
  const [runtime, grammar] = await Promise.all([beside("web-tree-sitter.wasm"), beside("tree-sitter-nix.wasm")]);
  return loadParser({ runtime, grammar });
}

function beside(name: string): Promise<Uint8Array> {
  return readFile(fileURLToPath(new URL(name, import.meta.url)));
}
