import { type Cell, Unknown } from "../eval/value.ts";
import type { MergeNode } from "./merge-node.ts";

/**
 * A part of the configuration that nobody sets and whose default is not known. It may be a group: then what
 * is asked of it may still have a default, as `config.services.x.enable` has when nobody mentions x.
 */
export class UnsetOption extends Unknown {
  private readonly node: MergeNode;
  /** `input`: the input whose modules declare it, as far as its name tells. */
  constructor(node: MergeNode, input: string | undefined) {
    const whose =
      input === undefined
        ? "is not known here"
        : `comes from a flake input, \`${input}\`, which is not in the workspace`;
    super(`nothing in the workspace sets \`${node.path.join(".")}\`, and its default ${whose}`);
    this.node = node;
  }
  /** As the reason why something else is unknown, such as a set that is indexed by it, it is no group of options. */
  override get reason(): Unknown {
    return new Unknown(this.why, this.place);
  }
  override member(name: string): Cell | undefined {
    return (this.node.child(name) as Partial<MergeNode>).cell;
  }
}

/** The service whose option is the reason, as "akkoma" of `services.akkoma.config.…`; undefined for all other reasons. */
export function serviceOfUnset(why: string): string | undefined {
  return /^nothing in the workspace sets `services\.([\w-]+)\./.exec(why)?.[1];
}
