import { type Change, sortByPath } from "./changes.ts";
import { factsOf, type ManifestEntry } from "./manifest.ts";

/**
 * What differs between two walks over trees that have nothing to do with each other: entries are the same by their
 * paths, and unchanged by type, size, mtime, owner, mode and target. Renames cannot be seen.
 */
export function comparePaths(base: readonly ManifestEntry[], now: readonly ManifestEntry[]): Change[] {
  const before = new Map(base.map((entry) => [entry.path, entry]));
  const rows: Change[] = [];
  for (const entry of now) {
    const old = before.get(entry.path);
    before.delete(entry.path);
    const change = entry.path === "" ? undefined : changeOf(old, entry);
    if (change) rows.push({ change, path: entry.path, ...factsOf(entry) });
  }
  before.delete("");
  for (const entry of before.values()) rows.push({ change: "deleted", path: entry.path, ...factsOf(entry) });
  return sortByPath(rows);
}

function changeOf(old: ManifestEntry | undefined, entry: ManifestEntry): Change["change"] | undefined {
  if (!old) return "added";
  if (old.type !== entry.type || old.target !== entry.target) return "replaced";
  if (entry.type === "file" && (old.size !== entry.size || old.written !== entry.written)) return "modified";
  return old.mode !== entry.mode || old.uid !== entry.uid || old.gid !== entry.gid ? "metadata" : undefined;
}
