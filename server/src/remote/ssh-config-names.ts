import { readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";

/** Bytes of one file, files in all, and how deep they may include each other (as in ssh itself). */
const MAX_SIZE = 1024 * 1024;
const MAX_FILES = 200;
const MAX_DEPTH = 16;

/** The user's own configuration of ssh. */
export function sshConfigFile(): string {
  return join(homedir(), ".ssh", "config");
}

/**
 * The names that a configuration of ssh gives to hosts, in their order, without patterns. They are suggestions: ssh
 * itself reads the file, and what cannot be read here is passed over.
 */
export function sshConfigNames(file = sshConfigFile()): string[] {
  const names = new Set<string>();
  const read = new Set<string>();
  const visit = (path: string, depth: number) => {
    if (depth > MAX_DEPTH || read.size >= MAX_FILES || read.has(path)) return;
    read.add(path);
    for (const line of linesOf(path)) {
      const [keyword = "", ...values] = words(line);
      if (keyword.toLowerCase() === "host") {
        for (const name of values) if (/^[\w][\w.:-]*$/.test(name)) names.add(name);
      }
      if (keyword.toLowerCase() === "include") {
        // Relative names count from ~/.ssh, wherever the file that includes them lies.
        for (const value of values) for (const found of matching(fromHome(value))) visit(found, depth + 1);
      }
    }
  };
  visit(resolve(file), 0);
  return [...names];
}

function linesOf(path: string): string[] {
  try {
    const { size } = statSync(path);
    return statSync(path).isFile() && size <= MAX_SIZE ? readFileSync(path, "utf8").split(/\r?\n/) : [];
  } catch {
    return [];
  }
}

/** Keyword and values of a line; `Keyword=value` and quotes are allowed. */
function words(line: string): string[] {
  const [, keyword, rest = ""] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*)$/.exec(line) ?? [];
  if (keyword === undefined) return [];
  const values = [...rest.matchAll(/"([^"]*)"|(#.*)|(\S+)/g)].flatMap(([, quoted, comment, plain]) =>
    comment === undefined ? [quoted ?? plain ?? ""] : [],
  );
  return [keyword, ...values];
}

function fromHome(path: string): string {
  if (path.startsWith("~/")) return join(homedir(), path.slice(2));
  return isAbsolute(path) ? path : join(homedir(), ".ssh", path);
}

/** The files that a pattern with `*` and `?` means, sorted; each part of the path may hold them. */
function matching(pattern: string): string[] {
  if (!/[*?]/.test(pattern)) return [pattern];
  const name = pattern.slice(pattern.lastIndexOf("/") + 1);
  const parts = [...name].map((one) =>
    one === "*" ? ".*" : one === "?" ? "." : one.replace(/[\\^$.|+()[\]{}]/g, "\\$&"),
  );
  const regexp = new RegExp(`^${parts.join("")}$`, "s");
  return matching(dirname(pattern)).flatMap((folder) => {
    try {
      const names = readdirSync(folder).filter(
        (one) => regexp.test(one) && (name.startsWith(".") || !one.startsWith(".")),
      );
      return names.sort().map((one) => join(folder, one));
    } catch {
      return [];
    }
  });
}
