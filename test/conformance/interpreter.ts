import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Interpreter } from "../../server/src/eval/interpreter.ts";
import { loadParser } from "../../server/src/syntax/parser.ts";
import { DiskFiles } from "../../server/src/workspace/disk-files.ts";
import { ProgramStore } from "../../server/src/workspace/program-store.ts";

/** The folder of the conformance tests. */
export const conformance = fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "");

/** The folder of our own `lib`. */
export const libFolder = join(conformance, "../../server/src/eval/lib");

export interface DiskInterpreter {
  readonly interpreter: Interpreter;
  readonly programs: ProgramStore;
}

/** An interpreter on the real files below the given folders. */
export async function diskInterpreter(roots: readonly string[]): Promise<DiskInterpreter> {
  const runtime = createRequire(import.meta.url).resolve("web-tree-sitter/web-tree-sitter.wasm");
  const grammar = join(conformance, "../../server/grammar/tree-sitter-nix.wasm");
  const parser = await loadParser({ runtime: readFileSync(runtime), grammar: readFileSync(grammar) });
  const files = new DiskFiles(roots);
  const programs = new ProgramStore(parser, files);
  return { interpreter: new Interpreter({ files, programs, fuel: 500_000_000 }), programs };
}
