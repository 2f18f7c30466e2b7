// Compares the table of removed options with a nixpkgs checkout, so that it can be kept current:
//
//   npm run removed-options -- --nixpkgs DIR        what the table lacks, and what nixpkgs does not say any more
//   … --json                                        the same as JSON
//
// Nothing is written: an option goes into server/src/catalogue/data/removed-options.json with the release by which it was gone,
// which is that of the checkout where nothing tells an earlier one. docs/catalogue.md says how.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { removedIn } from "./catalogue/removed.mjs";
import { root } from "./lib/root.mjs";

const { values: options } = parseArgs({
  options: { nixpkgs: { type: "string" }, json: { type: "boolean", default: false } },
});
const nixpkgs = options.nixpkgs && resolve(options.nixpkgs);
if (!nixpkgs || !existsSync(join(nixpkgs, "nixos/modules"))) {
  console.error("Name a nixpkgs checkout: npm run removed-options -- --nixpkgs DIR");
  process.exit(2);
}
const table = JSON.parse(readFileSync(join(root, "server/src/catalogue/data/removed-options.json"), "utf8")).options;
const known = new Set(table.map((/** @type {{ option: string }} */ { option }) => option));
const versionFile = ["lib/.version", ".version"].map((name) => join(nixpkgs, name)).find((path) => existsSync(path));
const by = (versionFile && /^\d\d\.\d\d/.exec(readFileSync(versionFile, "utf8"))?.[0]) ?? "?";

const modules = readdirSync(join(nixpkgs, "nixos/modules"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".nix"))
  .map((name) => `nixos/modules/${name}`)
  .sort();
const found = modules.flatMap((module) =>
  removedIn(readFileSync(join(nixpkgs, module), "utf8")).map((one) => ({ ...one, by, module })),
);
const said = new Set(found.map(({ option }) => option));
const lacking = found.filter(({ option }) => !known.has(option));
// Options of submodules have no module that says so.
const gone = table.filter((/** @type {{ option: string }} */ { option }) => !said.has(option) && !option.includes("*"));

if (options.json) {
  console.log(JSON.stringify({ lacking, gone }, undefined, 2));
} else {
  for (const { option, says, module } of lacking) console.log(`new    ${option} (${module}): ${says}`);
  for (const { option, module } of gone) console.log(`gone   ${option} (was in ${module})`);
  console.log(
    `${found.length} removed options in this nixpkgs; ${lacking.length} are not in the table, ${gone.length} of the table are not in it`,
  );
}
