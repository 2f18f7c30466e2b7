import type { Program, Span } from "../syntax/expr.ts";

/** The line break the file uses. */
export function lineBreak(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? "\n";
}

/** Offset of the first character of the line that holds `offset`. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Offset of the line break that ends the line of `offset`, or the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const found = text.indexOf("\n", offset);
  if (found < 0) return text.length;
  return text[found - 1] === "\r" ? found - 1 : found;
}

/** White space at the start of the line that holds `offset`. */
export function indentOfLine(text: string, offset: number): string {
  const start = lineStart(text, offset);
  return /^[ \t]*/.exec(text.slice(start, lineEnd(text, start)))?.[0] ?? "";
}

/** Whether only white space stands before `offset` on its line. */
export function isFirstOnLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === "";
}

/** White space that leads to the column of `offset`; tabs stay tabs. */
export function columnIndent(text: string, offset: number): string {
  return text.slice(lineStart(text, offset), offset).replace(/[^\t]/g, " ");
}

/** One step of indentation as the file does it: a tab, or two or four spaces. */
export function indentUnit(text: string): string {
  if (/^\t/m.test(text)) return "\t";
  const steps = [...text.matchAll(/^( +)\S/gm)].map((match) => match[1]?.length ?? 0);
  return steps.length > 0 && steps.every((step) => step % 4 === 0) ? "    " : "  ";
}

/** A list on one line as the file writes such lists: `["a"]` where it leaves out the blanks, else `[ "a" ]`. */
export function inListStyle({ text }: Program, value: string): string {
  const list = /^\[ (.*\S) \]$/.exec(value);
  if (!list) return value;
  const tight = text.match(/\["[^"\n]*"[^\]\n]*"?\]/g)?.length ?? 0;
  const loose = text.match(/\[ "[^"\n]*"[^\]\n]* \]/g)?.length ?? 0;
  return tight > loose ? `[${list[1]}]` : value;
}

/** Gives every line of a text after the first the indentation and line break of its surroundings. */
export function reindent(text: string, indent: string, eol: string): string {
  return text.split("\n").join(eol + indent);
}

/** Where the comments end that stand behind something on its own line, and whether the last runs to the line's end. */
export function trailingComments(program: Program, end: number): { end: number; toLineEnd: boolean } {
  let at = end;
  let toLineEnd = false;
  for (const comment of program.comments) {
    if (comment.start < at) continue;
    if (!/^[ \t]*$/.test(program.text.slice(at, comment.start))) break;
    at = comment.end;
    toLineEnd = comment.style === "line";
  }
  return { end: at, toLineEnd };
}

/** The range of a node with its parentheses. */
export function outerSpan(node: Span & { readonly outer?: Span }): Span {
  return node.outer ?? node;
}
