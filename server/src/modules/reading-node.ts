import type { Unknown, Value } from "../eval/value.ts";
import type { ChildName, Definition, OptionNode } from "./option-node.ts";
import type { PathSet } from "./path-set.ts";

/** A node that notes what is asked of it and of the nodes below. */
export class ReadingNode implements OptionNode {
  private readonly node: OptionNode;
  private readonly reads: PathSet;

  constructor(node: OptionNode, reads: PathSet) {
    this.node = node;
    this.reads = reads;
  }

  get path(): readonly string[] {
    return this.node.path;
  }

  definitions(): readonly Definition[] {
    return this.noted().definitions();
  }

  allDefinitions(): readonly Definition[] {
    return this.noted().allDefinitions();
  }

  value(): Value {
    return this.noted().value();
  }

  names(): readonly ChildName[] {
    return this.noted().names();
  }

  open(): Unknown | undefined {
    return this.noted().open();
  }

  isDefined(): boolean | Unknown {
    return this.noted().isDefined();
  }

  child(name: string): OptionNode {
    return new ReadingNode(this.node.child(name), this.reads);
  }

  at(...path: string[]): OptionNode {
    return new ReadingNode(this.node.at(...path), this.reads);
  }

  private noted(): OptionNode {
    this.reads.addWhole(this.node.path);
    return this.node;
  }
}
