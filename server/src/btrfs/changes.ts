import type { BytePath } from "./paths.ts";

export type ChangeKind = "added" | "modified" | "deleted" | "renamed" | "metadata" | "replaced";
export type EntryType = "file" | "directory" | "symlink" | "fifo" | "socket" | "device";

/** One difference between a baseline and what is there now. */
export interface Change {
  readonly change: ChangeKind;
  /** From the root of the subvolume, without a slash in front. Where the object was, if it was deleted. */
  readonly path: BytePath;
  /** Where a renamed object, or one that took the place of another, was in the baseline. */
  readonly from?: BytePath;
  /** Set on a renamed object that was changed as well. */
  readonly also?: "modified" | "metadata";
  /** Unknown where the source does not say it. */
  readonly type?: EntryType;
  /** Bytes of a file. */
  readonly size?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** The permission bits. */
  readonly mode?: number;
  /** When the content was written, in Unix seconds. */
  readonly written?: number;
  /** Where a symbolic link leads, as it is written. */
  readonly target?: BytePath;
}

/**
 * The rows by bytes of the path, with all below a directory right behind it: the same order on every machine. It sorts in
 * place. Strings are compared by the engine itself, which is several times as fast as a function that is called for each
 * pair: so a slash is written as the byte that no name holds, and that comes before every other.
 */
export function sortByPath<Row extends { readonly path: BytePath }>(rows: Row[]): Row[] {
  const keyed = rows.map((row) => ({ key: row.path.replaceAll("/", "\0"), row }));
  keyed.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
  for (const [index, { row }] of keyed.entries()) rows[index] = row;
  return rows;
}
