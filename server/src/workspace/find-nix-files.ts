import fs from "node:fs";
import path from "node:path";
import ignore, { type Ignore } from "ignore";

/** No workspace has so many; a home directory opened by accident has. */
const MAX_FILES = 10_000;
const MAX_DEPTH = 24;
const SKIPPED = new Set([".git", ".direnv", "node_modules", ".hg", ".jj"]);

export interface FoundFiles {
  /** Absolute paths with `/` separators, sorted. */
  readonly files: readonly string[];
  /** Why some may be missing. */
  readonly problem: string | undefined;
}

/**
 * Lists the Nix files below a folder. Symlinks are not followed (`result` leads into the store), and what
 * `.gitignore` or `exclude` (the same syntax) name is passed over.
 */
export function findNixFiles(root: string, exclude: readonly string[] = []): FoundFiles {
  const files: string[] = [];
  const excluded = ignore().add([...exclude]);
  let problem: string | undefined;
  const walk = (directory: string, depth: number, around: readonly { base: string; rules: Ignore }[]): void => {
    if (files.length >= MAX_FILES || depth > MAX_DEPTH) {
      problem ??= `more than ${MAX_FILES} files or ${MAX_DEPTH} levels of folders; the rest is not looked at`;
      return;
    }
    let entries: fs.Dirent[];
    try {
      entries = fs.readdirSync(directory, { withFileTypes: true });
    } catch {
      return;
    }
    const rules = withGitignore(directory, around);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const full = path.join(directory, entry.name);
      if (isIgnored(full, entry.isDirectory(), rules, root, excluded)) continue;
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) walk(full, depth + 1, rules);
      else if (entry.isFile() && entry.name.endsWith(".nix")) files.push(full.split(path.sep).join("/"));
    }
  };
  walk(root, 0, []);
  return { files, problem };
}

function withGitignore(directory: string, around: readonly { base: string; rules: Ignore }[]) {
  try {
    const text = fs.readFileSync(path.join(directory, ".gitignore"), "utf8");
    return [...around, { base: directory, rules: ignore().add(text) }];
  } catch {
    return around;
  }
}

function isIgnored(
  full: string,
  isDirectory: boolean,
  rules: readonly { base: string; rules: Ignore }[],
  root: string,
  excluded: Ignore,
): boolean {
  const name = (base: string) => `${path.relative(base, full).split(path.sep).join("/")}${isDirectory ? "/" : ""}`;
  return excluded.ignores(name(root)) || rules.some((one) => one.rules.ignores(name(one.base)));
}
