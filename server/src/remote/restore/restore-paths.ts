import { isBelow } from "../../host/paths.ts";
import type { RestorePath } from "./restore-steps.ts";

export type PathsResult =
  | { readonly ok: true; readonly paths: readonly RestorePath[] }
  | { readonly ok: false; readonly why: string };

/**
 * Where named paths are in the snapshot and where they go, in latin1. `base` is the folder that the top of the snapshot
 * stands for; `to` a folder to put them below; `elsewhere` answers what a path that is not below `base` is in the snapshot. Paths
 * that lie inside of another one are left out.
 */
export function restorePaths(
  given: readonly string[],
  base: string,
  to: string | undefined,
  elsewhere: (path: string) => string | undefined = () => undefined,
): PathsResult {
  const paths = [...new Set(given.map((path) => path.replace(/\/+/g, "/").replace(/(.)\/$/, "$1")))];
  const words = (latin1: string) => Buffer.from(latin1, "latin1").toString("utf8");
  for (const path of paths) {
    const why = whyNot(path, base, elsewhere);
    if (why !== undefined) return { ok: false, why: `${words(path)} ${why}` };
  }
  const chosen = paths.filter((path) => !paths.some((other) => path !== other && path.startsWith(`${other}/`)));
  const below = base === "/" ? 1 : base.length + 1;
  const prefix = to === undefined || to === "/" ? "" : to.replace(/\/+/g, "/").replace(/(.)\/$/, "$1");
  const fromOf = (path: string) => (isBelow(path, base) ? path.slice(below) : (elsewhere(path) ?? ""));
  return {
    ok: true,
    paths: chosen.map((path) => ({
      from: fromOf(path),
      target: to === undefined ? path : `${prefix}/${fromOf(path)}`,
    })),
  };
}

function whyNot(path: string, base: string, elsewhere: (path: string) => string | undefined): string | undefined {
  if (!path.startsWith("/")) return "is no absolute path: name paths as they are on the running host";
  if (path.split("/").some((part) => part === "." || part === "..")) return "is no plain path: it holds . or ..";
  if (path === "/") return "cannot be restored as a whole: name what is missing in it";
  if (path.includes("\0")) return "holds a NUL, which no path does";
  const inside = isBelow(path, base) || elsewhere(path) !== undefined;
  if (path === base) return "is the whole of what the snapshot holds: name what is in it, or use “remote rollback”";
  if (!inside) return `is not in the snapshot, which is of what is at ${base}; --base says so if it is another folder`;
  return undefined;
}
