// Compares what the checker knows of public hosts with what Nix makes of them.
//
//   NIX_IMPERMANENCE_CORPUS=folder NIXPKGS_LIB=…/lib FLAKE_SOURCES=folder node scripts/corpus-nix.mjs [--write] [--only owner/name]
//
// The host is evaluated by `nix-instantiate` with the real `lib.evalModules` (test/corpus/nix/host.nix): modules of
// the repository as they are, packages and modules of inputs as stand-ins. FLAKE_SOURCES holds frameworks whose real
// code is used: folders called as the inputs are (`flake-parts`, `haumea`, `import-tree`, `flake-utils`, `systems`, `den`).
// What Nix cannot evaluate so is counted as not compared. `--write` keeps the result in test/corpus/nix/results.json.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { bundleAnalysis } from "./lib/bundle-analysis.mjs";
import { root } from "./lib/root.mjs";

const { values: options } = parseArgs({
  options: { write: { type: "boolean", default: false }, only: { type: "string" } },
});
const { NIX_IMPERMANENCE_CORPUS: corpus, NIXPKGS_LIB: lib, FLAKE_SOURCES: frameworks } = process.env;
if (!corpus || !lib) {
  console.error("Set NIX_IMPERMANENCE_CORPUS to the repositories and NIXPKGS_LIB to the `lib` of nixpkgs.");
  process.exit(2);
}
const FIELDS = ["persisted", "preserved", "homes", "fileSystems"];
const pinned = JSON.parse(readFileSync(join(root, "test/corpus/repositories.json"), "utf8"));
const chosen = pinned.filter(({ repository }) => options.only === undefined || repository === options.only);

