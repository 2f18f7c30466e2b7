// Compares server/src/catalogue with a nixpkgs checkout, so that the catalogue can be kept current:
//
//   npm run catalogue -- --nixpkgs DIR                what differs, service by service
//   … --only services.gitea.enable,services.x.enable  these services only
//   … --new                                           also services that the catalogue does not know
//   … --json                                          the same as JSON
//   … --source                                        read the modules with our own evaluator only, without Nix
//   … --jobs N                                        processes at a time (2)
//
// Each service is switched on in a host of its own and evaluated by nix-instantiate; nothing is built. Where that fails,
// the module alone is read by our own evaluator. Nothing is written: what a difference means is decided by who reads
// the module, and goes into server/src/catalogue/curated. docs/catalogue.md says how.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { differences, directoriesOf, proposalOf } from "./catalogue/compare.mjs";
import { bundleAnalysis } from "./lib/bundle-analysis.mjs";
import { root } from "./lib/root.mjs";

const { values: options } = parseArgs({
  options: {
    nixpkgs: { type: "string" },
    only: { type: "string" },
    new: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    source: { type: "boolean", default: false },
    jobs: { type: "string", default: "2" },
  },
});
const nixpkgs = options.nixpkgs && resolve(options.nixpkgs);
if (!nixpkgs || !existsSync(join(nixpkgs, "nixos/modules/module-list.nix"))) {
  console.error("Name a nixpkgs checkout: npm run catalogue -- --nixpkgs DIR");
  process.exit(2);
}

const INSTANCE = "example";
const here = join(root, "scripts/catalogue");
const data = (name) => JSON.parse(readFileSync(join(root, "server/src/catalogue/data", name), "utf8"));
const entries = data("services.json").services;
const stateless = new Set(data("stateless.json").services);
const optionDefaults = new Map(
  data("option-defaults.json").defaults.flatMap(({ option, value }) => (value === undefined ? [] : [[option, value]])),
);
const watched = [...new Set(entries.flatMap(({ implies }) => implies.map(({ enable }) => enable)))].filter(
  (enable) => !enable.includes("*"),
);
const stateVersion = /^\d\d\.\d\d/.exec(textOf(".version") ?? textOf("lib/.version") ?? "")?.[0] ?? "26.05";

const enables = options.source ? undefined : await readEnables();
const chosen = choose();
const base = options.source ? {} : ((await evaluate(undefined)) ?? {});
const results = await inParallel(chosen, Math.max(1, Number(options.jobs) || 2), compareByEvaluation);
compareBySource(results.filter(({ how }) => how === undefined));
report(results);

/** The services to look at: those of the catalogue that have a module, or those named, and new ones if asked for. */
function choose() {
  const current = entries.filter((entry) => !entry.renamedTo && !entry.dropped && entry.trigger !== "non-empty");
  const unknown = (enables ?? [])
    .filter(({ enable }) => !stateless.has(enable) && !entries.some((entry) => entry.enable === enable))
    .map(({ enable }) => ({ enable, states: [], implies: [], isNew: true }));
  const all = [...current, ...(options.new ? unknown : [])];
  if (options.only === undefined) return all;
  const names = new Set(options.only.split(","));
  const found = [...current, ...unknown].filter(({ enable }) => names.delete(enable));
  if (names.size > 0) {
    console.error(`Neither in the catalogue nor in this nixpkgs: ${[...names].join(", ")}`);
    process.exit(2);
  }
  return found;
}

async function readEnables() {
  const list = await nix(join(here, "enables.nix"), []);
  if (list === undefined) return undefined;
  return list.map(({ path, file }) => ({ enable: path.join("."), file: file?.slice(nixpkgs.length + 1) }));
}

async function compareByEvaluation(entry) {
  const isInstance = entry.enable.includes("*");
  const declared = enables?.find(({ enable }) => enable === entry.enable);
  const file = declared?.file;
  const result = { enable: entry.enable, entry, file: file ?? entry.evidence, differences: [], directories: [] };
  if (!isInstance && enables !== undefined && declared === undefined) return { ...result, how: "gone" };
  const found = options.source ? undefined : await evaluate(entry);
  if (!found) return result;
  return { ...result, how: "evaluated", ...compare(entry, found, base, true, file) };
}

/** What Nix says of a host with the service; undefined where it cannot be evaluated. */
async function evaluate(entry) {
  const { path, value } = switchOf(entry);
  const wanted = entry === undefined ? [] : optionsOf(entry);
  const found = await nix(join(here, "inspect.nix"), [
    ...["--argstr", "stateVersion", stateVersion],
    ...["--arg", "switch", path === undefined ? "null" : nixList(path)],
    ...["--arg", "value", nixValue(value)],
    ...["--arg", "watched", `[ ${watched.map((enable) => nixList(enable.split("."))).join(" ")} ]`],
    ...["--arg", "options", `[ ${wanted.map((option) => nixList(filled(option).split("."))).join(" ")} ]`],
  ]);
  return found?.units ? found : undefined;
}

/** Reads the modules of services that were not evaluated with our own evaluator, all in one process. */
function compareBySource(rest) {
  const readable = rest.filter(({ file }) => file !== undefined && existsSync(join(nixpkgs, file)));
  for (const result of rest) result.how = readable.includes(result) ? "read" : "not found";
  if (readable.length === 0) return;
  const services = readable.map(({ entry, file }) => {
    const { path, value } = switchOf(entry);
    const options = optionsOf(entry).map((option) => filled(option).split("."));
    return { file: join(nixpkgs, file), switch: path, value, options };
  });
  const found = readWithOurEvaluator({ nixpkgs, services });
  readable.forEach((result, index) => {
    Object.assign(result, compare(result.entry, found[index], {}, false, undefined));
  });
}

