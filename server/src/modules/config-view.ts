import { Cell, type Unknown, type Value } from "../eval/value.ts";
import { ConfigAttrs } from "./config-attrs.ts";
import { isDeclaredByNixos } from "./known-options.ts";
import type { MergeNode } from "./merge-node.ts";
import type { PathSet } from "./path-set.ts";

/**
 * The configuration as one module sees it: the same values, with a note of what was asked for. The notes decide
 * which modules a change reaches. It finds its node anew whenever it is asked, since a change may have replaced it.
 */
export class ConfigView extends ConfigAttrs {
  private readonly root: () => MergeNode;
  private readonly path: readonly string[];
  private readonly reads: PathSet;
  private known: Map<string, Cell> | undefined;

  constructor(root: () => MergeNode, path: readonly string[], reads: PathSet, openWorld: boolean) {
    super(openWorld);
    this.root = root;
    this.path = path;
    this.reads = reads;
  }

  protected override get node(): MergeNode {
    return this.path.reduce<MergeNode>((node, name) => node.child(name) as MergeNode, this.root());
  }

  override whole(): MergeNode {
    this.reads.addWhole(this.path);
    return this.node;
  }

  override get(name: string): Cell | undefined {
    const known = this.known?.get(name);
    if (known) return known;
    const path = [...this.path, name];
    const cell = super.get(name);
    if (!cell) {
      this.reads.addWhole(path);
      return undefined;
    }
    const seen = Cell.lazy(() => this.see(name, path), cell.slot);
    this.known ??= new Map();
    this.known.set(name, seen);
    return seen;
  }

  override has(name: string): boolean | Unknown {
    const path = [...this.path, name];
    const found = super.has(name);
    // What is declared stays, whatever anybody defines.
    const isSure = found === true && (isDeclaredByNixos(path) || this.isDeclared(name));
    if (isSure) this.reads.addGroup(path);
    else this.reads.addWhole(path);
    return found;
  }

  override names(): string[] {
    this.reads.addWhole(this.path);
    return super.names();
  }

  private see(name: string, path: readonly string[]): Value {
    // Noted before it is computed, and as a whole unless it turns out a group: a failure is an answer, too.
    this.reads.addGroup(path);
    let isGroup = false;
    try {
      // What the name meant when it was first asked for need not be what it means now.
      const value = super.get(name)?.force() ?? null;
      if (!(value instanceof ConfigAttrs) || value instanceof ConfigView) return value;
      isGroup = true;
      // A submodule knows of itself whether others declare options in it.
      return new ConfigView(this.root, path, this.reads, value.openWorld);
    } finally {
      if (!isGroup) this.reads.addWhole(path);
    }
  }
}
