// Makes the table of the names of NixOS's options out of the list that NixOS itself makes for its manual:
//
//   nix-build '<nixpkgs/nixos/release.nix>' -A options     (…/share/doc/nixos/options.json)
//   npm run option-names -- --options FILE --before FILE --of "what they were made from"
//
// Only names go into the table, whether a set takes others beside those that are listed, and what had its name in the
// list of before already. docs/catalogue.md says more.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { tableOf } from "./catalogue/option-names.mjs";
import { root } from "./lib/root.mjs";

const { values } = parseArgs({
  options: {
    options: { type: "string" },
    before: { type: "string" },
    of: { type: "string" },
    out: { type: "string", default: join(root, "server/src/catalogue/data/option-names.json") },
  },
});
if (!values.options || !values.before || !values.of) {
  console.error("Name two lists of options, today's and one of some years ago, and say what they are of:");
  console.error('npm run option-names -- --options FILE --before FILE --of "NixOS 26.05, and NixOS 20.03"');
  process.exit(2);
}
/** @param {string} file */
const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const options = tableOf(read(values.options), new Set(Object.keys(read(values.before))));
writeFileSync(values.out, `${JSON.stringify({ source: values.of, options }, undefined, 2)}\n`);
