/** An absolute path without `.`, `..`, doubled or trailing slashes; relative input is read from `/`. */
export function normalise(path: string): string {
  // Most paths are as they should be, and thousands of them are asked for.
  if (path.startsWith("/") && !UNTIDY.test(path)) return path;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** A doubled or trailing slash (other than the root's own), `.` or `..`. */
const UNTIDY = /\/(?:\/|\.\.?(?:\/|$))|.\/$/s;

/** Whether `path` is `directory` or lies below it; `/var/lib/foobar` does not lie below `/var/lib/foo`. */
export function isAtOrBelow(path: string, directory: string): boolean {
  if (directory === "/") return path.startsWith("/");
  const { length } = directory;
  // The cheapest question first: nearly all pairs of paths differ there.
  if (path.length > length && path[length] !== "/") return false;
  return path.startsWith(directory) && (path.length === length || path[length] === "/");
}

/** Whether `path` lies strictly below `directory`. */
export function isBelow(path: string, directory: string): boolean {
  return path !== directory && isAtOrBelow(path, directory);
}

/** Joins the way impermanence and preservation do: an absolute second part is appended all the same. */
export function joinPath(base: string, path: string): string {
  return normalise(`${base}/${path}`);
}

/** The directories above an absolute path, the nearest first, without `/`. */
export function directoriesAbove(path: string): string[] {
  const found: string[] = [];
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) found.push(path.slice(0, at));
  return found;
}
