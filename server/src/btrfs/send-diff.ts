import { type Change, type EntryType, sortByPath } from "./changes.ts";
import type { BytePath } from "./paths.ts";
import { ATTRIBUTE, damaged, numberOf, type SendCommand, SendStreamError, secondsOf, textOf } from "./send-commands.ts";
import { SendStreamReader } from "./send-stream.ts";
import { MisfitError, SendNode, SendTree } from "./send-tree.ts";

const MADE: Readonly<Record<string, EntryType>> = {
  mkfile: "file",
  mkdir: "directory",
  mknod: "device",
  mkfifo: "fifo",
  mksock: "socket",
  symlink: "symlink",
};

/** How the kernel names what has no place yet: inode, generation, number. */
const ORPHAN = /^o\d+-\d+-\d+$/;

/** What no send stream can tell; to be said wherever a diff from one is shown. */
export const SEND_DIFF_LIMITS: readonly string[] = [
  "A file that was changed through one of several hard links is shown under one of its names only.",
  "Subvolumes below this one are not part of the stream: new ones, and what they hold, are not shown.",
];

/**
 * What a send stream changes, worked out without the baseline. Give it the stream in pieces (of 64 KiB, say) and let
 * other work run between them; `changes` is there only when the stream was read to its end.
 */
export class SendDiff {
  readonly reader = new SendStreamReader();
  private tree: SendTree | undefined;
  private failure: SendStreamError | undefined;
  private found: Change[] | undefined;

  /**
   * @returns how many bytes belong to the stream
   * @throws SendStreamError when it is damaged, of an unknown version, or does not fit together
   */
  push(chunk: Uint8Array): number {
    if (this.failure) throw this.failure;
    try {
      return this.reader.push(chunk, (command) => this.apply(command));
    } catch (error) {
      if (error instanceof SendStreamError) this.failure = error;
      throw error;
    }
  }

  /**
   * All changes, in the order of their paths.
   *
   * @throws SendStreamError when the stream is not complete
   */
  changes(): readonly Change[] {
    if (this.failure) throw this.failure;
    this.reader.finish();
    if (!this.tree) throw damaged(0, "it names no subvolume");
    this.found ??= changesOf(this.tree);
    return this.found;
  }

  /**
   * What the stream mentions and nothing but times changed of: files that were read, and directories whose children
   * changed. In the order of their paths.
   *
   * @throws SendStreamError when the stream is not complete
   */
  timesOnly(): BytePath[] {
    const changed = new Set(this.changes().map(({ path }) => path));
    const nodes = this.tree?.known.filter(({ touched }) => touched) ?? [];
    const paths = nodes.flatMap(({ places }) => places.map(pathOf));
    return paths.filter((path) => !changed.has(path)).sort();
  }

  private apply(command: SendCommand): void {
    try {
      if (command.name === "subvol" || command.name === "snapshot") {
        if (this.tree) throw new MisfitError("it begins a second subvolume");
        this.tree = new SendTree(command.name === "snapshot");
      } else if (command.name !== "end") {
        if (!this.tree) throw new MisfitError("it does not begin with a subvolume");
        replay(this.tree, command);
      }
    } catch (error) {
      if (!(error instanceof MisfitError)) throw error;
      throw damaged(command.at, `${error.message} ("${command.name}")`);
    }
  }
}

function replay(tree: SendTree, command: SendCommand): void {
  const path = textOf(command, ATTRIBUTE.path);
  const number = (attribute: number) => numberOf(command, attribute);
  const made = MADE[command.name];
  if (made) {
    const node = new SendNode(undefined);
    node.type = made;
    if (made === "file") node.size = 0;
    if (made === "symlink") node.target = textOf(command, ATTRIBUTE.pathLink);
    tree.attach(path, node);
    return;
  }
  switch (command.name) {
    case "rename": {
      const node = tree.detach(path);
      node.settled = false;
      tree.attach(textOf(command, ATTRIBUTE.pathTo), node);
      return;
    }
    case "link": {
      const node = tree.at(textOf(command, ATTRIBUTE.pathLink));
      if (node.type === "directory") throw new MisfitError("it links a directory");
      tree.attach(path, node);
      return;
    }
    case "unlink":
    case "rmdir": {
      const node = tree.detach(path);
      if (command.name === "rmdir") node.type ??= "directory";
      return;
    }
  }
  const node = tree.at(path);
  switch (command.name) {
    case "utimes":
      node.settled = true;
      node.touched = true;
      node.written = secondsOf(command, ATTRIBUTE.mtime);
      return;
    case "chmod":
      node.mode = number(ATTRIBUTE.mode) & 0o7777;
      node.changedMetadata = true;
      return;
    case "chown":
      node.uid = number(ATTRIBUTE.uid);
      node.gid = number(ATTRIBUTE.gid);
      node.changedMetadata = true;
      return;
    case "truncate":
      node.size = number(ATTRIBUTE.size);
      break;
    case "update_extent":
      reaches(node, number(ATTRIBUTE.fileOffset) + number(ATTRIBUTE.size));
      break;
    case "write":
      reaches(node, number(ATTRIBUTE.fileOffset) + command.dataLength);
      break;
    case "clone":
      reaches(node, number(ATTRIBUTE.fileOffset) + number(ATTRIBUTE.cloneLength));
      break;
    case "encoded_write":
      reaches(node, number(ATTRIBUTE.fileOffset) + number(ATTRIBUTE.unencodedFileLength));
      break;
    case "fallocate":
      break;
    default:
      // Extended attributes, flags, verity.
      node.changedMetadata = true;
      return;
  }
  node.type ??= "file";
  if (node.type !== "file") throw new MisfitError("it writes into what is not a file");
  node.changedData = true;
}

