import data from "./data/option-defaults.json" with { type: "json" };
import type { OptionDefault } from "./entry.ts";

/** Defaults of options that say where state is, and of a few that decide whether it is kept, by option path. */
export const optionDefaults: ReadonlyMap<string, OptionDefault> = new Map(
  (data.defaults as readonly OptionDefault[]).map((entry) => [entry.option, entry]),
);

/** Defaults below attribute sets, by how many names their path has. */
const patterns = [...optionDefaults.values()]
  .filter(({ option }) => option.includes("*"))
  .map((entry) => ({ names: entry.option.split("."), entry }));

/** Most options are in no group that has one of these. */
const TOPS_OF_PATTERNS: ReadonlySet<string | undefined> = new Set(patterns.map(({ names }) => names[0]));

/** What is known of an option's default; for options of instances, e.g. `services.x.instances.a.dataDir`, with the name filled in. */
export function defaultOf(path: readonly string[], text: string = path.join(".")): OptionDefault | undefined {
  const exact = optionDefaults.get(text);
  if (exact !== undefined) return exact;
  if (!TOPS_OF_PATTERNS.has(path[0] as string)) return undefined;
  const found = patterns.find(
    ({ names }) => names.length === path.length && names.every((name, at) => name === "*" || name === path[at]),
  );
  if (found === undefined) return undefined;
  const instance = path[found.names.indexOf("*")] as string;
  const { entry } = found;
  return "value" in entry && typeof entry.value === "string"
    ? { ...entry, option: text, value: entry.value.replace("*", instance) }
    : entry;
}

/** The default of an option when it is a plain text or truth value; undefined when it is computed, a set, or not known. */
export function optionDefault(option: string): string | boolean | undefined {
  const entry = defaultOf(option.split("."));
  if (entry === undefined || !("value" in entry)) return undefined;
  return typeof entry.value === "string" || typeof entry.value === "boolean" ? entry.value : undefined;
}
