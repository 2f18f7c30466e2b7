import { byCodePoint, Cell, NixAttrs, Unknown } from "../eval/value.ts";
import { isDeclaredByNixos, isOnlyTheUsers } from "./known-options.ts";
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
    const child = this.node.child(name);
    if (!this.openWorld && this.has(name) === false) return undefined;
    // Whether something is defined depends on conditions, which must not be evaluated for nothing.
    const readBack = this.openWorld ? (child as Partial<MergeNode>).readBack : undefined;
    const isUnset = readBack !== undefined && child.isDefined() === false;
    return isUnset ? Cell.of(readBack) : (child as Partial<MergeNode>).cell;
  }

  override has(name: string): boolean | Unknown {
    const child = this.node.child(name) as MergeNode;
    if (child.isDeclared?.()) return true;
    const defined = child.isDefined();
    if (defined !== false || !this.openWorld) return defined;
    if (child.knownDefault !== undefined || child.readBack !== undefined) return true;
    if (isOnlyTheUsers(this.node.path)) return false;
    if (isDeclaredByNixos(child.path)) return true;
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
