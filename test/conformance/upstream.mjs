// The evaluator against the tests of Nix and of nixpkgs' library, which are no part of this repository.
//
//   NIX_LANG_TESTS=…/nix/tests/functional/lang NIXPKGS_LIB=…/nixpkgs/lib npm run conformance
//   npm run conformance -- --verbose     also says what each case that did not pass gave
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import * as esbuild from "esbuild";
import { listen } from "./upstream/command.mjs";

const { values: options } = parseArgs({
  options: { verbose: { type: "boolean", default: false }, only: { type: "string", default: "" } },
});
const here = dirname(fileURLToPath(import.meta.url));
const wasm = {
  runtime: createRequire(import.meta.url).resolve("web-tree-sitter/web-tree-sitter.wasm"),
  grammar: join(here, "../../server/grammar/tree-sitter-nix.wasm"),
};
const lang = folderOf("NIX_LANG_TESTS");
const lib = folderOf("NIXPKGS_LIB");
if (!lang && !lib) {
  console.error("Set NIX_LANG_TESTS to the folder tests/functional/lang of Nix, or NIXPKGS_LIB to the lib of nixpkgs.");
  process.exit(2);
}

/** @type {{ suite: string, passed: number, failed: number, declined: number, least: number }[]} */
const rows = [];
const scratch = mkdtempSync(join(tmpdir(), "nix-impermanence-conformance-"));
try {
  await esbuild.build({
    entryPoints: [join(here, "upstream/worker.ts")],
    outfile: join(scratch, "worker.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    loader: { ".nix": "text", ".md": "text" },
    mainFields: ["module", "main"],
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
    logLevel: "warning",
  });
  if (lang && "lang".includes(options.only)) await languageTests(lang);
  if (lib && "misc".includes(options.only)) await libraryTests(lib);
  if (lib && "modules".includes(options.only)) await moduleTests(lib);
  if (lib && "server".includes(options.only)) await serverModules(lib);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
report();

function folderOf(variable) {
  const folder = process.env[variable];
  if (folder && !existsSync(folder)) throw new Error(`${variable}: ${folder} does not exist`);
  return folder && resolve(folder);
}

async function languageTests(folder) {
  const results = await inWorker({ kind: "lang", folder });
  // Store paths and derivations are declined; of the rest so many have to be right.
  const least = { "eval-okay": 0.95, "eval-fail": 0.95, "parse-okay": 0.9, "parse-fail": 0.95 };
  for (const [group, share] of Object.entries(least)) {
    const cases = results.filter((one) => one.group === group);
    const count = (outcome) => cases.filter((one) => one.outcome === outcome).length;
    rows.push({
      suite: `Nix language tests, ${group}`,
      passed: count("passed"),
      failed: count("failed"),
      declined: count("declined"),
      least: share,
    });
    for (const { name, outcome, detail } of cases) {
      if (outcome !== "passed" && options.verbose) console.log(`${outcome}: ${name}: ${detail}`);
    }
  }
}

/** `lib/tests/misc.nix` is the list of the tests that failed; their number is in its text. */
async function libraryTests(folder) {
  // One test asks whether a path exists that must not.
  const roots = [folder, "/non-existent"];
  const request = { roots, cwd: folder, file: join(folder, "tests/misc.nix") };
  const { text, error } = await inWorker({ kind: "evaluate", request, json: true, strict: true });
  const total = "builtins.length (builtins.attrNames (import ./tests/misc.nix))";
  const failures = error === undefined ? JSON.parse(text) : undefined;
  if (options.verbose && failures?.length !== 0) console.log(error ?? text);
  const number = await numberOfTests(folder, total);
  // This one expects the path of a copy in the store.
  const declined = failures?.filter(({ name }) => name === "testHasInfixPathStoreDir").length ?? 0;
  const failed = failures ? failures.length - declined : number;
  const passed = number - failed - declined;
  rows.push({ suite: "nixpkgs lib/tests/misc.nix", passed, failed, declined, least: 1 });
}

/** The tests are the argument of `runTests`: a library whose `runTests` counts them says how many there are. */
async function numberOfTests(folder) {
  const expression = `
    let tests = builtins.readFile ./tests/misc.nix;
    in builtins.length (builtins.filter builtins.isList (builtins.split "\\n  test[A-Za-z0-9_']+ =" tests))`;
  const request = { roots: [folder], cwd: folder, expression };
  const { text, error } = await inWorker({ kind: "evaluate", request, json: true, strict: true });
  if (error) throw new Error(error);
  return Number(text);
}

/** The script is run as it is; it counts by itself. One worker answers all its calls, so each file is parsed once. */
async function moduleTests(folder) {
  const shim = join(scratch, "nix-instantiate");
  copyFileSync(join(here, "upstream/nix-instantiate.sh"), shim);
  chmodSync(shim, 0o755);
  const worker = startWorker({ kind: "serve" });
  const server = await listen(folder, (job) => answer(worker, { kind: "evaluate", ...job }));
  const env = {
    ...process.env,
    PATH: `${scratch}:${process.env.PATH}`,
    CONFORMANCE_PORT: String(server.address().port),
  };
  const script = spawn("bash", [join(folder, "tests/modules.sh")], { env });
  let output = "";
  for (const stream of [script.stdout, script.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
  }
  await once(script, "close");
  server.close();
  await worker.terminate();
  if (options.verbose) console.log(output);
  const passed = Number(/(\d+) Pass/i.exec(output)?.[1] ?? 0);
  const missed = Number(/(\d+) Fail/i.exec(output)?.[1] ?? (passed ? 0 : 1));
  // One imports a file that it writes to the store, one expects the path of a copy there.
  const declined = [...output.matchAll(/cannot tell: it needs the Nix store|EXPECTED: .*"\.\*\/store/g)].length;
  rows.push({ suite: "nixpkgs lib/tests/modules.sh", passed, failed: missed - declined, declined, least: 0.99 });
}

/** The modules for servers, through the module system of nixpkgs and through the checker's evaluator. */
async function serverModules(folder) {
  const report = join(scratch, "server-modules.json");
  const args = ["run", "--project", "upstream", "--reporter=json", `--outputFile.json=${report}`];
  const root = join(here, "../..");
  const stdio = options.verbose ? ["ignore", "inherit", "inherit"] : "ignore";
  const env = { ...process.env, NIXPKGS_LIB: folder };
  await once(spawn(join(root, "node_modules/.bin/vitest"), args, { cwd: root, env, stdio }), "close");
  const { testResults = [] } = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : {};
  const cases = testResults.flatMap(({ assertionResults }) => assertionResults);
  const passed = cases.filter(({ status }) => status === "passed").length;
  for (const { status, title, failureMessages } of cases)
    if (status !== "passed" && options.verbose) console.log(`${status}: ${title}: ${failureMessages.join("\n")}`);
  const failed = cases.length - passed || (passed ? 0 : 1);
  rows.push({ suite: "modules for servers with nixpkgs lib", passed, failed, declined: 0, least: 1 });
}

async function inWorker(job) {
  const worker = startWorker(job);
  const [answer] = await once(worker, "message");
  return answer;
}

async function answer(worker, job) {
  worker.postMessage(job);
  const [text] = await once(worker, "message");
  return text;
}

function startWorker(job) {
  return new Worker(join(scratch, "worker.mjs"), {
    workerData: { job, wasm },
    resourceLimits: { stackSizeMb: 200, maxOldGenerationSizeMb: 2048 },
  });
}

function report() {
  console.log(`\n| suite | passed | failed | needs a store, a build or the network | share |`);
  console.log("| --- | ---: | ---: | ---: | ---: |");
  for (const { suite, passed, failed, declined, least } of rows) {
    const share = passed / (passed + failed);
    console.log(`| ${suite} | ${passed} | ${failed} | ${declined} | ${(100 * share).toFixed(1)} % |`);
    if (share < least) {
      console.error(`missed: ${suite} is below ${100 * least} %`);
      process.exitCode = 1;
    }
  }
}
