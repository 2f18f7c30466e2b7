import { look } from "../eval/value.ts";
import type { LoadedModule } from "./load-modules.ts";
import type { OptionType } from "./option-type.ts";
import { optionTypeOf } from "./type-value.ts";

/**
 * The type that every undeclared name of a freeform set has, where that decides how several definitions are joined;
 * undefined where they are joined by their shape. `raw` is such a case: it refuses a second definition, but modules that
 * cannot be seen may declare the name.
 */
export function freeformElement(modules: readonly LoadedModule[]): OptionType | undefined {
  const [only, ...others] = modules.flatMap(({ freeform }) => (freeform ? [freeform] : []));
  if (!only || others.length > 0) return undefined;
  const type = optionTypeOf(look(only));
  if (type?.name !== "attrsOf" && type?.name !== "lazyAttrsOf") return undefined;
  return type.inner && !BY_SHAPE.has(type.inner.name) ? type.inner : undefined;
}

const BY_SHAPE = new Set(["raw", "anything", "unspecified", "attrs"]);
