import { posix } from "node:path";

/**
 * What a module was found to do, as the directories that it makes.
 *
 * @param {object} found a result of inspect.nix or read-source.ts
 * @param {object} base the same of a host without the service
 * @returns {{ path: string, kind: string, dynamicUser: boolean, user?: string, group?: string, mode?: string, from: string }[]}
 */
export function directoriesOf(found, base) {
  const byPath = new Map();
  for (const directory of [...fromUnits(found, base), ...fromTmpfiles(found, base), ...fromHomes(found, base)]) {
    if (!byPath.has(directory.path)) byPath.set(directory.path, directory);
  }
  return [...byPath.values()];
}

const UNIT_DIRECTORIES = [
  ["StateDirectory", "/var/lib", "state"],
  ["CacheDirectory", "/var/cache", "cache"],
  ["LogsDirectory", "/var/log", "log"],
];

function fromUnits(found, base) {
  return Object.entries(found.units ?? {}).flatMap(([unit, config]) =>
    UNIT_DIRECTORIES.flatMap(([option, top, kind]) => {
      const before = new Set(namesIn(base.units?.[unit]?.[option]));
      return namesIn(config[option])
        .filter((name) => !before.has(name))
        .map((name) => ({
          path: posix.join(top, config.DynamicUser === true ? "private" : "", name),
          kind,
          dynamicUser: config.DynamicUser === true,
          user: config.DynamicUser === true ? undefined : (config.User ?? "root"),
          group: config.DynamicUser === true ? undefined : (config.Group ?? undefined),
          mode: octal(config[`${option}Mode`]),
          from: `${option} of ${unit}.service`,
        }));
    }),
  );
}

/** Names in `StateDirectory`: a list, or one text with spaces; `name:link` has a second name. */
function namesIn(value) {
  return [value ?? []]
    .flat()
    .flatMap((text) => String(text).split(/\s+/))
    .map((name) => name.split(":")[0])
    .filter((name) => name !== "" && !name.includes("%"));
}

function fromTmpfiles(found, base) {
  const before = new Set(base.tmpfiles ?? []);
  const known = new Set((base.settings ?? []).map(({ path }) => path));
  const rules = (found.tmpfiles ?? [])
    .filter((rule) => !before.has(rule))
    .map((rule) => {
      const [type = "", path = "", mode, user, group] = words(rule);
      return { type, path, mode, user, group };
    });
  const settings = (found.settings ?? []).filter(({ path }) => !known.has(path));
  return [...rules, ...settings]
    .filter(({ type, path }) => /^[dDvqQ]/.test(type) && holdsState(path))
    .map(({ path, mode, user, group }) => ({
      path: posix.normalize(path).replace(/(.)\/$/, "$1"),
      kind: kindOf(path),
      dynamicUser: false,
      user: given(user),
      group: given(group),
      mode: octal(given(mode)),
      from: "tmpfiles",
    }));
}

/** The fields of a tmpfiles rule, which may be quoted. */
function words(rule) {
  return [...rule.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare);
}

function given(field) {
  return field === "-" || field === "" || field === null ? undefined : field;
}

function fromHomes(found, base) {
  return Object.entries(found.homes ?? {})
    .filter(([name, { home, createHome }]) => {
      return createHome === true && home !== base.homes?.[name]?.home && holdsState(home ?? "");
    })
    .map(([name, { home, group }]) => ({
      path: posix.normalize(home).replace(/(.)\/$/, "$1"),
      kind: "state",
      dynamicUser: false,
      user: name,
      group: group ?? undefined,
      mode: undefined,
      from: `home of ${name}`,
    }));
}

function holdsState(path) {
  return /^\/(var|etc|srv|home|root)\/./.test(path) && !/^\/var\/(run|tmp|empty)(\/|$)/.test(path);
}

function kindOf(path) {
  if (path.startsWith("/var/cache/")) return "cache";
  return path.startsWith("/var/log/") ? "log" : "state";
}

function octal(mode) {
  const digits = /[0-7]{3,4}$/.exec(String(mode ?? ""))?.[0];
  return digits?.padStart(4, "0");
}

/**
 * What was found as an entry of curated/services.json, for somebody to read against the module. What no evaluation sees
 * (what a path holds, which option moves it, when it is used) is taken from the entry that is there.
 */
