import type { Diff, DiffRow } from "../../../server/src/remote/diff/diff-schema.ts";
import type { RestoreResult } from "../../../server/src/remote/restore/restore-schema.ts";

/** Where rows of a diff can be restored from. */
export interface RestoreSource {
  /** Path of a snapshot or an archived root from the toplevel. */
  readonly snapshot: string;
  /** What it is in this diff. */
  readonly what: "older" | "newer" | "baseline" | "archive";
}

/** The snapshots that have the rows, as far as the diff shows it; none where rows are new on the running root only. */
export function sourcesOf({ question, of, against }: Diff, rows: readonly DiffRow[]): RestoreSource[] {
  const older = rows.some(({ change }) => change !== "added" && change !== "subvolume") && against !== null;
  const newer = rows.some(({ change }) => change !== "deleted" && change !== "subvolume");
  switch (question) {
    case "next-reboot":
      return older ? [{ snapshot: against, what: "baseline" }] : [];
    case "last-reboot":
      return newer ? [{ snapshot: of, what: "archive" }] : [];
    case "between":
      return [
        ...(older ? [{ snapshot: against, what: "older" } as const] : []),
        ...(newer ? [{ snapshot: of, what: "newer" } as const] : []),
      ];
  }
}

/** What `restore` is asked for, to put the rows back from a source: paths from the top of the snapshot. */
export function restoreOptionsOf({ what }: RestoreSource, rows: readonly DiffRow[]) {
  const isOlder = what === "older" || what === "baseline";
  const there = rows.filter(({ change }) => change !== "subvolume" && change !== (isOlder ? "added" : "deleted"));
  const places = there.map((row) =>
    isOlder && row.change !== "replaced" && row.from !== undefined
      ? { path: row.from, bytes: row.fromBytes }
      : { path: row.path, bytes: row.pathBytes },
  );
  return {
    paths: places.flatMap(({ path, bytes }) => (bytes === undefined ? [path] : [])),
    pathBytes: places.flatMap(({ bytes }) => (bytes === undefined ? [] : [bytes])),
    fromTop: true,
  };
}

/** Paths that were left because something else is there, and could be restored all the same. */
export function inTheWay({ items }: RestoreResult): string[] {
  return items
    .filter(({ action, state }) => action === "leave" && (state === "newer" || state === "differs"))
    .map(({ path }) => path);
}
