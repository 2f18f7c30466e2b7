import type { Diff, DiffRow } from "../../../server/src/remote/diff/diff-schema.ts";
import type { Shown } from "../../../server/src/remote/show/show.ts";
import { shownBytes, shownName } from "./shown.ts";

/** One side of a changed file: what the command `show` is asked for. */
export interface FileSide {
  /** A subvolume, or {@link NOW}. */
  readonly snapshot: string;
  readonly path: string;
  /** The exact bytes in base64, where the path is no text. */
  readonly pathBytes?: string;
  /** What the side is called for people. */
  readonly label: string;
}

/** Both sides of a changed file. A side that is left out is known not to be there. */
export interface FileSides {
  readonly before?: FileSide;
  readonly after: FileSide;
  /** What stands in the title for the side before. */
  readonly beforeLabel: string;
}

/** What `show` calls the root as it is. */
const NOW = "now";

/** What has to be read to show how a file changed; a sentence where there is nothing to compare. */
export function sidesOf(
  { question, of, against }: Pick<Diff, "question" | "of" | "against">,
  row: DiffRow,
): FileSides | { readonly why: string } {
  const path = shownName(row.path);
  if (row.change === "subvolume")
    return { why: `${path} is a subvolume inside of the root. It has no content of its own to compare.` };
  if (row.type === "directory")
    return { why: `${path} is a directory. The files in it are compared one by one, where they are rows.` };
  // A slash in front: a subvolume may be called as the word for the root as it is.
  const snapshot = (name: string) => ({ snapshot: `/${name}`, label: shownName(name.split("/").at(-1) ?? name) });
  const newer = question === "next-reboot" ? { snapshot: NOW, label: "now" } : snapshot(of);
  const after = { ...newer, path: row.path, ...(row.pathBytes === undefined ? {} : { pathBytes: row.pathBytes }) };
  if (against === null) return { after, beforeLabel: "nothing to compare with" };
  const older = snapshot(against);
  if (row.change === "added") return { after, beforeLabel: `not in ${older.label}` };
  const was =
    row.change !== "replaced" && row.from !== undefined ? { path: row.from, bytes: row.fromBytes } : undefined;
  const bytes = was ? was.bytes : row.pathBytes;
  const before = { ...older, path: was?.path ?? row.path, ...(bytes === undefined ? {} : { pathBytes: bytes }) };
  return { before, after, beforeLabel: older.label };
}

/** The title of the editor that compares two sides. */
export function titleOf({ beforeLabel, after }: FileSides, host: string): string {
  const name = after.path.split("/").at(-1) ?? after.path;
  return `${shownName(name)} (${beforeLabel} ↔ ${after.label}) · ${shownName(host)}`;
}

/** What stands in the editor for one side: the text, or in words why there is none. Undefined: it is not there. */
export function sideText({ type, size = 0, target, binary, tooLarge, sha256, text }: Shown): string {
  if (text !== undefined) return text;
  if (type === null) return "";
  if (type === "symlink") return `A symbolic link to ${shownName(target ?? "")}\n`;
  if (tooLarge) return `${shownBytes(size)}: more than is read over ssh unasked.\n`;
  return binary ? `Binary content, or no UTF-8: ${size} bytes\nSHA-256 ${sha256 ?? "not known"}\n` : `A ${type}.\n`;
}
