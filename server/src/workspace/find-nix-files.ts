import fs from "node:fs";
import { Exclusion } from "./exclusion.ts";
import { readRegularFile } from "./read-regular-file.ts";

/** No workspace has so many; a home directory opened by accident has. */
const MAX_FILES = 10_000;
const MAX_ENTRIES = 200_000;
const MAX_DEPTH = 24;
const SKIPPED = new Set([".git", ".direnv", "node_modules", ".hg", ".jj"]);

export interface FoundFiles {
  /** Absolute paths with `/` separators, sorted. */
  readonly files: readonly string[];
  /** Why some may be missing. */
  readonly problem: string | undefined;
}

interface Folder {
  readonly path: string;
  /** The rules that hold in it, from those of the root on. */
  readonly rules: readonly Exclusion[];
}

/**
 * Lists the Nix files below a folder. Symlinks are not followed (`result` leads into the store), and what
 * `.gitignore` files or `excluded` name is passed over. `below`: whether to look into the folders of it. Level by level, so
 * that a limit leaves out what lies deepest: the host at the top of a large folder is found.
 */
export function findNixFiles(root: string, excluded: Exclusion, below = true): FoundFiles {
  const files: string[] = [];
  let seen = 0;
  let level: readonly Folder[] = [{ path: root, rules: [excluded] }];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) {
      const problem = `\`${root}\` has more than ${MAX_DEPTH} levels of folders; what lies deeper is not looked at`;
      return { files: files.sort(), problem };
    }
    const next: Folder[] = [];
    for (const folder of level) {
      const entries = entriesOf(folder.path);
      seen += entries.length;
      const own = entries.some(({ name }) => name === ".gitignore") ? readGitignore(folder.path) : undefined;
      const rules = own ? [...folder.rules, own] : folder.rules;
      for (const entry of entries) {
        if (files.length >= MAX_FILES || seen > MAX_ENTRIES) {
          const problem = `\`${root}\` has more than ${MAX_FILES} Nix files or ${MAX_ENTRIES} entries; the rest is not looked at`;
          return { files: files.sort(), problem };
        }
        const isDirectory = entry.isDirectory();
        if (isDirectory ? SKIPPED.has(entry.name) : !(entry.isFile() && entry.name.endsWith(".nix"))) continue;
        const full = folder.path === "/" ? `/${entry.name}` : `${folder.path}/${entry.name}`;
        if (rules.some((one) => one.excludes(full, isDirectory))) continue;
        if (!isDirectory) files.push(full);
        else if (below) next.push({ path: full, rules });
      }
    }
    level = next;
  }
  return { files: files.sort(), problem: undefined };
}

/** Sorted, so that limits cut at the same place each time. A folder that may not be read is empty for us. */
function entriesOf(directory: string): fs.Dirent[] {
  try {
    return fs.readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

function readGitignore(directory: string): Exclusion | undefined {
  const read = readRegularFile(directory === "/" ? "/.gitignore" : `${directory}/.gitignore`);
  return "text" in read ? new Exclusion(directory, read.text) : undefined;
}