const work = mkdtempSync(join(tmpdir(), "nix-impermanence-nix-"));
const results = [];
try {
  bundleAnalysis("test/corpus/facts.ts", work, "facts.mjs");
  for (const { repository, commit } of chosen) {
    const folder = resolve(corpus, repository.replace("/", "+"));
    const facts = JSON.parse(node(join(work, "facts.mjs"), folder)).filter(
      ({ entry }) => entry === `${folder}/flake.nix`,
    );
    const sources = prepare(folder);
    for (const host of facts) {
      const compared = compare(folder, host, sources);
      results.push({ repository, commit, host: host.name, ...compared });
      const words = FIELDS.map((field) => `${field} ${compared[field]}`).join(", ");
      console.log(
        `${repository} ${host.name}: ${words}${compared.wrong.map((line) => `\n    WRONG ${line}`).join("")}`,
      );
      if (options.only && compared.why) console.log(`    ${compared.why}`);
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
const whole = results.filter((one) => FIELDS.every((field) => typeof one[field] === "number"));
const some = results.filter((one) => FIELDS.some((field) => typeof one[field] === "number"));
const wrong = results.reduce((sum, one) => sum + one.wrong.length, 0);
console.log(
  `\n${results.length} hosts: ${whole.length} compared whole, ${some.length} in part or whole; ${wrong} facts differ.`,
);
if (options.write) {
  const kept = some.map(({ why, ...one }) => one);
  writeFileSync(
    join(root, "test/corpus/nix/results.json"),
    `${JSON.stringify({ date: new Date().toISOString().slice(0, 10), hosts: kept }, undefined, 1)}\n`,
  );
}
process.exitCode = wrong > 0 ? 1 : 0;

function node(...args) {
  return execFileSync(process.execPath, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
}

/** Every Nix text of a folder. */
function texts(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith(".git") ? [] : texts(path);
    return entry.isFile() && entry.name.endsWith(".nix") ? [readFileSync(path, "utf8")] : [];
  });
}

/** What stand-ins need to know of a repository, and a folder with the sources that stand for its inputs. */
function prepare(folder) {
  const all = texts(folder);
  const names = new Set();
  const chains = {};
  const switches = new Map();
  const modules = new Set();
  const mentions = new RegExp(`(?<![.\\w-])((?:${inputNames(folder).join("|") || "-"})(?:\\.[A-Za-z_][\\w'-]*)+)`, "g");
  const note = (path) => switches.set(path.join("."), path);
  for (const text of all) {
    for (const [name] of text.matchAll(/[A-Za-z_][\w'-]*/g)) names.add(name);
    for (const [, path] of text.matchAll(/\b(?:inputs|self\.inputs)\.([A-Za-z_][\w'-]*(?:\.[A-Za-z_][\w'-]*)*)/g))
      chain(path);
    for (const [, path] of text.matchAll(mentions)) chain(path);
    for (const [, path] of text.matchAll(/modulesPath\}?"? *\)? *\+? *"?(\/[\w./-]+)/g)) modules.add(path);
    for (const [, path] of text.matchAll(/\b(?:osConfig|config)((?:\.[A-Za-z_][\w'-]*)+)\.enable\b/g)) {
      note([...path.slice(1).split("."), "enable"]);
    }
    for (const [, alias, path] of text.matchAll(/\b([A-Za-z_]\w*) *= *config((?:\.[A-Za-z_][\w'-]*)+) *;/g)) {
      for (const [, more] of text.matchAll(new RegExp(`\\b${alias}((?:\\.[A-Za-z_][\\w'-]*)*)\\.enable\\b`, "g"))) {
        note([...path.slice(1).split("."), ...more.slice(1).split(".").filter(Boolean), "enable"]);
      }
    }
  }
  function chain(path) {
    const [input, ...rest] = path.split(".");
    chains[input] ??= [];
    if (rest.length > 0) chains[input].push(rest);
  }
  // den selects the modules of home environments itself.
  if (frameworks && existsSync(join(frameworks, "den"))) {
    for (const path of ["home-manager.nixosModules.home-manager", "hjem.nixosModules.default"]) chain(path);
  }
  const sources = mkdtempSync(join(work, "sources-"));
  const facts = join(sources, "facts.json");
  for (const set of [names]) for (const name of ["lib", "system", "stdenv", "callPackage"]) set.delete(name);
  writeFileSync(
    facts,
    JSON.stringify({ names: [...names], chains, switches: [...switches.values()], defaults: readDefaults(all) }),
  );
  for (const name of frameworks ? readdirSync(frameworks) : [])
    symlinkSync(resolve(frameworks, name), join(sources, name));
  const nixpkgs = join(sources, "nixpkgs");
  if (!existsSync(nixpkgs)) mkdirSync(nixpkgs);
  writeFileSync(
    join(nixpkgs, "default.nix"),
    `{ system ? "x86_64-linux", ... }: import ${join(root, "test/corpus/nix/packages.nix")} {
      lib = import ${resolve(lib)}; inherit system; inherit (builtins.fromJSON (builtins.readFile ${facts})) names;
    }`,
  );
  for (const path of modules) {
    const file = join(nixpkgs, "nixos/modules", path.endsWith(".nix") ? path : join(path, "default.nix"));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "{ }");
  }
  return { sources, facts };
}

/** Defaults of options of nixpkgs, as the catalogue has them from its modules, that a text may ask for. */
function readDefaults(all) {
  const { defaults } = JSON.parse(readFileSync(join(root, "server/src/catalogue/data/option-defaults.json"), "utf8"));
  const text = all.join("\n");
  return defaults
    .filter(({ option, value }) => value !== undefined && !option.includes("*"))
    .map(({ option, value }) => ({ path: option.split("."), value }))
    .filter(({ path }) => text.includes(`.${path.at(-1)}`) && text.includes(path.at(-2)));
}

/** The inputs of a flake, from `inputs` and from what `outputs` takes. */
function inputNames(folder) {
  const answer = nix(`let flake = import ${folder}/flake.nix; in
    builtins.attrNames (flake.inputs or { }) ++ builtins.attrNames (builtins.functionArgs flake.outputs)`);
  return (answer.value ?? []).filter((name) => name !== "self").map((name) => name.replaceAll(/[^\w-]/g, "."));
}

/** Evaluates what can be, each field for itself, and says how many facts agree (or that there is no answer). */
function compare(folder, host, { sources, facts }) {
  const result = { wrong: [] };
  for (const field of FIELDS) {
    const expression = `(import ${join(root, "test/corpus/nix/host.nix")} {
      lib = ${resolve(lib)}; repository = "${folder}"; host = ${JSON.stringify(host.name)};
      sources = "${sources}"; facts = ${facts};
    }).${field}`;
    const answer = nix(expression);
    if (answer.error) {
      result[field] = "-";
      result.why ??= `${field}: ${answer.error}`;
    } else if (field === "fileSystems") {
      result[field] = compareFileSystems(host, answer.value, result.wrong);
    } else {
      result[field] = comparePaths(field, host, answer.value, result.wrong);
    }
  }
  return result;
}

function nix(expression) {
  try {
    const text = execFileSync("nix-instantiate", ["--eval", "--strict", "--json", "-E", expression], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 2 ** 28,
      timeout: 60_000,
    });
    return { value: JSON.parse(text) };
  } catch (error) {
    const line = /^error: .*/m.exec(String(error.stderr))?.[0] ?? String(error.message);
    return { error: line.slice(0, 200) };
  }
}

function normal(path) {
  return `/${path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/")}`;
}

function comparePaths(field, host, given, wrong) {
  const theirs = new Set(given.map(normal));
  const ours = new Set(host[field]);
  const perhaps = new Set(host.doubtful);
  for (const path of ours) if (!theirs.has(path)) wrong.push(`${field}: ${path} is said to be persisted, and is not`);
  for (const path of theirs) {
    if (!ours.has(path) && !perhaps.has(path) && !host.open) wrong.push(`${field}: ${path} is persisted and not known`);
  }
  return [...ours].filter((path) => theirs.has(path)).length;
}

function compareFileSystems(host, theirs, wrong) {
  let same = 0;
  for (const [mountpoint, facts] of Object.entries(host.fileSystems)) {
    const entry = Object.entries(theirs).find(([name]) => normal(name) === mountpoint)?.[1];
    if (!entry) {
      wrong.push(`fileSystems: ${mountpoint} is said to be mounted, and is not`);
      continue;
    }
    for (const [field, value] of Object.entries(facts)) {
      if (entry[field] === null || entry[field] === value) same++;
      else wrong.push(`fileSystems: ${field} of ${mountpoint} is ${entry[field]}, not ${value}`);
    }
  }
  return same;
}
