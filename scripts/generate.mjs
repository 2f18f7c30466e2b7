// Writes what follows from the rules: their registry, their pages in docs/rules, the table in README.md.
//
//   node scripts/generate.mjs           writes the files
//   node scripts/generate.mjs --check   changes nothing; fails and names what is not fresh
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./lib/root.mjs";
import { readRules } from "./lib/rules.mjs";

const { values: options } = parseArgs({ options: { check: { type: "boolean", default: false } } });

const GROUPS = {
  modules: "Modules",
  checker: "Comments to the checker",
  "mount-options": "Mount options",
  disko: "Disko",
  stores: "Boot and stores",
  coverage: "Coverage",
  rollback: "Rollback",
  snapshots: "Snapshots and retention",
  units: "Units and sysctl",
  secrets: "Secrets",
  performance: "Performance",
};
const BEGIN = "<!-- rules: written by `npm run generate` -->";
const END = "<!-- rules end -->";

const rules = readRules();
/** @type {Map<string, string>} */
const wanted = new Map([
  ["server/src/rules/registry.ts", registry()],
  ["server/src/rules/pages.ts", pages()],
  ["docs/rules/README.md", index()],
  ...rules.map((rule) => /** @type {[string, string]} */ ([`docs/rules/${rule.name}.md`, documentation(rule)])),
]);
const readme = existsSync(join(root, "README.md")) ? readFileSync(join(root, "README.md"), "utf8") : "";
if (readme.includes(BEGIN)) {
  const [before = "", rest = ""] = readme.split(BEGIN);
  const after = rest.slice(rest.indexOf(END));
  wanted.set("README.md", `${before}${BEGIN}\n${table("docs/rules/")}${after}`);
}

const stale = [...wanted].filter(([path, text]) => current(path) !== text).map(([path]) => path);
const left = existing("docs/rules").filter((path) => !wanted.has(path));
if (options.check) {
  for (const path of stale) console.error(`${path} is not fresh`);
  for (const path of left) console.error(`${path} belongs to no rule`);
  if (stale.length + left.length > 0) {
    console.error("Run `npm run generate` and commit what it changes.");
    process.exitCode = 1;
  }
} else {
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), /** @type {string} */ (wanted.get(path)));
    console.log(`wrote ${path}`);
  }
  for (const path of left) {
    rmSync(join(root, path));
    console.log(`removed ${path}`);
  }
}

function registry() {
  return [
    "// Written by `npm run generate`: every rule that has a page beside it.",
    ...imports(
      (rule) => `import { ${rule.variable} } from "./${rule.folder}/${rule.name}.ts";`,
      ['import type { Rule } from "./rule.ts";'],
    ),
    "",
    "/** All rules, by code. */",
    "export const rules: readonly Rule[] = [",
    ...rules.map((rule) => `  ${rule.variable},`),
    "];",
    "",
  ].join("\n");
}

function pages() {
  return [
    "// Written by `npm run generate`: the pages of the rules.",
    ...imports((rule) => `import ${rule.variable} from "./${rule.folder}/${rule.name}.md";`),
    "",
    "/** The Markdown page of each rule, by code. */",
    "export const pages: ReadonlyMap<string, string> = new Map([",
    ...rules.map((rule) => `  ["${rule.code}", ${rule.variable}],`),
    "]);",
    "",
  ].join("\n");
}

/** Imports in the formatter's order, which is that of the paths. */
function imports(
  /** @type {(rule: import("./lib/rules.mjs").RuleFile) => string} */ line,
  /** @type {string[]} */ more = [],
) {
  const path = (/** @type {string} */ text) => /"(.*)"/.exec(text)?.[1] ?? "";
  return [...rules.map(line), ...more].sort((a, b) => (path(a) < path(b) ? -1 : 1));
}

/** @param {import("./lib/rules.mjs").RuleFile} rule */
function documentation(rule) {
  const [title = "", ...body] = rule.page.split("\n");
  const facts = `\`${rule.code}\` · ${rule.severity} · ${GROUPS[rule.group] ?? rule.group} · since ${rule.since}`;
  return [
    `<!-- Written by \`npm run generate\` from server/src/rules/${rule.folder}/${rule.name}.md -->`,
    title,
    "",
    facts,
    ...body,
  ].join("\n");
}

function index() {
  return [
    "# Rules",
    "",
    `${rules.length} rules. \`nix-impermanence explain CODE\` prints the same pages.`,
    "",
    table(""),
  ].join("\n");
}

/** @param {string} folder */
function table(folder) {
  const lines = ["| Code | Rule | Severity | What it finds |", "|---|---|---|---|"];
  for (const rule of rules) {
    lines.push(`| ${rule.code} | [${rule.name}](${folder}${rule.name}.md) | ${rule.severity} | ${rule.summary} |`);
  }
  return `${lines.join("\n")}\n`;
}

/** @param {string} path */
function current(path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined;
}

/** @param {string} folder */
function existing(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`);
}
