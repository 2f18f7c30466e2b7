import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { root } from "./root.mjs";

/**
 * Parses our own library for `server/src/eval/parsed-ahead.ts`, with the parser that the program has itself.
 *
 * @returns {Promise<Record<string, import("../../server/src/eval/ahead-program.ts").AheadProgram>>} by path
 */
export async function parseAhead() {
  const folder = join(root, "out", "scripts");
  const outfile = join(folder, "parse-ahead.mjs");
  mkdirSync(folder, { recursive: true });
  await esbuild.build({
    absWorkingDir: root,
    stdin: {
      contents: [
        'export { loadParser } from "./server/src/syntax/parser.ts";',
        'export { LIBRARY, libraryText } from "./server/src/eval/lib/library.ts";',
        'export { writeAhead } from "./server/src/eval/ahead-program.ts";',
      ].join("\n"),
      resolveDir: root,
    },
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    loader: { ".nix": "text" },
    logLevel: "warning",
  });
  const { loadParser, LIBRARY, libraryText, writeAhead } = await import(pathToFileURL(outfile).href);
  const parser = await loadParser({
    runtime: readFileSync(join(root, "node_modules/web-tree-sitter/web-tree-sitter.wasm")),
    grammar: readFileSync(join(root, "server/grammar/tree-sitter-nix.wasm")),
  });
  const { program } = parser.parse(LIBRARY, libraryText);
  const [problem] = program.problems;
  if (problem) throw new Error(`The library does not parse: ${problem.message}`);
  return { [LIBRARY]: writeAhead(program) };
}
