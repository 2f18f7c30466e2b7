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

/** By bytes of the path, with all below a directory right behind it: the same order on every machine. */
export function byPath(left: { readonly path: BytePath }, right: { readonly path: BytePath }): number {
  const { path: one } = left;
  const { path: other } = right;
  const end = Math.min(one.length, other.length);
  let at = 0;
  while (at < end && one.charCodeAt(at) === other.charCodeAt(at)) at++;
  // A slash comes before every other character, as the end does before a slash.
  return rank(one, at) - rank(other, at);
}

function rank(path: BytePath, at: number): number {
  return at >= path.length ? -2 : path.charCodeAt(at) === 47 ? -1 : path.charCodeAt(at);
}
