import { copyFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as esbuild from "esbuild";
import { root } from "./root.mjs";

/**
 * Bundles a TypeScript program that analyses Nix into `directory/name`, beside the files that it reads from its own
 * folder, so that scripts can run it as a process. `entry` is relative to the repository.
 */
export function bundleAnalysis(entry, directory, name) {
  const outfile = join(directory, name);
  esbuild.buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    mainFields: ["module", "main"],
    loader: { ".nix": "text", ".md": "text", ".sh": "text" },
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
  for (const file of ["server/grammar/tree-sitter-nix.wasm", "node_modules/web-tree-sitter/web-tree-sitter.wasm"]) {
    copyFileSync(join(root, file), join(directory, basename(file)));
  }
  return outfile;
}
