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
}

/** By bytes of the path: the same order on every machine. */
export function byPath(left: Change, right: Change): number {
  return left.path < right.path ? -1 : left.path > right.path ? 1 : 0;
}