function readWithOurEvaluator(request) {
  const work = mkdtempSync(join(tmpdir(), "nix-impermanence-catalogue-"));
  try {
    const program = bundleAnalysis("scripts/catalogue/read-source.ts", work, "read-source.mjs");
    const text = execFileSync(process.execPath, [program], {
      input: JSON.stringify(request),
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      stdio: ["pipe", "pipe", "inherit"],
    });
    return JSON.parse(text);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function compare(entry, found, without, isWhole, file) {
  const wanted = optionsOf(entry);
  const directories = directoriesOf(found, without);
  const result = differences(instanceOf(entry), directories, {
    isWhole,
    file,
    source: textOf(file ?? entry.evidence ?? ""),
    defaults: new Map(wanted.map((option, index) => [option, found.options?.[index] ?? null])),
    optionDefaults: new Map(wanted.map((option) => [option, fillIn(optionDefaults.get(option))])),
  });
  const before = new Set((without.on ?? []).map((path) => path.join(".")));
  const known = new Set([entry.enable, ...entry.implies.map(({ enable }) => enable)]);
  for (const path of found.on ?? []) {
    const enable = path.join(".");
    if (!before.has(enable) && !known.has(enable)) result.push({ what: "added", text: `switches on ${enable}` });
  }
  return { differences: result, directories };
}

/** The option to set, and to what. */
function switchOf(entry) {
  if (entry === undefined) return { path: undefined, value: null };
  const path = filled(entry.enable).split(".");
  if (entry.trigger === "instance-enable") return { path, value: { enable: true } };
  return { path, value: entry.trigger === "instance" ? {} : true };
}

function instanceOf(entry) {
  return { ...entry, states: entry.states.map((state) => JSON.parse(filled(JSON.stringify(state)))) };
}

function optionsOf(entry) {
  return [...new Set(entry.states.flatMap(({ fromOption }) => fromOption ?? []))];
}

function filled(text) {
  return text.replaceAll("*", INSTANCE);
}

function fillIn(value) {
  return typeof value === "string" ? filled(value) : value;
}

function nixList(names) {
  return `[ ${names.map((name) => JSON.stringify(name)).join(" ")} ]`;
}

function nixValue(value) {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(name)} = ${nixValue(item)};`)
    .join(" ")} }`;
}

/** Evaluates a file to JSON; undefined when Nix cannot. */
async function nix(file, args) {
  const command = ["--eval", "--strict", "--json", file, "--arg", "nixpkgs", nixpkgs, ...args];
  const env = { ...process.env, NIXPKGS_ALLOW_UNFREE: "1", NIXPKGS_ALLOW_INSECURE: "1" };
  try {
    const { stdout } = await promisify(execFile)("nix-instantiate", command, { env, maxBuffer: 2 ** 28 });
    return JSON.parse(stdout);
  } catch (error) {
    if (error.code === "ENOENT") {
      console.error("There is no nix-instantiate (Debian: apt-get install nix-bin). Use --source to do without.");
      process.exit(2);
    }
    return undefined;
  }
}

async function inParallel(items, jobs, work) {
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return results;
}

function textOf(name) {
  const named = join(nixpkgs, name);
  const isFolder = statSync(named, { throwIfNoEntry: false })?.isDirectory();
  const file = isFolder ? join(named, "default.nix") : named;
  return name !== "" && existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

function report(results) {
  const differing = results.filter((result) => result.differences.length > 0 && result.entry.isNew !== true);
  const count = (test) => results.filter(test).length;
  const what = (kind) => results.flatMap((result) => result.differences).filter((one) => one.what === kind).length;
  const summary = {
    services: results.length,
    evaluated: count(({ how }) => how === "evaluated"),
    read: count(({ how }) => how === "read"),
    "not found": count(({ how }) => how === "not found"),
    gone: count(({ how }) => how === "gone"),
    differing: differing.length,
    new: count(({ entry, differences: found }) => entry.isNew === true && found.length > 0),
    ...Object.fromEntries(["added", "removed", "moved", "changed"].map((kind) => [kind, what(kind)])),
  };
  if (options.json) {
    const services = results.map(({ entry, ...result }) => ({
      ...result,
      proposal: proposalOf(entry, result.directories, result.file),
    }));
    console.log(JSON.stringify({ nixpkgs, stateVersion, summary, services }, undefined, 2));
    return;
  }
  for (const { enable, entry, file, how, directories, differences: found } of results) {
    if (how === "gone") console.log(`${enable}: no module declares it any more (renamed or dropped)\n`);
    if (found.length === 0) continue;
    console.log(`${enable} (${entry.isNew ? "new" : entry.confidence}, ${how}${file ? `, ${file}` : ""})`);
    for (const one of found) console.log(`  ${one.what.padEnd(7)}  ${one.text}`);
    if (found.some(({ what }) => what !== "changed")) {
      console.log(`  propose  ${JSON.stringify(proposalOf(entry, directories, file))}`);
    }
    console.log("");
  }
  console.log(
    Object.entries(summary)
      .map(([name, number]) => `${number} ${name}`)
      .join(", "),
  );
}
