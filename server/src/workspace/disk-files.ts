import fs from "node:fs";
import path from "node:path";
import type { FileKind, FileSource } from "../eval/file-source.ts";
import { isWithin } from "../eval/path-name.ts";
import { readRegularFile } from "./read-regular-file.ts";
import { storePathOf } from "./store-path.ts";

/** Where Nix keeps what it builds and fetches. */
export const NIX_STORE = "/nix/store";
/** A folder with more entries is cut off there. */
const MAX_ENTRIES = 20_000;

/**
 * The files below the workspace's roots. A path counts as inside only if it still is after symlinks are
 * followed; only regular files are opened, so that no device or FIFO can block.
 */
export class DiskFiles implements FileSource {
  /** Roots as given and as they really are. */
  private readonly roots: readonly string[];
  /** Folders of the Nix store, by the hash of their content; undefined for what is not there. */
  private readonly inputs = new Map<string, string | undefined>();
  private readonly store: string | undefined;
  private readonly kinds = new Map<string, FileKind | undefined>();
  private readonly lists = new Map<string, ReadonlyMap<string, FileKind> | undefined>();

  /** `store` is the Nix store when inputs of flakes may be read from it. */
  constructor(roots: readonly string[], store?: string) {
    this.store = store;
    this.roots = [...new Set(roots.flatMap((root) => [root, realPath(root) ?? root]))];
  }

  covers(file: string): boolean {
    return this.roots.some((root) => isWithin(file, root)) || this.isStored(file);
  }

  stored(narHash: string): string | undefined {
    if (this.store === undefined) return undefined;
    if (!this.inputs.has(narHash)) this.inputs.set(narHash, this.findInput(narHash, this.store));
    return this.inputs.get(narHash);
  }

  /** Whether the path lies in an input that was read from the store: nobody edits it. */
  isStored(file: string): boolean {
    for (const folder of this.inputs.values()) if (folder !== undefined && isWithin(file, folder)) return true;
    return false;
  }

  kind(file: string): FileKind | undefined {
    if (!this.covers(file)) return "unknown";
    if (!this.kinds.has(file)) this.kinds.set(file, this.findKind(file));
    return this.kinds.get(file);
  }

  read(file: string): { text: string } | { why: string } {
    const kind = this.kind(file);
    if (kind === undefined) return { why: `\`${file}\` does not exist` };
    if (kind !== "regular") return { why: `\`${file}\` is not a regular file of the workspace` };
    const read = readRegularFile(file);
    return "text" in read ? read : { why: `\`${file}\` ${read.why}` };
  }

  list(directory: string): ReadonlyMap<string, FileKind> | undefined {
    if (this.kind(directory) !== "directory") return undefined;
    if (!this.lists.has(directory)) this.lists.set(directory, findEntries(directory));
    return this.lists.get(directory);
  }

  /** Files may have appeared or gone. */
  refresh(): void {
    this.kinds.clear();
    this.lists.clear();
    this.inputs.clear();
  }

  /** The folder, when it is one and no link to another place. */
  private findInput(narHash: string, store: string): string | undefined {
    const folder = storePathOf(narHash, store);
    if (folder === undefined) return undefined;
    try {
      return fs.lstatSync(folder).isDirectory() && fs.realpathSync.native(folder) === folder ? folder : undefined;
    } catch {
      return undefined;
    }
  }

  private findKind(file: string): FileKind | undefined {
    try {
      const real = fs.realpathSync.native(file);
      if (!this.covers(real.split(path.sep).join("/"))) return "unknown";
      return kindOf(fs.statSync(real));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === "ENOENT" || code === "ENOTDIR" ? undefined : "unknown";
    }
  }
}

function findEntries(directory: string): ReadonlyMap<string, FileKind> | undefined {
  try {
    const entries = fs.readdirSync(directory, { withFileTypes: true }).slice(0, MAX_ENTRIES);
    return new Map(entries.map((entry) => [entry.name, kindOf(entry)]));
  } catch {
    return undefined;
  }
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): FileKind {
  if (entry.isFile()) return "regular";
  if (entry.isDirectory()) return "directory";
  return entry.isSymbolicLink() ? "symlink" : "unknown";
}

function realPath(file: string): string | undefined {
  try {
    return fs.realpathSync.native(file);
  } catch {
    return undefined;
  }
}
