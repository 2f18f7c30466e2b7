// Runs the checker over public repositories and says how much of each host it knows.
//
//   NIX_IMPERMANENCE_CORPUS=folder node scripts/corpus.mjs           prints a table
//   NIX_IMPERMANENCE_CORPUS=folder node scripts/corpus.mjs --write   and writes docs/corpus.md
//   … --only owner/name        one repository, with every reason
//
// The folder holds the repositories of test/corpus/repositories.json as `owner+name`, checked out at the
// commits named there. Nothing in them is run. A crash of the checker fails.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleAnalysis } from "./lib/bundle-analysis.mjs";
import { corpusPage, knowable, reasonCounts } from "./lib/corpus-page.mjs";
import { root } from "./lib/root.mjs";

const { values: options } = parseArgs({
  options: { write: { type: "boolean", default: false }, only: { type: "string" } },
});
const folder = process.env.NIX_IMPERMANENCE_CORPUS;
if (!folder) {
  console.error("Set NIX_IMPERMANENCE_CORPUS to the folder that holds the repositories as `owner+name`.");
  process.exit(2);
}
const pinned = JSON.parse(readFileSync(join(root, "test/corpus/repositories.json"), "utf8"));
const chosen = pinned.filter(({ repository }) => options.only === undefined || repository === options.only);

const work = mkdtempSync(join(tmpdir(), "nix-impermanence-corpus-"));
let failed = false;
try {
  bundleAnalysis("test/corpus/measure.ts", work, "measure.mjs");
  const results = [];
  for (const entry of chosen) {
    const result = { ...entry, ...run(join(folder, entry.repository.replace("/", "+"))) };
    results.push(result);
    print(result);
    failed ||= result.error !== undefined;
  }
  console.log(`\n${knowable(results)}`);
  console.log("\nTop reasons over all:");
  for (const [why, count] of reasonCounts(results).slice(0, 30)) console.log(`${String(count).padStart(5)}  ${why}`);
  if (options.write) {
    const compared = JSON.parse(readFileSync(join(root, "test/corpus/nix/results.json"), "utf8"));
    writeFileSync(join(root, "docs/corpus.md"), corpusPage(results, new Date().toISOString().slice(0, 10), compared));
    console.log("\ndocs/corpus.md is written.");
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

/** One process for each repository, so that time and memory are its own. */
function run(repository) {
  if (!existsSync(repository)) return { error: `there is no ${repository}` };
  try {
    const text = execFileSync(process.execPath, [join(work, "measure.mjs"), repository], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      timeout: 300_000,
    });
    return JSON.parse(text);
  } catch (error) {
    return { error: String(error.stderr || error.message).slice(0, 2000) };
  }
}

function print({ repository, error, files, hosts, problems, findings, seconds, megabytes }) {
  if (error) return console.log(`${repository}: FAILED\n${error}`);
  const count = (state) => hosts.filter((host) => host.state === state).length;
  console.log(
    `\n${repository}: ${files} files, ${hosts.length} hosts: ${count("resolved")} resolved, ${count("partly")} partly, ${count("not")} not; ${seconds.toFixed(1)} s, ${megabytes} MB`,
  );
  for (const { entry, why } of problems) console.log(`  ! ${entry}: ${why}`);
  for (const host of hosts) {
    if (host.state === "resolved" && !options.only) continue;
    console.log(
      `  ${host.name} (${host.state}, ${host.impermanent ? "impermanent" : "not impermanent"}, ${host.persisted} paths)`,
    );
    const reasons = options.only ? host.unresolved : host.unresolved.slice(0, 3);
    for (const { what, why } of reasons) console.log(`      ${what}: ${why}`);
  }
  if (options.only) console.log(findings);
}