/** The size of a file of the baseline is unknown until the stream truncates it. */
function reaches(node: SendNode, end: number): void {
  if (node.size !== undefined) node.size = Math.max(node.size, end);
}

function changesOf(tree: SendTree): Change[] {
  const rows: Change[] = [];
  const deleted = new Set<SendNode>();
  const taken = new Map<BytePath, number>();
  const row = (node: SendNode, path: BytePath, change: Omit<Change, "path">) => {
    taken.set(path, rows.length);
    rows.push({ ...change, path, ...facts(node) });
  };
  if (tree.root.changedMetadata && tree.root.base !== undefined) row(tree.root, "", { change: "metadata" });
  for (const node of tree.known) {
    const places = node.places.filter((place) => !isLeftOver(node, place.parent === tree.root, place.name));
    const origin = node.origin!;
    const stays = places.some((place) => place.parent === origin.parent && place.name === origin.name);
    const changed = node.changedData ? "modified" : node.changedMetadata ? "metadata" : undefined;
    if (places.length === 0) deleted.add(node);
    let moved = stays;
    for (const place of places) {
      const path = pathOf(place);
      const isOrigin = place.parent === origin.parent && place.name === origin.name;
      if (isOrigin) {
        if (changed) row(node, path, { change: changed });
      } else if (moved) row(node, path, { change: "added" });
      else {
        row(node, path, { change: "renamed", from: node.base!, ...(changed ? { also: changed } : {}) });
        moved = true;
      }
    }
  }
  addNew(tree.root, "", row);
  // A name whose object is gone and that something else has now.
  for (const node of tree.known) {
    const other = taken.get(node.base!);
    const gone = node.places.every((place) => place.parent !== node.origin!.parent || place.name !== node.origin!.name);
    if (gone && other !== undefined && rows[other]!.change === "added")
      rows[other] = { ...rows[other]!, change: "replaced" };
    else if (gone && other !== undefined && rows[other]!.change === "renamed" && deleted.has(node))
      rows[other] = { ...rows[other]!, change: "replaced" };
  }
  for (const node of deleted) if (!taken.has(node.base!)) row(node, node.base!, { change: "deleted" });
  return sortByPath(rows);
}

/** Rows for what was made since the baseline, wherever it lies. */
function addNew(
  root: SendNode,
  at: BytePath,
  row: (node: SendNode, path: BytePath, change: { change: "added" }) => void,
) {
  const open: [SendNode, BytePath][] = [[root, at]];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const [name, node] of next[0].children) {
      if (!node) continue;
      const path = next[1] ? `${next[1]}/${name}` : name;
      if (node.base === undefined) row(node, path, { change: "added" });
      open.push([node, path]);
    }
  }
}

/**
 * A deleted directory that held a subvolume stays in the stream under the name the kernel gave it for the time being.
 * All others get their times set after they were moved.
 */
function isLeftOver(node: SendNode, inRoot: boolean, name: string): boolean {
  return inRoot && !node.settled && node.base !== undefined && ORPHAN.test(name);
}

function pathOf(place: { parent: SendNode; name: string }): BytePath {
  const names = [place.name];
  for (let above = place.parent; above.places[0]; above = above.places[0].parent) names.push(above.places[0].name);
  return names.reverse().join("/");
}

function facts({ type, size, uid, gid, mode, written, target }: SendNode): Partial<Change> {
  const known: { -readonly [Key in keyof Change]?: Change[Key] } = {};
  if (type) known.type = type;
  if (size !== undefined) known.size = size;
  if (uid !== undefined) Object.assign(known, { uid, gid });
  if (mode !== undefined) known.mode = mode;
  if (written !== undefined) known.written = written;
  if (target !== undefined) known.target = target;
  return known;
}
