import baseData from "./data/base-state.json" with { type: "json" };
import servicesData from "./data/services.json" with { type: "json" };
import statelessData from "./data/stateless.json" with { type: "json" };
import type { BaseState, CatalogueSource, ServiceEntry, StateCondition, StatePath } from "./entry.ts";

export type * from "./entry.ts";
export { defaultOf, optionDefault, optionDefaults } from "./option-defaults.ts";

// The shapes are proven by catalogue.test.ts, so that nothing has to be checked when the server starts.

/** Every service of the catalogue, sorted by its enable option. */
export const services: readonly ServiceEntry[] = servicesData.services as readonly ServiceEntry[];

/** What NixOS itself keeps on disk, sorted by path. */
export const baseState: readonly BaseState[] = baseData.paths as readonly BaseState[];

/** Enable options known to keep nothing on disk. What is in neither list is unknown, not stateless. */
export const knownStateless: ReadonlySet<string> = new Set(statelessData.services);

/** The revisions the entries were taken from, by the key that `ServiceEntry.revision` names. */
export const catalogueSources: Readonly<Record<string, CatalogueSource>> = servicesData.sources;

const byEnable = new Map(services.map((entry) => [entry.enable, entry]));

/** The entry of an enable option as the catalogue writes it (`*` for names), or undefined. */
export function serviceByEnable(enable: string): ServiceEntry | undefined {
  return byEnable.get(enable);
}

/** The entry of a service, following renames to the name of today. */
export function currentService(entry: ServiceEntry): ServiceEntry {
  const next = entry.renamedTo === undefined ? undefined : byEnable.get(entry.renamedTo);
  return next === undefined ? entry : currentService(next);
}

/** The state path of one instance: its name in the place of `*`. */
export function stateOfInstance(state: StatePath, name: string): StatePath {
  // redis is the one module that leaves the name out, with its dash, when it is empty.
  const fill = (text: string): string => (name === "" ? text.replace(/-?\*/, "") : text.replace("*", name));
  return {
    ...state,
    path: fill(state.path),
    ...(state.link === undefined ? {} : { link: fill(state.link) }),
    ...(state.user === undefined ? {} : { user: fill(state.user) }),
    ...(state.group === undefined ? {} : { group: fill(state.group) }),
    ...(state.condition === undefined ? {} : { condition: conditionOfInstance(state.condition, name) }),
  };
}

/** A release that no host is older than. */
const NEVER = "0.0";

/** The condition of one instance: its name in the place of `*`. */
export function conditionOfInstance(condition: StateCondition, name: string): StateCondition {
  const { unlessInstance, ...rest } = condition;
  const { option, also, or } = rest;
  return {
    ...rest,
    // It can never hold for this name: no host is older than this.
    ...(unlessInstance === name ? { releaseBefore: NEVER } : {}),
    ...(option === undefined ? {} : { option: option.replace("*", name) }),
    ...(also === undefined ? {} : { also: conditionOfInstance(also, name) }),
    ...(or === undefined ? {} : { or: conditionOfInstance(or, name) }),
  };
}

/** Services to which a path belongs: it is their state path, or lies below it. `*` fits any one name. */
export function servicesKeeping(path: string): readonly ServiceEntry[] {
  const directory = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  // Whoever asks for many paths asks for all of a directory in a row.
  if (above?.directory !== directory)
    above = { directory, keeping: directory === "" ? [] : servicesKeeping(directory) };
  const { keeping } = above;
  const own = servicesAt(path);
  return own.length === 0 ? keeping : services.filter((entry) => own.includes(entry) || keeping.includes(entry));
}

let above: { readonly directory: string; readonly keeping: readonly ServiceEntry[] } | undefined;

/** Services with a path as a state of theirs. */
function servicesAt(path: string): readonly ServiceEntry[] {
  owners ??= indexOwners();
  const found = owners.plain.get(path) ?? [];
  const parts = path.split("/");
  const fitting = owners.patterns
    .get(parts.length)
    ?.filter(({ pattern }) => pattern.every((part, index) => fits(part, parts[index]!)));
  return fitting === undefined || fitting.length === 0 ? found : [...found, ...fitting.map(({ entry }) => entry)];
}

/** Whose state lies at a path, for paths without `*` and for patterns by the number of their parts. Made when first asked for. */
let owners:
  | {
      readonly plain: Map<string, ServiceEntry[]>;
      readonly patterns: Map<number, { readonly pattern: readonly string[]; readonly entry: ServiceEntry }[]>;
    }
  | undefined;

function indexOwners(): NonNullable<typeof owners> {
  const plain = new Map<string, ServiceEntry[]>();
  const patterns: NonNullable<typeof owners>["patterns"] = new Map();
  for (const entry of services) {
    for (const path of entry.states.flatMap((state) => [
      state.path,
      ...(state.link === undefined ? [] : [state.link]),
    ])) {
      const pattern = path.split("/");
      if (path.includes("*"))
        patterns.set(pattern.length, [...(patterns.get(pattern.length) ?? []), { pattern, entry }]);
      else plain.set(path, [...(plain.get(path) ?? []), entry]);
    }
  }
  return { plain, patterns };
}

function fits(pattern: string, name: string): boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === name;
  return (
    name.length >= pattern.length && name.startsWith(pattern.slice(0, star)) && name.endsWith(pattern.slice(star + 1))
  );
}
