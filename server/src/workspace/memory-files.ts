import type { FileKind, FileSource } from "../eval/file-source.ts";
import { isWithin, parentPath } from "../eval/path-name.ts";

/** Files that exist only in memory: tests, and editors without a file system. */
export class MemoryFiles implements FileSource {
  private readonly files: ReadonlyMap<string, string>;
  private readonly directories = new Set<string>();
  private readonly root: string;

  constructor(files: ReadonlyMap<string, string>, root = "/") {
    this.files = files;
    this.root = root;
    for (const path of files.keys()) {
      for (let at = parentPath(path); ; at = parentPath(at)) {
        this.directories.add(at);
        if (at === "/") break;
      }
    }
  }

  covers(path: string): boolean {
    return isWithin(path, this.root);
  }

  kind(path: string): FileKind | undefined {
    if (this.files.has(path)) return "regular";
    return this.directories.has(path) ? "directory" : undefined;
  }

  read(path: string): { text: string } | { why: string } {
    const text = this.files.get(path);
    return text === undefined ? { why: `\`${path}\` does not exist` } : { text };
  }

  list(path: string): ReadonlyMap<string, FileKind> | undefined {
    if (!this.directories.has(path)) return undefined;
    const entries = new Map<string, FileKind>();
    const prefix = path === "/" ? "/" : `${path}/`;
    for (const file of this.files.keys()) {
      if (!file.startsWith(prefix)) continue;
      const [name, ...rest] = file.slice(prefix.length).split("/");
      entries.set(name as string, rest.length > 0 ? "directory" : "regular");
    }
    return entries;
  }
}
