import { factsOf, type ManifestEntry } from "../../btrfs/manifest.ts";
import type { BytePath } from "../../btrfs/paths.ts";
import type { RowChange } from "./row-change.ts";

/** Beyond these, names would fill the answer, and sizes are left unknown. */
const MOST_PATHS = 10_000;
const MOST_BYTES = 1024 * 1024;

/** The paths of which owner, size or type are not known, when they are few enough to be asked for. */
export function openPaths(changes: readonly RowChange[]): readonly BytePath[] {
  const open = changes.filter(isOpen).map(({ path }) => path);
  const bytes = open.reduce((sum, path) => sum + path.length, 0);
  return open.length > MOST_PATHS || bytes > MOST_BYTES ? [] : open;
}

/** The changes with what was found; its paths begin with ./ */
export function withEntries(changes: readonly RowChange[], entries: readonly ManifestEntry[]): readonly RowChange[] {
  const found = new Map(entries.map((entry) => [entry.path.replace(/^\.\//, ""), entry]));
  return changes.map((row) => {
    const entry = isOpen(row) ? found.get(row.path) : undefined;
    return entry ? { ...row, ...factsOf(entry) } : row;
  });
}

function isOpen({ change, type, size, uid, mode }: RowChange): boolean {
  if (change === "deleted" || change === "subvolume" || change === "times") return false;
  return type === undefined || uid === undefined || mode === undefined || (type === "file" && size === undefined);
}
