import type { ListExpr, Program } from "../syntax/expr.ts";
import { lineBreak, lineStart, outerSpan } from "./layout.ts";
import { entriesOf, type ListEntry, pathOfElement } from "./list-entries.ts";
import type { TextEdit } from "./text-edit.ts";

/**
 * Puts the entries of a persistence list in order of their paths, and drops those that are written a second time in
 * the same words. Comments stay with their entries. Blank lines and comments that stand for themselves part the list
 * into sections, each of which is sorted alone. Undefined when an element is not a literal, or when comments stand
 * where they cannot be told to belong to an entry; no edits when the list is in order.
 */
export function sortEntries(program: Program, list: ListExpr): TextEdit[] | undefined {
  const entries = entriesOf(program, list);
  if (entries.some(({ element }) => pathOfElement(element) === undefined)) return undefined;
  if (entries.every(({ ownLines }) => ownLines)) {
    return sections(program, entries).flatMap((part) => sortLines(program, part));
  }
  const loose = program.comments.some(
    ({ start }) => start > list.start && start < list.end && !list.items.some((item) => within(start, outerSpan(item))),
  );
  return loose ? undefined : sortInPlace(program, entries);
}

/** Lists whose entries share lines: each place gets the entry that belongs there. */
function sortInPlace(program: Program, entries: readonly ListEntry[]): TextEdit[] {
  const texts = ordered(program, entries).map((entry) => sourceOf(program, entry));
  const last = entries[texts.length - 1];
  const edits: TextEdit[] = texts.flatMap((text, index) => {
    const entry = entries[index];
    if (!entry || sourceOf(program, entry) === text) return [];
    const { start, end } = outerSpan(entry.element);
    return [{ start, end, text }];
  });
  const end = entries.at(-1);
  if (last && end && last !== end) {
    edits.push({ start: outerSpan(last.element).end, end: outerSpan(end.element).end, text: "" });
  }
  return edits;
}

function sortLines(program: Program, entries: readonly ListEntry[]): TextEdit[] {
  const sorted = ordered(program, entries);
  if (sorted.length === entries.length && sorted.every((entry, index) => entry === entries[index])) return [];
  const eol = lineBreak(program.text);
  const lines = (entry: ListEntry) => program.text.slice(lineStart(program.text, entry.span.start), entry.span.end);
  const first = entries[0];
  const last = entries.at(-1);
  if (!first || !last) return [];
  const start = lineStart(program.text, first.span.start);
  return [{ start, end: last.span.end, text: sorted.map(lines).join(eol) }];
}

/** Runs of entries with nothing between them but the line break. */
function sections(program: Program, entries: readonly ListEntry[]): ListEntry[][] {
  const parts: ListEntry[][] = [];
  let before: ListEntry | undefined;
  for (const entry of entries) {
    const gap = before && program.text.slice(before.span.end, entry.span.start);
    const joined = gap !== undefined && gap.trim() === "" && gap.split("\n").length === 2;
    if (joined) parts.at(-1)?.push(entry);
    else parts.push([entry]);
    before = entry;
  }
  return parts;
}

/** By path; a second entry in the same words, without a comment of its own, is left out. */
function ordered(program: Program, entries: readonly ListEntry[]): ListEntry[] {
  const seen = new Set<string>();
  const kept = entries.filter((entry) => {
    const text = sourceOf(program, entry);
    const again = seen.has(text) && entry.above.length === 0 && entry.behind === "";
    seen.add(text);
    return !again;
  });
  const key = ({ element }: ListEntry) => pathOfElement(element) ?? "";
  return kept
    .map((entry, index) => ({ entry, index, key: key(entry) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index))
    .map(({ entry }) => entry);
}

function sourceOf(program: Program, { element }: ListEntry): string {
  const { start, end } = outerSpan(element);
  return program.text.slice(start, end);
}

function within(offset: number, span: { readonly start: number; readonly end: number }): boolean {
  return offset >= span.start && offset < span.end;
}
