import { byCodePoint, type Cell, NixAttrs, Unknown } from "../eval/value.ts";
import type { MergeNode } from "./merge-node.ts";

/** A part of the merged configuration as a Nix value: `config`, `config.services`… Computed on demand. */
export class ConfigAttrs extends NixAttrs {
  readonly node: MergeNode;
  private readonly openWorld: boolean;
  constructor(node: MergeNode, openWorld: boolean) {
    super(new Map());
    this.node = node;
    this.openWorld = openWorld;
  }

  override get(name: string): Cell | undefined {
    const child = this.node.child(name) as Partial<MergeNode>;
    if (!this.openWorld && this.has(name) === false) return undefined;
    return child.cell;
  }

  override has(name: string): boolean | Unknown {
    const child = this.node.child(name) as MergeNode;
    if (child.isDeclared?.()) return true;
    const defined = child.isDefined();
    if (defined !== false || !this.openWorld) return defined;
    return new Unknown(`whether NixOS declares \`${child.path.join(".")}\` is not known here`, undefined, {
      soft: true,
    });
  }

  override names(): string[] {
    return this.node
      .names()
      .map(({ name }) => name)
      .sort(byCodePoint);
  }
}
