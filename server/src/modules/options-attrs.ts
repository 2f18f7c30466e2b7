import { Cell, type look, NixAttrs, NixList, Unknown } from "../eval/value.ts";
import type { MergeNode } from "./merge-node.ts";
import type { OptionNode } from "./option-node.ts";

/** The `options` argument of modules: values, definitions and whether an option is defined, on demand. */
export class OptionsAttrs extends NixAttrs {
  private readonly node: OptionNode;
  constructor(node: OptionNode) {
    super(new Map());
    this.node = node;
  }

  override get(name: string): Cell | undefined {
    const reflect = REFLECTED[name];
    if (reflect && this.isLeaf()) return Cell.lazy(() => reflect(this.node));
    return Cell.of(new OptionsAttrs(this.node.child(name)));
  }

  override has(name: string): boolean | Unknown {
    if (REFLECTED[name] && this.isLeaf()) return true;
    const child = this.node.child(name) as Partial<MergeNode> & OptionNode;
    if (child.isDeclared?.()) return true;
    return new Unknown(`whether NixOS declares \`${child.path.join(".")}\` is not known here`, undefined, {
      soft: true,
    });
  }

  override names(): string[] {
    return this.node.names().map(({ name }) => name);
  }

  private isLeaf(): boolean {
    return this.node.path.length > 0;
  }
}

const REFLECTED: Record<string, (node: OptionNode) => ReturnType<typeof look>> = {
  _type: () => "option",
  value: (node) => node.value(),
  isDefined: (node) => node.isDefined(),
  definitions: (node) => NixList.of(node.definitions().map(({ cell }) => cell)),
  files: (node) => NixList.of(node.definitions().map(({ file }) => Cell.of(file))),
  loc: (node) => NixList.of(node.path.map((name) => Cell.of(name))),
  default: (node) => new Unknown(`the default of \`${node.path.join(".")}\` is not known here`),
};
