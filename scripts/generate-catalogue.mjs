// Writes server/src/catalogue/data/*.json, the table of what each NixOS service keeps on disk.
//
//   node scripts/generate-catalogue.mjs                     apply the curated corrections to the committed data
//   node scripts/generate-catalogue.mjs --state FILE --base FILE --none FILE
//                                                           start over from raw results of evaluating nixpkgs
//   … --check                                               write nothing; fail when a data file would change
//
// Raw inputs: --state is a list of `{ enable, paths: [{ path, kind, user, group, mode, dynamicUser, database,
// fromOption, optionDefault, note, confirmedBy }], implies, evidence, verified, confidence, note }`; --base a list of
// `{ path, type, kind, when, lostWhenNotPersisted, declarativeAlternative, severity, realConfigs }`; --none a list of
// enable options known to keep nothing. What people read in today's modules is in curated/, and always wins.
import { readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./lib/root.mjs";

const { values: options } = parseArgs({
  options: {
    state: { type: "string" },
    base: { type: "string" },
    none: { type: "string" },
    check: { type: "boolean", default: false },
  },
});
const SERVICE_FIELDS = [
  ...["id", "enable", "trigger", "rank", "states", "implies", "confidence", "evidence", "revision"],
  ...["note", "renamedTo", "dropped"],
];
const STATE_FIELDS = [
  ...["path", "link", "kind", "type", "user", "group", "mode", "dynamicUser", "database", "image", "containers"],
  ...[
    "fromOption",
    "optionBase",
    "condition",
    "perhapsCache",
    "irreplaceable",
    "little",
    "littleWhen",
    "note",
    "realConfigs",
  ],
];
const BASE_FIELDS = [
  ...["path", "type", "kind", "severity", "condition", "when", "lost", "instead", "mode", "realConfigs"],
];
const folder = join(root, "server/src/catalogue");
const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const committed = (name) => read(join(folder, "data", name));
const curated = (name) => read(join(folder, "curated", name));

const corrections = curated("services.json");
const fromRaw = options.state ? readState(read(options.state)) : undefined;
const services = correctServices(fromRaw?.services ?? committed("services.json").services);
const defaults = correctDefaults(fromRaw?.defaults ?? committed("option-defaults.json").defaults);
const base = correctBase(options.base ? readBase(read(options.base)) : committed("base-state.json").paths);
const stateless = correctStateless(options.none ? read(options.none) : committed("stateless.json").services);

const stale = [
  save("services.json", { sources: corrections.sources }, "services", services),
  save("option-defaults.json", {}, "defaults", defaults),
  save("base-state.json", {}, "paths", base),
  save("stateless.json", {}, "services", stateless),
].filter((name) => name !== undefined);
if (options.check && stale.length > 0) {
  console.error(`Not fresh: ${stale.join(", ")}. Run: node scripts/generate-catalogue.mjs`);
  process.exitCode = 1;
} else {
  const states = services.reduce((sum, entry) => sum + entry.states.length, 0);
  console.log(
    `${services.length} services, ${states} state paths, ${base.length} base paths, ${stateless.length} stateless`,
  );
}

/** Raw evaluation results as entries of ours, and the option defaults found on the way. */
function readState(raw) {
  const defaults = [];
  const services = raw.map((item) => {
    const states = item.paths.map((path) => {
      if (path.fromOption) defaults.push(optionDefault(path.fromOption, path.optionDefault, item));
      return readPath(path);
    });
    return tidy({
      id: idOf(item.enable),
      enable: item.enable,
      states,
      implies: (item.implies ?? []).map(readImplied),
      confidence: item.confidence === "implied" ? "evaluated" : item.confidence,
      evidence: moduleFile(item.evidence),
      revision: revisionOf(item),
      note: item.note,
      renamedTo: item.renamedTo,
    });
  });
  return { services, defaults };
}

function readPath(path) {
  const normal = posix.normalize(path.path).replace(/(.)\/$/, "$1");
  const link = path.dynamicUser ? normal : undefined;
  const option = path.fromOption && isPathOption(path) ? path.fromOption : undefined;
  return tidy({
    path: link ? link.replace(/^\/var\/(lib|cache|log)\/(?!private\/)/, "/var/$1/private/") : normal,
    link,
    kind: path.kind,
    user: path.user,
    group: path.group,
    mode: path.mode?.padStart(4, "0"),
    dynamicUser: path.dynamicUser,
    database: path.database ? "rewrite-in-place" : undefined,
    fromOption: option,
    note: path.note,
    realConfigs: seenIn(path.confirmedBy),
  });
}

/** Raw results and corrections name an implied service by its enable option alone when it always comes along. */
function readImplied(implied) {
  return typeof implied === "string"
    ? { enable: implied }
    : pick(implied, ["enable", "instance", "each", "user", "condition"]);
}

/** An option that holds a URL, a mailbox specification or a bare name does not say where the state is. */
function isPathOption(path) {
  const values = [path.optionDefault ?? path.path].flat();
  return values.every((value) => typeof value === "string" && value.startsWith("/"));
}

function optionDefault(option, value, item) {
  const literal = value !== undefined && !JSON.stringify(value).includes("${");
  const confidence = item.confidence === "implied" ? "evaluated" : item.confidence;
  if (literal) return { option, value, confidence };
  const computed = value === undefined ? "the default was not recorded" : "the default depends on other options";
  return { option, computed, confidence };
}

function readBase(raw) {
  return raw
    .filter((item) => item.path.split(", ").every((path) => path.startsWith("/")))
    .flatMap((item) =>
      item.path.split(", ").map((path) =>
        tidy({
          path: posix.normalize(path),
          type: item.type === "dir" ? "directory" : "file",
          kind: item.kind,
          severity: { warn: "warning", info: "information" }[item.severity] ?? item.severity,
          when: item.when,
          lost: item.lostWhenNotPersisted,
          instead: item.declarativeAlternative,
          realConfigs: item.realConfigs,
        }),
      ),
    );
}

/** Corrected fields replace those of the entry; `null` removes one; a new name makes a new entry. */
function correctServices(entries) {
  const byName = new Map(entries.map((entry) => [entry.enable, { ...entry, rank: undefined }]));
  for (const correction of corrections.services) {
    const before = byName.get(correction.enable) ?? { id: idOf(correction.enable), states: [], implies: [] };
    const seen = new Map(before.states.map((state) => [state.link ?? state.path, state.realConfigs]));
    const states = correction.states?.map((state) =>
      tidy({ ...state, realConfigs: state.realConfigs ?? seen.get(state.link ?? state.path) }),
    );
    const implies = (correction.implies ?? before.implies).map(readImplied);
    byName.set(correction.enable, tidy({ ...before, ...correction, states: states ?? before.states, implies }));
  }
  corrections.ranking.forEach((enable, index) => {
    const entry = byName.get(enable);
    if (!entry) throw new Error(`${enable} is ranked but not in the catalogue`);
    entry.rank = index + 1;
  });
  return [...byName.values()].map(inOrder).sort(by("enable"));
}

function correctDefaults(entries) {
  const byName = new Map(entries.map((entry) => [entry.option, entry]));
  for (const entry of services) {
    if (entry.confidence === "read") for (const known of placeDefaults(entry)) byName.set(known.option, known);
  }
  for (const correction of curated("option-defaults.json").defaults) byName.set(correction.option, correction);
  return [...byName.values()].sort(by("option"));
}

/** The place of state whose module was read is the default of the option that moves it. */
function placeDefaults(entry) {
  const options = [...new Set(entry.states.flatMap((state) => state.fromOption ?? []))];
  return options.map((option) => {
    const states = entry.states.filter((state) => state.fromOption === option);
    const outer = entry.states.find(
      ({ path, fromOption }) => fromOption !== undefined && states[0].path.startsWith(`${path}/`),
    );
    if (outer && outer.optionBase === undefined) {
      const place = states[0].path.slice(outer.path.length + 1);
      return { option, below: outer.fromOption, place, confidence: "read" };
    }
    const versions = states.map((state) => ({ from: state.condition?.stateVersionFrom, value: placeOf(state) }));
    if (states.length === 1) return { option, value: versions[0].value, confidence: "read" };
    if (states.some(({ condition }) => Object.keys(condition ?? {}).some((key) => !key.startsWith("stateVersion")))) {
      return { option, computed: "the default depends on other options", confidence: "read" };
    }
    versions.sort((a, b) => ((a.from ?? "") < (b.from ?? "") ? -1 : 1));
    return { option, versions: versions.map(tidy), confidence: "read" };
  });
}

/** What an option holds for a path to come out: modules name the link of dynamic users, or a directory below a base. */
function placeOf({ path, link = path, optionBase }) {
  return optionBase === undefined ? link : posix.relative(optionBase, link);
}

function correctBase(entries) {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  for (const correction of curated("base-state.json").paths) {
    byPath.set(correction.path, tidy({ ...byPath.get(correction.path), ...correction }));
  }
  return [...byPath.values()].map((entry) => pick(entry, BASE_FIELDS)).sort(by("path"));
}

function correctStateless(names) {
  const withState = new Set(services.filter((entry) => entry.states.length > 0).map((entry) => entry.enable));
  const without = services.filter((entry) => entry.states.length === 0 && entry.implies.length === 0);
  return [...new Set([...names, ...without.map((entry) => entry.enable)])]
    .filter((name) => !withState.has(name))
    .sort();
}

/** Writes a file with one entry a line, so that a change of one service is a change of one line. */
function save(name, head, key, entries) {
  const lines = Object.entries(head).map(([field, value]) => `  ${JSON.stringify(field)}: ${JSON.stringify(value)},\n`);
  const rows = entries.map((entry) => `    ${JSON.stringify(entry)}`).join(",\n");
  const text = `{\n${lines.join("")}  ${JSON.stringify(key)}: [\n${rows}\n  ]\n}\n`;
  const file = join(folder, "data", name);
  const before = options.check || !options.state ? readFileSync(file, "utf8") : undefined;
  if (before === text) return undefined;
  if (!options.check) writeFileSync(file, text);
  return name;
}

function idOf(enable) {
  return enable.replace(/\.enable$/, "");
}

/** Modules that are a directory are its default.nix. */
function moduleFile(path) {
  return path && (path.endsWith(".nix") ? path : `${path}/default.nix`);
}

function revisionOf(item) {
  if (item.verified?.startsWith("nixos-bsd")) return "nixbsd-2026";
  if (item.verified) return "nixpkgs-2026";
  return item.source?.startsWith("nixpkgs 20.09") ? "nixpkgs-2020" : undefined;
}

function seenIn(confirmedBy = []) {
  const counts = confirmedBy.map((text) => Number(/^persisted-by-(\d+)/.exec(text)?.[1] ?? 0));
  return Math.max(0, ...counts) || undefined;
}

function by(field) {
  return (a, b) => (a[field] < b[field] ? -1 : a[field] > b[field] ? 1 : 0);
}

function tidy(entry) {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined && value !== null));
}

function pick(entry, fields) {
  return Object.fromEntries(fields.filter((field) => entry[field] !== undefined).map((field) => [field, entry[field]]));
}

function inOrder(entry) {
  const states = entry.states.map((state) => pick(state, STATE_FIELDS));
  return pick({ ...entry, states, implies: entry.implies.map(readImplied) }, SERVICE_FIELDS);
}
