// Starts a rule: the module, its page and its spec, in the folder of its group.
//
//   npm run new-rule -- GROUP NAME      e.g. npm run new-rule -- stores store-without-owner
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { camelCase, readRules, rulesFolder } from "./lib/rules.mjs";

/** The digit of each group's codes. */
const GROUPS = {
  modules: 0,
  checker: 0,
  "mount-options": 1,
  disko: 2,
  stores: 3,
  coverage: 4,
  rollback: 5,
  snapshots: 6,
  units: 7,
  secrets: 8,
  performance: 9,
};

const [group = "", name = ""] = process.argv.slice(2);
if (!(group in GROUPS) || !/^[a-z0-9]+(-[a-z0-9]+)+$/.test(name)) {
  console.error(`Usage: npm run new-rule -- GROUP NAME
  GROUP  ${Object.keys(GROUPS).join(", ")}
  NAME   the pattern it finds as a noun phrase, e.g. store-not-needed-for-boot; it reads after "allow"`);
  process.exit(2);
}
const folder = join(rulesFolder, group);
if (existsSync(join(folder, `${name}.ts`))) {
  console.error(`There is a rule ${group}/${name} already.`);
  process.exit(2);
}
const code = nextCode(GROUPS[group]);
mkdirSync(folder, { recursive: true });
write(`${name}.ts`, moduleText());
write(`${name}.md`, pageText());
write(`${name}.spec.md`, specText());
console.log(`
Next:
  1. write what ${name}.ts looks for; \`host\` holds the facts (server/src/host/host.ts)
  2. fill in the page: its Example must be found, its Use instead must not
  3. npm run generate
  4. write cases into ${name}.spec.md, then UPDATE=1 npx vitest run server/src/rules/specs.test.ts writes the annotations`);

/** Codes are never used again: the next is above the highest ever given. */
function nextCode(/** @type {number} */ digit) {
  const used = readRules()
    .map((rule) => rule.code)
    .filter((used) => used.startsWith(`IMP${digit}`))
    .map((used) => Number(used.slice(4)));
  return `IMP${digit}${String(Math.max(0, ...used) + 1).padStart(2, "0")}`;
}

function write(/** @type {string} */ file, /** @type {string} */ text) {
  writeFileSync(join(folder, file), text);
  console.log(`wrote server/src/rules/${group}/${file}`);
}

function moduleText() {
  return `import { defineRule } from "../rule.ts";

/** What it finds, in one sentence. */
export const ${camelCase(name)} = defineRule({
  code: "${code}",
  name: "${name}",
  group: "${group}",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const fileSystem of host.fileSystems) {
      report({
        at: fileSystem.place,
        message: \`What is wrong with \\\`\${fileSystem.mountpoint}\\\`, and why it bites.\`,
        help: "What to do.",
      });
    }
  },
});
`;
}

function pageText() {
  const headings = ["What it does", "Why it matters", "Example", "Use instead", "Fix safety", "Evidence", "Options"];
  const example = '```nix\n{\n  fileSystems."/" = { device = "none"; fsType = "tmpfs"; };\n}\n```';
  const body = {
    Example: example,
    "Use instead": "```nix\n{\n}\n```",
    "Fix safety": "There is no automatic fix.",
    Options: "None.",
  };
  return `# ${name}\n\nOne sentence: the pattern it finds.\n\n${headings
    .map((heading) => `## ${heading}\n\n${body[heading] ?? "…"}\n`)
    .join("\n")}`;
}

function specText() {
  return `# ${name}

What counts, and what does not.

## The plain case

\`\`\`nix
{
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
}
\`\`\`
`;
}
