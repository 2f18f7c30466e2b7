import type { OptionNode } from "../modules/option-node.ts";

/**
 * Works something out of an option and what is below it, once for each node: as long as a host is edited, the nodes
 * that an edit does not reach stay, and the others are replaced. `compute` must ask for nothing above its node.
 */
export function perNode<T>(compute: (node: OptionNode) => T): (node: OptionNode) => T {
  const known = new WeakMap<OptionNode, { readonly value: T }>();
  return (node) => {
    let found = known.get(node);
    if (!found) {
      found = { value: compute(node) };
      known.set(node, found);
    }
    return found.value;
  };
}
