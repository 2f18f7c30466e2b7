// The rules in server/src/rules: a rule is a .ts file with its .md page beside it, in the folder of its group.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.mjs";

export const rulesFolder = join(root, "server/src/rules");

/**
 * @typedef {object} RuleFile
 * @property {string} name
 * @property {string} folder
 * @property {string} variable
 * @property {string} code
 * @property {string} severity
 * @property {string} group
 * @property {string} since
 * @property {string} page
 * @property {string} summary
 */

/** @returns {RuleFile[]} sorted by code */
export function readRules() {
  const found = [];
  for (const entry of readdirSync(rulesFolder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    for (const file of readdirSync(join(rulesFolder, entry.name))) {
      if (!file.endsWith(".md") || file.endsWith(".spec.md")) continue;
      const name = file.slice(0, -3);
      const module = join(rulesFolder, entry.name, `${name}.ts`);
      if (!existsSync(module)) throw new Error(`${entry.name}/${file} has no rule beside it`);
      const source = readFileSync(module, "utf8");
      const page = readFileSync(join(rulesFolder, entry.name, file), "utf8");
      const field = (key) => {
        const value = new RegExp(`^  ${key}: "([^"]+)",$`, "m").exec(source)?.[1];
        if (!value) throw new Error(`${entry.name}/${name}.ts does not say its ${key}`);
        return value;
      };
      const variable = camelCase(name);
      if (!source.includes(`export const ${variable} = defineRule(`)) {
        throw new Error(`${entry.name}/${name}.ts does not export ${variable}`);
      }
      found.push({
        name,
        folder: entry.name,
        variable,
        code: field("code"),
        severity: field("severity"),
        group: field("group"),
        since: field("since"),
        page,
        summary: /^# .*\n\n([^\n]+)/.exec(page)?.[1] ?? "",
      });
    }
  }
  return found.sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** @param {string} name */
export function camelCase(name) {
  return name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}
