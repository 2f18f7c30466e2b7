import { NixError } from "./nix-error.ts";
import { placeOf, type Site } from "./origin.ts";
import { ancestor, type Env } from "./scope.ts";
import { type Cell, NixAttrs, register, typeName, Unknown, type Value } from "./value.ts";

/** The value of a name that only the sets of `with` around it may give, innermost first. */
export function lookUpWith(env: Env, depths: readonly number[], name: string, site: Site): Value {
  let doubt: Unknown | undefined;
  let guess: Cell | undefined;
  for (const depth of depths) {
    const set = (ancestor(env, depth).cells[0] as Cell).force();
    if (set instanceof Unknown) {
      doubt ??= set.reason;
      if (!set.soft) break;
      continue;
    }
    if (!(set instanceof NixAttrs)) {
      throw new NixError("type", `value is ${typeName(set)} while a set was expected`, placeOf(site));
    }
    const has = set.has(name);
    if (has === true) return (set.get(name) as Cell).force();
    if (has instanceof Unknown) {
      doubt ??= has;
      guess ??= set.get(name);
      // A name that an outside package set may or may not have is taken from the set around it, which has it.
      if (!has.soft) break;
    }
  }
  if (guess) return guess.force();
  register.origin = site;
  if (doubt) return doubt;
  throw new NixError("missing", `undefined variable '${name}'`, placeOf(site));
}
