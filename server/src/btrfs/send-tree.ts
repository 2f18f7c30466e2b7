import type { EntryType } from "./changes.ts";
import type { BytePath } from "./paths.ts";

/** What a stream says about one inode. Names that it does not mention stay unknown. */
export class SendNode {
  /** Where it was in the baseline; undefined for what was made since. */
  readonly base: BytePath | undefined;
  /** Names that were looked up or given: a node, or null for a name that is free now. */
  readonly children = new Map<string, SendNode | null>();
  /** The names under which it is known now. */
  readonly places: { parent: SendNode; name: string }[] = [];
  /** The name in the baseline, and the directory that held it. */
  readonly origin: { parent: SendNode; name: string } | undefined;
  type: EntryType | undefined;
  size: number | undefined;
  uid: number | undefined;
  gid: number | undefined;
  mode: number | undefined;
  written: number | undefined;
  target: string | undefined;
  changedData = false;
  changedMetadata = false;
  /** Its times were set, as the kernel does for all that it mentions. */
  touched = false;
  /** Its times were set after its last rename, as the kernel does for all that stays. */
  settled = true;

  constructor(base: BytePath | undefined, origin?: { parent: SendNode; name: string }) {
    this.base = base;
    this.origin = origin;
  }
}

/** Says that the stream asks for what cannot be. */
export class MisfitError extends Error {}

/**
 * The tree that a stream works on, as far as the stream speaks of it: every name that was never mentioned belongs to the
 * baseline. Paths are those of the moment, so they are walked from the root each time.
 */
export class SendTree {
  readonly root: SendNode;
  /** All nodes of the baseline that were mentioned. */
  readonly known: SendNode[] = [];

  /** @param incremental whether there is a baseline; without one all names must have been made by the stream */
  constructor(incremental: boolean) {
    this.root = new SendNode(incremental ? "" : undefined);
    this.root.type = "directory";
  }

  /** The node at a path. */
  at(path: BytePath): SendNode {
    if (path === "") return this.root;
    let node = this.root;
    for (const name of namesOf(path)) node = this.child(node, name);
    return node;
  }

  attach(path: BytePath, node: SendNode): void {
    const { parent, name } = this.place(path);
    if (parent.children.get(name)) throw new MisfitError("a name is taken");
    // A node must never come to lie below itself: walking up from it would not end.
    for (let above: SendNode | undefined = parent; above; above = above.places[0]?.parent) {
      if (above === node) throw new MisfitError("a directory is moved into itself");
    }
    parent.children.set(name, node);
    node.places.push({ parent, name });
  }

  detach(path: BytePath): SendNode {
    const { parent, name } = this.place(path);
    const node = this.child(parent, name);
    parent.children.set(name, null);
    const index = node.places.findIndex((place) => place.parent === parent && place.name === name);
    node.places.splice(index, 1);
    return node;
  }

  private place(path: BytePath): { parent: SendNode; name: string } {
    const names = namesOf(path);
    const name = names.pop()!;
    let parent = this.root;
    for (const step of names) parent = this.child(parent, step);
    asDirectory(parent);
    return { parent, name };
  }

  private child(parent: SendNode, name: string): SendNode {
    asDirectory(parent);
    const there = parent.children.get(name);
    if (there) return there;
    if (there === null || parent.base === undefined) throw new MisfitError("it names what is not there");
    const origin = { parent, name };
    const node = new SendNode(parent.base ? `${parent.base}/${name}` : name, origin);
    node.places.push(origin);
    parent.children.set(name, node);
    this.known.push(node);
    return node;
  }
}

function asDirectory(node: SendNode): void {
  node.type ??= "directory";
  if (node.type !== "directory") throw new MisfitError("it uses a file as a directory");
}

function namesOf(path: BytePath): string[] {
  const names = path.split("/");
  for (const name of names) {
    if (name === "" || name === "." || name === ".." || name.includes("\0"))
      throw new MisfitError("it holds a path that cannot be");
  }
  return names;
}
