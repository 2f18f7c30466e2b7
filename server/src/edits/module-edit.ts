import type { AttrsExpr, Program } from "../syntax/expr.ts";
import { findBinding, setAttribute, staticName } from "./attrs-edit.ts";
import { bodyOf, setLiterals } from "./literals.ts";
import type { TextEdit } from "./text-edit.ts";

/** The set literals of a module file that hold configuration, and the path to write in front of an option. */
export interface ModuleConfig {
  readonly sets: readonly AttrsExpr[];
  /** `["config"]` for a module that has options of its own, else empty. */
  readonly prefix: readonly string[];
}

/**
 * Finds where a module file holds its configuration: `{ … }`, `{ config, … }: { … }`, `let … in { … }`,
 * and `config = mkIf c { … }` or `config = mkMerge [ { … } … ]` in modules with options. Sets that no
 * condition guards come first. Undefined for files that are no module, or one that computes its configuration.
 */
export function moduleConfig(program: Program): ModuleConfig | undefined {
  const body = bodyOf(program.root);
  if (body.kind !== "attrs") return undefined;
  const config = findBinding(body, ["config"]);
  if (config) {
    const reached = setLiterals(config.value);
    const sets = [...reached.filter((set) => !set.conditional), ...reached.filter((set) => set.conditional)];
    return sets.length > 0 ? { sets: sets.map((set) => set.literal), prefix: [] } : undefined;
  }
  const tops = body.bindings.flatMap((binding) =>
    (binding.kind === "bind" ? binding.path.slice(0, 1) : binding.names).map(staticName),
  );
  const structured = tops.includes("options") || tops.includes("config");
  return { sets: [body], prefix: structured ? ["config"] : [] };
}

/**
 * Sets an option in a module file, beside its siblings. Undefined when the file has no set literal that
 * can take it with certainty; no edits when it is already so.
 */
export function setOptionInModule(
  program: Program,
  path: readonly string[],
  value: string,
  replace = true,
): TextEdit[] | undefined {
  const config = moduleConfig(program);
  if (!config) return undefined;
  const full = [...config.prefix, ...path];
  const attempts = config.sets.map((set) => ({ set, edits: setAttribute(program, set, full, value, replace) }));
  // A set that already names the option's parent is the author's place for it.
  const home = attempts.find(({ set, edits }) => edits && sharesFirstName(set, full));
  return (home ?? attempts.find(({ edits }) => edits))?.edits;
}

function sharesFirstName(set: AttrsExpr, path: readonly string[]): boolean {
  return set.bindings.some((binding) => {
    const first = binding.kind === "bind" ? binding.path[0] : undefined;
    return first !== undefined && staticName(first) === path[0];
  });
}
