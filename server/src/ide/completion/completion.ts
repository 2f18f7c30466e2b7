import type { TextEdit } from "../../edits/text-edit.ts";
import type { Program, Span } from "../../syntax/expr.ts";
import type { CheckedHost } from "../analysis.ts";
import { calendarCompletions } from "./calendars.ts";
import { cursorAt } from "./cursor.ts";
import { mountOptionCompletions } from "./mount-options.ts";
import { persistedPathCompletions } from "./persisted-paths.ts";

/** Something that could stand at the cursor. */
export interface Completion {
  /** What a person sees and types. */
  readonly label: string;
  readonly kind: "directory" | "file" | "option" | "calendar";
  /** What stands in the place of `span`. */
  readonly text: string;
  readonly span: Span;
  /** What has to stand around it as well, outside of `span`. */
  readonly around?: readonly TextEdit[];
  /** A few words behind the label. */
  readonly detail: string;
  /** More, in Markdown. */
  readonly documentation: string | undefined;
  /** Of two, the one with less comes first. */
  readonly rank: number;
}

/**
 * What may be written at an offset, for every host that the file belongs to: paths that the next boot would delete, in lists
 * of what is persisted; options that a filesystem takes; calendar expressions. What a list is for is told by what the host
 * makes of it, so that lists of options of one's own are known as well. `now` is in milliseconds since 1970.
 */
export function completions(
  program: Program,
  offset: number,
  hosts: readonly CheckedHost[],
  now: number,
): readonly Completion[] {
  const owners = hosts.filter(({ files }) => files.has(program.path)).map(({ host }) => host);
  const cursor = owners.length === 0 ? undefined : cursorAt(program, offset);
  if (!cursor) return [];
  return [
    ...persistedPathCompletions(program, cursor, owners),
    ...mountOptionCompletions(cursor, owners),
    ...calendarCompletions(cursor, owners, now),
  ];
}
