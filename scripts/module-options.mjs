// Lists the options of the modules that persist, for test/modules/store-options.test.ts.
//
//   NIXPKGS_LIB=…/lib MODULE_SOURCES=folder node scripts/module-options.mjs
//
// MODULE_SOURCES holds git checkouts of nix-community/impermanence and nix-community/preservation as `owner+name`. Names
// and revisions are written to test/modules/options.json; nothing else of the modules is.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { root } from "./lib/root.mjs";

const MODULES = [
  { repository: "nix-community/impermanence", file: "nixos.nix", set: "environment.persistence" },
  { repository: "nix-community/impermanence", file: "home-manager.nix", set: "home.persistence" },
  { repository: "nix-community/preservation", file: "module.nix", set: "preservation.preserveAt" },
];

const { NIXPKGS_LIB: lib, MODULE_SOURCES: sources } = process.env;
if (!lib || !sources) {
  console.error("Set NIXPKGS_LIB to the `lib` of nixpkgs and MODULE_SOURCES to the folder of checkouts.");
  process.exit(2);
}

const listed = MODULES.map(({ repository, file, set }) => {
  const folder = resolve(sources, repository.replace("/", "+"));
  const revision = execFileSync("git", ["-C", folder, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  const options = optionsOf(join(folder, file)).filter((name) => name.startsWith(`${set}.*.`));
  return { repository, revision, set, options: options.map((name) => name.slice(set.length + 3)) };
});
writeFileSync(join(root, "test/modules/options.json"), `${JSON.stringify(listed, null, 2)}\n`);

function optionsOf(module) {
  const names = `import ${join(root, "test/modules/options.nix")} { lib = import ${resolve(lib)}; module = ${module}; }`;
  const text = execFileSync("nix-instantiate", ["--eval", "--strict", "--json", "--expr", names], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return [...new Set(JSON.parse(text))].sort();
}
