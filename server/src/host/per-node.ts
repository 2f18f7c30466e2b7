import type { OptionNode } from "../modules/option-node.ts";

/**
 * Works something out of an option and what is below it, or of what was made of one option, once for each: as long as a
 * host is edited, the nodes that an edit does not reach stay, and the others are replaced. `compute` must ask for nothing
 * above its node.
 */
export function perNode<T, Of extends object = OptionNode>(compute: (of: Of) => T): (of: Of) => T {
  const known = new WeakMap<Of, { readonly value: T }>();
  return (of) => {
    let found = known.get(of);
    if (!found) {
      found = { value: compute(of) };
      known.set(of, found);
    }
    return found.value;
  };
}
