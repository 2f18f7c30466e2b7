import type { DiffGroup, DiffRow } from "./diff-schema.ts";
import { unitOf } from "./structural.ts";

/**
 * Puts rows, ordered by path, together by what they belong to: a directory of a program, or a single file. What is deleted
 * takes no space, unless it is what was lost: `countsDeleted`.
 */
export function groupsOf(rows: readonly DiffRow[], countsDeleted = false): DiffGroup[] {
  const groups: DiffGroup[] = [];
  for (let first = 0; first < rows.length; ) {
    const unit = unitOf(rows[first]!.path);
    let end = first + 1;
    while (end < rows.length && isAtOrBelow(rows[end]!.path, unit)) end++;
    const own = rows.slice(first, end);
    const path = own.reduce((common, { path: other }) => commonDirectory(common, other), own[0]!.path);
    const bytes = own.reduce(
      (sum, { size = 0, change }) => sum + (change === "deleted" && !countsDeleted ? 0 : size),
      0,
    );
    groups.push({ path, first, rows: own.length, bytes });
    first = end;
  }
  return groups;
}

function isAtOrBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

/** The deepest directory that holds both, or one of them when it holds the other. */
function commonDirectory(one: string, other: string): string {
  let at = one;
  while (!isAtOrBelow(other, at)) at = at.slice(0, at.lastIndexOf("/"));
  return at;
}
