import { byCodePoint, Cell, NixAttrs, Unknown } from "../eval/value.ts";
import { isDeclaredByNixos, isMissingInHomes, isOnlyTheUsers, OF_OTHERS } from "./known-options.ts";
import type { MergeNode } from "./merge-node.ts";
import { READ_BACK_NAMES } from "./read-back.ts";

/** A part of the merged configuration as a Nix value: `config`, `config.services`… Computed on demand. */
export abstract class ConfigAttrs extends NixAttrs {
  readonly openWorld: boolean;
  constructor(openWorld: boolean) {
    super(new Map());
    this.openWorld = openWorld;
  }

  protected abstract get node(): MergeNode;

  /** The node, for whoever reads on in it: all that it holds may be asked for. */
  abstract whole(): MergeNode;

  override get(name: string): Cell | undefined {
    const given = name === "_module" ? this.node.moduleArguments : undefined;
    if (given) return given;
    const child = this.node.child(name);
    if (!this.openWorld && this.isThere(name) === false) return undefined;
    if (this.openWorld && isMissingInHomes(name, () => child.path)) return undefined;
    // Whether something is defined depends on conditions, which must not be evaluated for nothing.
    const readBack = this.openWorld ? (child as Partial<MergeNode>).readBack : undefined;
    const isUnset = readBack !== undefined && child.isDefined() === false;
    if (isUnset) return Cell.of(readBack);
    const isOther = this.openWorld && READ_BACK_NAMES.has(name);
    return isOther ? (child as Partial<MergeNode>).readBackCell : (child as Partial<MergeNode>).cell;
  }

  override has(name: string): boolean | Unknown {
    return this.isThere(name);
  }

  private isThere(name: string): boolean | Unknown {
    const child = this.node.child(name) as MergeNode;
    if (child.isDeclared?.()) return true;
    // What a module declares is there whatever is defined in it, and definitions may depend on this very answer.
    if (this.openWorld && isDeclaredByNixos(child.path)) return true;
    if (this.openWorld && child.path.length === 1 && OF_OTHERS.includes(name)) return false;
    if (this.openWorld && isMissingInHomes(name, () => child.path)) return false;
    const imported = this.openWorld ? this.node.importsGroup?.(name) : undefined;
    if (imported === true) return true;
    // A definition that asks whether the name is there cannot be what makes it be there: only declarations do.
    if (this.openWorld && this.node.isBeingRead === true) return imported ?? notKnown(child.path);
    const defined = child.isDefined();
    if (defined !== false || !this.openWorld) return defined;
    if (child.knownDefault !== undefined || child.readBack !== undefined) return true;
    if (isOnlyTheUsers(this.node.path)) return false;
    if (imported !== undefined) return imported;
    return notKnown(child.path);
  }

  /** Whether something is said of a name, or the workspace declares it. What NixOS says by default is nothing. */
  isSet(name: string): boolean | Unknown {
    return this.isDeclared(name) || this.node.child(name).isDefined();
  }

  protected isDeclared(name: string): boolean {
    return (this.node.child(name) as Partial<MergeNode>).isDeclared?.() ?? false;
  }

  override names(): string[] {
    return this.node
      .names()
      .map(({ name }) => name)
      .sort(byCodePoint);
  }
}

function notKnown(path: readonly string[]): Unknown {
  return new Unknown(`whether NixOS declares \`${path.join(".")}\` is not known here`, undefined, { soft: true });
}

/** The same for whoever evaluates the configuration itself. */
export class NodeAttrs extends ConfigAttrs {
  protected readonly node: MergeNode;
  constructor(node: MergeNode, openWorld: boolean) {
    super(openWorld);
    this.node = node;
  }

  override whole(): MergeNode {
    return this.node;
  }
}