export function proposalOf(entry, directories, file) {
  const outermost = directories.filter(
    ({ path }) => !directories.some((other) => other.path !== path && isAtOrBelow(path, other.path)),
  );
  const states = outermost.map(({ path, kind, dynamicUser, user, group, mode }) => {
    const before = (entry.states ?? []).find((state) => state.path === path);
    const link = dynamicUser ? path.replace("/private/", "/") : undefined;
    const fields = { path, link, kind, user, group, mode, dynamicUser: dynamicUser || undefined };
    return Object.fromEntries(Object.entries({ ...before, ...fields }).filter(([, value]) => value !== undefined));
  });
  return { enable: entry.enable, states, evidence: file };
}

/**
 * How the catalogue's entry and what was found differ.
 *
 * @param {object} entry an entry of data/services.json, with the names of an instance filled in
 * @param {ReturnType<typeof directoriesOf>} directories
 * @param {{ isWhole: boolean, source?: string, defaults: Map<string, unknown>, optionDefaults: Map<string, unknown>,
 *   file?: string }} context `isWhole`: everything that the module declares was seen, so that what is missing is gone,
 *   unless its `source` or an option's default names it: scripts make directories too
 * @returns {{ what: "added" | "removed" | "moved" | "changed", text: string }[]}
 */
export function differences(entry, directories, context) {
  const states = entry.states ?? [];
  const covers = (state, path) => [state.path, state.link].some((own) => own !== undefined && isAtOrBelow(path, own));
  const added = directories.filter(({ path }) => !states.some((state) => covers(state, path)));
  const removed = context.isWhole
    ? states.filter(
        (state) =>
          isOwnDirectory(entry, state) &&
          !isNamed(state, context) &&
          !directories.some(({ path }) => touches(state, path)),
      )
    : [];
  const result = [];
  for (const directory of added) {
    const old = removed.find((state) => state.kind === directory.kind);
    if (old) removed.splice(removed.indexOf(old), 1);
    const by = `(${directory.from})`;
    result.push(
      old
        ? { what: "moved", text: `${old.path} -> ${directory.path} ${by}` }
        : { what: "added", text: `${directory.path} ${by}` },
    );
  }
  for (const state of removed) result.push({ what: "removed", text: state.path });
  for (const directory of directories) {
    const state = states.find(({ path }) => path === directory.path);
    if (state) result.push(...changesOf(state, directory));
  }
  for (const [option, value] of context.defaults) {
    const known = context.optionDefaults.get(option);
    if (known !== undefined && value !== null && !sameDefault(known, value)) {
      result.push({
        what: "changed",
        text: `default of ${option}: ${JSON.stringify(known)} -> ${JSON.stringify(value)}`,
      });
    }
  }
  if (context.file !== undefined && entry.evidence !== undefined && context.file !== entry.evidence) {
    result.push({ what: "changed", text: `declared in ${entry.evidence} -> ${context.file}` });
  }
  return result;
}

/** Directories that the program makes itself, or its packaged unit, are seen by no evaluation of the module. */
function isOwnDirectory(entry, state) {
  return (
    state.condition === undefined &&
    state.type !== "file" &&
    !/unit file/.test(`${entry.note ?? ""}${state.note ?? ""}`)
  );
}

function isNamed(state, { source = "", defaults }) {
  const isInDefault = [...defaults.values()].flat().some((value) => typeof value === "string" && touches(state, value));
  return isInDefault || [state.path, state.link].some((path) => path !== undefined && source.includes(path));
}

function touches(state, path) {
  return [state.path, state.link].some(
    (own) => own !== undefined && (isAtOrBelow(path, own) || isAtOrBelow(own, path)),
  );
}

function isAtOrBelow(path, top) {
  return path === top || path.startsWith(`${top}/`);
}

function changesOf(state, directory) {
  const changes = [];
  const report = (name, before, after) => {
    if (before !== undefined && after !== undefined && before !== after) changes.push(`${name} ${before} -> ${after}`);
  };
  report("mode", state.mode, directory.mode);
  if (!directory.dynamicUser) report("user", state.user, directory.user);
  report("group", state.group, directory.group);
  return changes.map((text) => ({ what: "changed", text: `${state.path}: ${text}` }));
}

function sameDefault(known, value) {
  const plain = (item) => (typeof item === "string" ? item.replace(/(.)\/$/, "$1") : item);
  return JSON.stringify([known].flat().map(plain)) === JSON.stringify([value].flat().map(plain));
}
