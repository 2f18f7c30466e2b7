// `npm test`: installs what the tests need, runs every step to its end, and says what passed and what failed.
//
//   node scripts/test.mjs                 everything
//   node scripts/test.mjs --only vscode   only the steps whose name holds this text
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensurePackages } from "./lib/install.mjs";
import { run } from "./lib/process.mjs";
import { root } from "./lib/root.mjs";
import { ensureSystemPackages } from "./lib/system-packages.mjs";

const bin = (name) => join("node_modules", ".bin", name);
const vitest = (project) => [
  ...[bin("vitest"), "run", "--project", project],
  ...["--reporter=default", "--reporter=json", "--outputFile.json={report}"],
];
const suite = (version) => ["node", "scripts/vscode-suite.mjs", "--version", version, "--report", "{report}"];

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string[]} command `{report}` in it is the file where the step writes its counts
 * @property {"vitest" | "mocha"} [counts] the form of that report; without it the step counts as one test
 * @property {number} minutes after this time the step is ended and has failed
 */

/** @type {Step[]} */
const STEPS = [
  { name: "Types", command: [bin("tsc"), "--noEmit", "-p", "."], minutes: 3 },
  { name: "Lint and format", command: [bin("biome"), "ci", "--colors=off", "."], minutes: 2 },
  { name: "Layers", command: ["npm", "run", "--silent", "layers"], minutes: 2 },
  { name: "Grammar is as committed", command: ["node", "scripts/build-grammar.mjs", "--check"], minutes: 3 },
  { name: "Generated files are fresh", command: ["node", "scripts/generate.mjs", "--check"], minutes: 1 },
  { name: "Catalogue is as committed", command: ["node", "scripts/generate-catalogue.mjs", "--check"], minutes: 1 },
  { name: "npm start", command: ["node", "scripts/start.mjs"], minutes: 2 },
  { name: "Unit and process tests", command: vitest("unit"), counts: "vitest", minutes: 12 },
  { name: "Evidence", command: vitest("evidence"), counts: "vitest", minutes: 8 },
  { name: "Package the VSIX", command: ["node", "scripts/package.mjs"], minutes: 2 },
  { name: "Suite inside VS Code 1.139", command: suite("current"), counts: "mocha", minutes: 4 },
  { name: "Suite inside VS Code 1.100", command: suite("floor"), counts: "mocha", minutes: 4 },
  { name: "VS Code used as a person does", command: vitest("vscode"), counts: "vitest", minutes: 6 },
  { name: "Neovim and Emacs", command: vitest("editors"), counts: "vitest", minutes: 4 },
];

const { values: options } = parseArgs({ options: { only: { type: "string" } } });
const started = Date.now();

if (!(await ensureSystemPackages())) process.exit(2);
await ensurePackages();
await ensurePackages(join(root, "test", "host"));

const scratch = mkdtempSync(join(tmpdir(), "nix-impermanence-test-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const env = environment();
const chosen = STEPS.filter((step) => !options.only || step.name.toLowerCase().includes(options.only.toLowerCase()));
const results = [];
for (const [index, step] of chosen.entries()) {
  console.log(`\n━━ ${index + 1}/${chosen.length} ${step.name} ${"━".repeat(Math.max(0, 60 - step.name.length))}\n`);
  results.push(await runStep(step, join(scratch, `${index}.json`)));
}
report();

/** @param {Step} step */
async function runStep(step, reportFile) {
  const [command, ...args] = step.command.map((part) => part.replace("{report}", reportFile));
  const begun = Date.now();
  const { code, output, timedOut } = await run(command, args, { env, timeout: step.minutes * 60_000 });
  if (timedOut) console.error(`\n${step.name} did not end within ${step.minutes} minutes.`);
  else if (code === 127 && !output) console.error(`\n${command} is not there.`);
  const counts = step.counts ? readCounts(step.counts, reportFile) : { passed: code === 0 ? 1 : 0, failed: 0 };
  // A step that ended badly has failed, also when no single test of it did: a file that does not load has no tests.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  if (counts.passed + counts.failed === 0) {
    console.error(`\n${step.name} ran no test.`);
    counts.failed = 1;
  }
  return { name: step.name, seconds: (Date.now() - begun) / 1000, ...counts };
}

/** Skipped tests count as failed: nothing in this repository may be skipped without being seen. */
function readCounts(form, file) {
  if (!existsSync(file)) return { passed: 0, failed: 0 };
  const counts = JSON.parse(readFileSync(file, "utf8"));
  return form === "vitest"
    ? { passed: counts.numPassedTests, failed: counts.numFailedTests + counts.numPendingTests + counts.numTodoTests }
    : { passed: counts.passes, failed: counts.failures + counts.pending };
}

function report() {
  const total = { passed: 0, failed: 0 };
  console.log(`\n━━ Summary ${"━".repeat(58)}\n`);
  for (const { name, seconds, passed, failed } of results) {
    total.passed += passed;
    total.failed += failed;
    const mark = failed ? "✗" : "✓";
    const failures = failed ? `, ${failed} failed` : "";
    console.log(`${mark} ${name.padEnd(32)} ${seconds.toFixed(1).padStart(6)} s   ${passed} passed${failures}`);
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`\nIn ${Math.floor(seconds / 60)} min ${seconds % 60} s on the whole.`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed || results.length === 0 ? 1 : 0;
}

/** What every step may count on, whatever this machine leaves out. */
function environment() {
  const home = process.env.HOME && existsSync(process.env.HOME) ? process.env.HOME : join(scratch, "home");
  mkdirSync(home, { recursive: true });
  return { HOME: home, LANG: "C.UTF-8", LC_ALL: "C.UTF-8", NO_COLOR: "1" };
}
