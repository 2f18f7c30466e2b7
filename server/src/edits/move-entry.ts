import type { PersistedPath, Store } from "../host/host.ts";
import type { Program } from "../syntax/expr.ts";
import { mergeEdits } from "./combine-plans.ts";
import { removeChild } from "./container-edit.ts";
import { isFirstOnLine, lineEnd, lineStart } from "./layout.ts";
import { entriesOf, type ListEntry, listAround, portableText } from "./list-entries.ts";
import { appendToListOption, type EditContext, type FileEdits } from "./option-edit.ts";
import type { TextEdit } from "./text-edit.ts";

/** Whether an entry of one store may stand in another: both take the same attributes and mean the same home. */
export function mayMove({ store }: PersistedPath, target: Store): boolean {
  if (store === target || store.module !== target.module || target.enabled.answer !== "yes") return false;
  const owner = ({ option }: Store) => (option[0] === "home-manager" ? option.slice(0, -1).join(".") : "");
  return owner(store) === owner(target) && target.path.known;
}

/** Takes an entry with its comments out of its list and puts it at the end of the same list of another store. */
export function moveEntry(context: EditContext, entry: PersistedPath, target: Store): FileEdits | undefined {
  const program = entry.editable && entry.place ? context.program(entry.place.file) : undefined;
  const list = program && entry.place && listAround(program, entry.place);
  const place = entry.place;
  if (!program || !list || !place) return undefined;
  const found = entriesOf(program, list).find(
    ({ element }) => (element.outer ?? element).start <= place.start && place.end <= (element.outer ?? element).end,
  );
  if (!found) return undefined;
  const inUsers = entry.userName !== undefined && target.option[0] !== "home-manager";
  const name = entry.kind === "directory" ? "directories" : "files";
  const option = [...target.option, ...(inUsers ? ["users", entry.userName ?? ""] : []), name];
  const added = appendToListOption(context, option, [portableText(program, found)]);
  if (!added) return undefined;
  const removed = removeEntry(program, found);
  // The list that takes the entry may be the one that loses it, when a function writes both stores.
  const clash = (added.get(program.path) ?? []).some((edit) => edit.start < removed.end && removed.start < edit.end);
  return clash ? undefined : mergeEdits(new Map([[program.path, [removed]]]), added);
}

/** Removes an element together with the comments that belong to it. */
export function removeEntry(program: Program, entry: ListEntry): TextEdit {
  const { text } = program;
  if (!entry.ownLines || !isFirstOnLine(text, entry.span.start)) return removeChild(program, entry.span);
  const before = lineStart(text, entry.span.start);
  const end = lineEnd(text, entry.span.end);
  return before > 0 ? { start: lineEnd(text, before - 1), end, text: "" } : { start: entry.span.start, end, text: "" };
}
