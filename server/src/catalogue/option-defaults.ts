import data from "./data/option-defaults.json" with { type: "json" };
import type { OptionDefault } from "./entry.ts";

/** Defaults of options that say where state is, and of a few that decide whether it is kept, by option path. */
export const optionDefaults: ReadonlyMap<string, OptionDefault> = new Map(
  (data.defaults as readonly OptionDefault[]).map((entry) => [entry.option, entry]),
);

/** The default of an option when it is a plain text or truth value; undefined when it is computed, a set, or not known. */
export function optionDefault(option: string): string | boolean | undefined {
  const entry = optionDefaults.get(option);
  if (entry === undefined || "computed" in entry) return undefined;
  return typeof entry.value === "string" || typeof entry.value === "boolean" ? entry.value : undefined;
}
