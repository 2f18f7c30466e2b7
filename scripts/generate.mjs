// Writes what follows from the rules: their registry, their pages in docs/rules, the overview in README.md.
//
//   node scripts/generate.mjs           writes the files
//   node scripts/generate.mjs --check   changes nothing; fails and names what is not fresh
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./lib/root.mjs";
import { readRules } from "./lib/rules.mjs";

const { values: options } = parseArgs({ options: { check: { type: "boolean", default: false } } });

/** The groups in the order of their codes: a title, what the README says of them, and rules that show what they are about. */
const GROUPS = {
  modules: {
    title: "Modules",
    about: "what the module system refuses or drops",
    examples: ["missing-import", "dropped-definition"],
  },
  checker: {
    title: "Comments to the checker",
    about: "comments that allow findings",
    examples: ["unused-suppression"],
  },
  "mount-options": {
    title: "Mount options",
    about: "options without effect, or that the kernel refuses",
    examples: ["ineffective-nodatacow", "unknown-mount-option", "misplaced-swap-file"],
  },
  disko: {
    title: "Disko",
    about: "layouts that do not evaluate, fail when the disk is formatted, or differ from what is mounted",
    examples: ["unknown-subvolume-key", "second-rest-partition", "conflicting-device"],
  },
  stores: {
    title: "Boot and stores",
    about: "stores that come too late or are wiped, boot loaders, encrypted disks, hibernation",
    examples: ["store-not-needed-for-boot", "key-file-outside-initrd", "unimported-pool"],
  },
  coverage: {
    title: "Coverage",
    about: "state that nothing keeps, and entries that keep nothing",
    examples: ["unpersisted-service-state", "unpersisted-uid-map", "forgotten-password"],
  },
  rollback: {
    title: "Rollback",
    about: "scripts and units that empty the root: what fails, runs at the wrong time, or deletes too much",
    examples: ["clean-up-of-the-parent", "root-delete-without-nested", "wiped-subvolume-is-not-the-root"],
  },
  snapshots: {
    title: "Snapshots, retention, backups",
    about: "policies that keep nothing or everything, jobs that miss what they are for, restores that would not work",
    examples: ["snapshot-age-by-mtime", "excluded-backup-path", "dump-after-backup"],
  },
  units: {
    title: "Units, timers and sysctl",
    about: "jobs that never run, lack a program, or start in the wrong order",
    examples: ["invalid-calendar", "missing-unit-path", "timer-of-missing-unit"],
  },
  secrets: {
    title: "Secrets",
    about: "secrets and keys that are not there in time, readable by others, or lost",
    examples: ["late-secret-identity", "missing-encrypted-secret", "late-password-file"],
  },
  performance: { title: "Performance", about: "what slows a boot down", examples: ["many-bind-mounts"] },
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
  wanted.set("README.md", `${before}${BEGIN}\n${overview()}${after}`);
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
  const facts = `\`${rule.code}\` · ${rule.severity} · ${groupOf(rule).title} · since ${rule.since}`;
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
    ...used().flatMap((group) => ["", `## ${GROUPS[group].title}`, "", table(ofGroup(group))]),
    "",
  ].join("\n");
}

/** What the README has of the rules: their groups, with examples. */
function overview() {
  const lines = ["| Rules | | What they find | For example |", "|---|---|---|---|"];
  for (const group of used()) {
    const { title, about, examples } = GROUPS[group];
    const anchor = title
      .toLowerCase()
      .replaceAll(/[^a-z ]/g, "")
      .replaceAll(" ", "-");
    const shown = examples.map((name) => {
      const rule = rules.find((one) => one.name === name);
      if (!rule) throw new Error(`There is no rule ${name}, which is an example of ${title}.`);
      return `[${rule.code}](docs/rules/${name}.md) ${name}`;
    });
    lines.push(
      `| [${title}](docs/rules/README.md#${anchor}) | ${ofGroup(group).length} | ${about} | ${shown.join(", ")} |`,
    );
  }
  const all = `${rules.length} rules; [all of them](docs/rules/README.md), each with its page: examples, evidence, fix.`;
  return `${all}\n\n${lines.join("\n")}\n`;
}

/** The groups that have rules. */
function used() {
  return /** @type {(keyof typeof GROUPS)[]} */ (Object.keys(GROUPS)).filter((group) => ofGroup(group).length > 0);
}

/** @param {string} group */
function ofGroup(group) {
  return rules.filter((rule) => rule.group === group);
}

/** @param {import("./lib/rules.mjs").RuleFile} rule */
function groupOf(rule) {
  const group = GROUPS[/** @type {keyof typeof GROUPS} */ (rule.group)];
  if (!group) throw new Error(`${rule.code} is of the group ${rule.group}, which GROUPS does not have.`);
  return group;
}

/** @param {readonly import("./lib/rules.mjs").RuleFile[]} own */
function table(own) {
  const lines = ["| Code | Rule | Severity | What it finds |", "|---|---|---|---|"];
  for (const rule of own) {
    lines.push(`| ${rule.code} | [${rule.name}](${rule.name}.md) | ${rule.severity} | ${rule.summary} |`);
  }
  return lines.join("\n");
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
