import fs from "node:fs";
import path from "node:path";
import { isWithin } from "../eval/path-name.ts";

/**
 * Folders of a workspace that may be links, or be reached through links: `/etc/nixos` is commonly one. An editor that opens
 * a file of such a folder by its other name means the same file, and the host that reads it.
 */
export class LinkedFolders {
  private readonly folders: readonly string[];
  private readonly known = new Map<string, string>();
  private reals: readonly string[] | undefined;

  constructor(folders: readonly string[]) {
    this.folders = folders;
  }

  /** How a folder of the workspace names the file; the file as it is when none holds it. */
  pathOf(file: string): string {
    if (this.folders.some((folder) => isWithin(file, folder))) return file;
    const found = this.known.get(file) ?? this.find(file);
    this.known.set(file, found);
    return found;
  }

  private find(file: string): string {
    this.reals ??= this.folders.map(realPath);
    const real = realPath(file);
    const index = this.reals.findIndex((folder) => isWithin(real, folder));
    if (index < 0) return file;
    return path.posix.join(this.folders[index] as string, path.posix.relative(this.reals[index] as string, real));
  }
}

/** Without links, as far as it exists: a new file is not on disk yet. */
function realPath(file: string): string {
  for (let at = file; ; at = path.posix.dirname(at)) {
    try {
      return `${fs.realpathSync(at).replaceAll("\\", "/")}${file.slice(at.length)}`;
    } catch {
      if (path.posix.dirname(at) === at) return file;
    }
  }
}
