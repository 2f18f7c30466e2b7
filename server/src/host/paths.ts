/** An absolute path without `.`, `..`, doubled or trailing slashes; relative input is read from `/`. */
export function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Whether `path` is `directory` or lies below it; `/var/lib/foobar` does not lie below `/var/lib/foo`. */
export function isAtOrBelow(path: string, directory: string): boolean {
  return directory === "/" ? path.startsWith("/") : path === directory || path.startsWith(`${directory}/`);
}

/** Whether `path` lies strictly below `directory`. */
export function isBelow(path: string, directory: string): boolean {
  return path !== directory && isAtOrBelow(path, directory);
}

/** Joins the way impermanence and preservation do: an absolute second part is appended all the same. */
export function joinPath(base: string, path: string): string {
  return normalise(`${base}/${path}`);
}
