import { MergeNode } from "../modules/merge-node.ts";
import { noted } from "../modules/noted-reads.ts";
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
    // Who takes what others worked out depends on the option as well.
    if (found) note(of);
    else {
      found = { value: compute(of) };
      known.set(of, found);
    }
    return found.value;
  };
}

/** What was made of one option comes from a fact, which whoever asks for it depends on anyway. */
function note(of: object): void {
  if (of instanceof MergeNode) of.note();
  else {
    const { path } = of as Partial<OptionNode>;
    if (noted.reads && Array.isArray(path)) noted.reads.addWhole(path);
  }
}
