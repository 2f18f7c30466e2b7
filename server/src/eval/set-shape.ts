import { NixAttrs, PerhapsAttrs, Unknown } from "./value.ts";

/** Why there may be names that a set does not even list as possible. */
export function restOf(set: NixAttrs): Unknown | undefined {
  return set instanceof PerhapsAttrs ? set.rest : set.open;
}

/** Why a name that a set has no cell for may be there all the same; undefined when it is certainly absent. */
export function whyPerhaps(set: NixAttrs, name: string): Unknown | undefined {
  if (!set.open) return undefined;
  const has = set.has(name);
  return has instanceof Unknown ? has : has ? set.open : undefined;
}

/** Whether all that a set can tell lies in its maps, and nothing is computed when it is asked for. */
export function isPlain(set: NixAttrs): boolean {
  return set.constructor === NixAttrs || set.constructor === PerhapsAttrs;
}
