// Makes build/nix-impermanence-<version>.vsix from a production build and refuses one that has grown too large.
//
//   node scripts/package.mjs
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { createVSIX } from "@vscode/vsce";
import { run } from "./lib/process.mjs";
import { root } from "./lib/root.mjs";

// A download that nobody waits for, and three times what the first version needs: more is a mistake in a bundle.
const LARGEST = 1.5 * 1024 * 1024;

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const vsix = join(root, "build", `nix-impermanence-${version}.vsix`);

const build = await run("node", ["scripts/build.mjs", "--production"]);
if (build.code !== 0) process.exit(1);

mkdirSync(join(root, "build"), { recursive: true });
await createVSIX({
  cwd: root,
  packagePath: vsix,
  // Everything is bundled, so no npm package goes in.
  dependencies: false,
  allowMissingRepository: true,
});

const { size } = statSync(vsix);
console.log(`${relative(root, vsix)}: ${(size / 1024).toFixed(0)} KB`);
if (size > LARGEST) {
  console.error(`The VSIX is larger than ${LARGEST / 1024} KB: look at the sizes above for what came in.`);
  process.exit(1);
}
