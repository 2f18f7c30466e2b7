import type { SyntaxProblem } from "./expr.ts";
import type { Lexed } from "./tokens.ts";

/** A change that makes a broken file readable. Blanking keeps the length; an insertion shifts what follows. */
export type Repair =
  | { readonly kind: "blank"; readonly start: number; readonly end: number }
  | { readonly kind: "insert"; readonly start: number; readonly text: string };

/** What is wrong with a file and how to read the rest of it. */
export interface Mended {
  readonly problems: SyntaxProblem[];
  readonly repairs: Repair[];
  /** The tokens that the repairs refer to. */
  readonly lexed: Lexed;
}

/** The name that stands for a missing expression; written with a form no person uses. */
export const holeName = "_'missing'_";

/** Stands before a keyword that was written where only a name can be. */
export const keywordPrefix = "_'keyword'_";

/** What to say of it. */
export function keywordAsName(word: string): string {
  return `\`${word}\` is a keyword and cannot be a name; as an attribute write "${word}" in quotes.`;
}

/** A text with repairs made, and the way back from its offsets to those of the original. */
export interface RepairedText {
  readonly text: string;
  /** The offset in the original text of an offset in `text`. Inserted text maps to the place of insertion. */
  original(offset: number): number;
}

/** Makes the repairs on `text`. */
export function applyRepairs(text: string, repairs: readonly Repair[]): RepairedText {
  const sorted = repairs
    .map((repair, order) => ({ repair, order }))
    .sort((a, b) => a.repair.start - b.repair.start || a.order - b.order);
  const parts: string[] = [];
  // Where inserted text begins and ends in the result, and how much had been inserted before.
  const insertions: { at: number; length: number; before: number }[] = [];
  let from = 0;
  let inserted = 0;
  for (const { repair } of sorted) {
    if (repair.start > from) {
      parts.push(text.slice(from, repair.start));
      from = repair.start;
    }
    if (repair.kind === "insert") {
      parts.push(repair.text);
      insertions.push({ at: repair.start + inserted, length: repair.text.length, before: inserted });
      inserted += repair.text.length;
    } else if (repair.end > from) {
      parts.push(text.slice(from, repair.end).replace(/[^\n]/g, " "));
      from = repair.end;
    }
  }
  parts.push(text.slice(from));
  return { text: parts.join(""), original: (offset) => originalOffset(insertions, offset) };
}

function originalOffset(insertions: readonly { at: number; length: number; before: number }[], offset: number): number {
  let low = 0;
  let high = insertions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (insertions[middle]!.at <= offset) low = middle + 1;
    else high = middle;
  }
  const last = insertions[low - 1];
  if (last === undefined) return offset;
  const into = Math.min(offset - last.at, last.length);
  return offset - last.before - into;
}
