import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { root } from "./root.mjs";

/**
 * Loads a TypeScript module of this repository, which Node 20 cannot read by itself.
 *
 * @param {string} path from the repository's top folder
 * @returns {Promise<any>} what the module exports
 */
export async function importTypeScript(path) {
  const folder = join(root, "out", "scripts");
  const outfile = join(folder, `${basename(path, ".ts")}.mjs`);
  mkdirSync(folder, { recursive: true });
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [path],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    logLevel: "warning",
  });
  return import(pathToFileURL(outfile).href);
}
