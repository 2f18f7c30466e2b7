import { formatPatch, structuredPatch } from "diff";

/** What a patch changes of one file; the path is relative, with `/` separators. */
export interface PatchedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** Whether the patch makes the file. */
  readonly isNew?: boolean;
}

/** A patch that `git apply` and `patch -p1` take in the folder that the paths are relative to. */
export function unifiedDiff(files: readonly PatchedFile[]): string {
  return [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, before, after, isNew }) => {
      const text = formatPatch(
        structuredPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, { context: 3 }),
      );
      const [, ...lines] = text.split("\n");
      if (isNew) lines[0] = "--- /dev/null";
      // Without a tab behind it, a name with spaces ends at the first of them.
      if (path.includes(" ")) for (const at of isNew ? [1] : [0, 1]) lines[at] += "\t";
      return lines.join("\n");
    })
    .join("");
}
