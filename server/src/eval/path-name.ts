/** Makes an absolute path canonical: no `.`/`..` components, no doubled or trailing slashes. */
export function normalisePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** The directory that contains an absolute, normalised path. */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}

/** Whether `path` is `base` or lies below it. Both absolute and normalised. */
export function isWithin(path: string, base: string): boolean {
  return path === base || base === "/" || path.startsWith(`${base}/`);
}

/** How a file names another: `./x.nix`, `../a/x.nix`. `from` is the naming file, both absolute and normalised. */
export function pathFrom(from: string, to: string): string {
  const here = parentPath(from).split("/").filter(Boolean);
  const there = to.split("/").filter(Boolean);
  let shared = 0;
  while (shared < here.length && shared < there.length - 1 && here[shared] === there[shared]) shared++;
  const up = here.length - shared;
  return (up === 0 ? "./" : "../".repeat(up)) + there.slice(shared).join("/");
}

/** A path in the Nix store that stands for the real one, whose hash is not known here. */
export function storePathOf(name: string): string {
  return `/nix/store/${PLACEHOLDER_HASH}-${name}`;
}

const PLACEHOLDER_HASH = "e".repeat(32);
