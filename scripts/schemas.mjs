// Writes docs/schema: the JSON Schemas of what the command line prints and of impermanence.json, as `nix-impermanence schema` prints them.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./lib/process.mjs";
import { root } from "./lib/root.mjs";

const folder = join(root, "docs", "schema");
mkdirSync(folder, { recursive: true });
for (const name of (await schema()).trim().split("\n")) {
  writeFileSync(join(folder, `${name.replace(/\.json$/, "")}.schema.json`), await schema(name));
}

async function schema(...name) {
  const { code, output } = await run("node", [join(root, "dist", "cli.js"), "schema", ...name], { show: "nothing" });
  if (code !== 0) throw new Error(`schema ${name} failed; is the program built?\n${output}`);
  return output;
}
