import { NixAttrs, PerhapsAttrs, type Unknown } from "./value.ts";

/** Why there may be names that a set does not even list as possible. */
export function restOf(set: NixAttrs): Unknown | undefined {
  return set instanceof PerhapsAttrs ? set.rest : set.open;
}

/** Whether all that a set can tell lies in its maps, and nothing is computed when it is asked for. */
export function isPlain(set: NixAttrs): boolean {
  return set.constructor === NixAttrs || set.constructor === PerhapsAttrs;
}
