import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.mjs";

/**
 * The licences of the npm packages that a bundle holds: they allow bundling as long as their text comes along.
 *
 * @param {import("esbuild").Metafile[]} metafiles what went into each bundle
 * @param {string[]} alsoShipped packages of which a file is copied as it is
 * @returns {string} one text, packages in alphabetical order
 * @throws when a package has no licence file
 */
export function thirdPartyLicenses(metafiles, alsoShipped) {
  const folders = new Set(alsoShipped.map((name) => `node_modules/${name}`));
  for (const { inputs } of metafiles) {
    for (const input of Object.keys(inputs)) {
      const folder = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0];
      if (folder) folders.add(folder);
    }
  }
  const texts = new Map();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    texts.set(`${name} ${version} (${license})`, licenseText(join(root, folder)));
  }
  const line = "─".repeat(80);
  return [...texts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([title, text]) => `${line}\n${title}\n${line}\n\n${text.trim()}\n`)
    .join("\n");
}

function licenseText(folder) {
  const file = existsSync(folder) && readdirSync(folder).find((name) => /^(licen[cs]e|copying)([.-]|$)/i.test(name));
  if (!file) throw new Error(`${folder} has no licence file: it cannot be bundled without one.`);
  return readFileSync(join(folder, file), "utf8");
}
