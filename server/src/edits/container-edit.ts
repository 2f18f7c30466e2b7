import type { Program, Span } from "../syntax/expr.ts";
import {
  columnIndent,
  indentOfLine,
  indentUnit,
  isFirstOnLine,
  lineBreak,
  lineEnd,
  lineStart,
  outerSpan,
  reindent,
  trailingComments,
} from "./layout.ts";
import type { TextEdit } from "./text-edit.ts";

/** A `[ … ]` or `{ … }` literal: the range between the brackets and what stands in it, in order. */
export interface Container {
  readonly inside: Span;
  readonly children: readonly Span[];
}

/**
 * Inserts a child behind child number `after` (the last by default) in the layout of the container:
 * on the same line when the container is written on one, else on a line of its own. Always a pure
 * insertion, so that comments and the rest of the layout stay as they are.
 * `text` may have several lines; they are indented relative to the first.
 */
export function insertChild(
  program: Program,
  container: Container,
  text: string,
  after = container.children.length - 1,
): TextEdit {
  const source = program.text;
  const eol = lineBreak(source);
  const child = container.children[after];
  if (!child) return insertFirst(program, container, text);
  const behind = trailingComments(program, outerSpan(child).end);
  const start = outerSpan(child).start;
  if (!behind.toLineEnd && !isBroken(source, container)) {
    return insertion(behind.end, ` ${reindent(text, indentOfLine(source, start), eol)}`);
  }
  const indent = childIndent(source, container, after);
  return insertion(behind.end, `${eol}${indent}${reindent(text, indent, eol)}`);
}

function insertFirst(program: Program, container: Container, text: string): TextEdit {
  const source = program.text;
  const eol = lineBreak(source);
  const { start, end } = container.inside;
  const between = source.slice(start, end);
  const base = indentOfLine(source, start);
  const step = indentUnit(source);
  if (isFirstOnLine(source, end) && end > lineStart(source, start) && between.includes("\n")) {
    const indent = indentOfLine(source, end) + step;
    return insertion(lineStart(source, end), `${indent}${reindent(text, indent, eol)}${eol}`);
  }
  if (text.includes("\n") && between.trim() === "") {
    const indent = base + step;
    return { start, end, text: `${eol}${indent}${reindent(text, indent, eol)}${eol}${base}` };
  }
  if (between === "") return insertion(start, ` ${text} `);
  if (between.trim() === "") return insertion(start, ` ${text}`);
  return insertion(end, `${/\s$/.test(between) ? "" : " "}${reindent(text, base, eol)} `);
}

/**
 * Removes a child. Comments around it stay; a line that held nothing else goes with it.
 */
export function removeChild(program: Program, child: Span): TextEdit {
  const source = program.text;
  const { start, end } = outerSpan(child);
  const restOfLine = source.slice(end, lineEnd(source, end));
  if (isFirstOnLine(source, start)) {
    if (restOfLine.trim() === "") {
      // The line break in front goes, not the one behind, which an insertion behind the child needs.
      const before = lineStart(source, start);
      if (before > 0) return { start: lineEnd(source, before - 1), end: end + restOfLine.length, text: "" };
    }
    const gap = /^[ \t]*/.exec(restOfLine)?.[0].length ?? 0;
    return { start, end: end + gap, text: "" };
  }
  let from = start;
  while (/[ \t]/.test(source[from - 1] ?? "")) from--;
  const glued = /\w/.test(source[from - 1] ?? "") && /\w/.test(source[end] ?? "");
  return { start: from, end, text: glued ? " " : "" };
}

/** Whether the container's children are spread over lines (line breaks inside a child do not count). */
function isBroken(source: string, container: Container): boolean {
  let at = container.inside.start;
  for (const child of container.children) {
    const { start, end } = outerSpan(child);
    if (source.slice(at, start).includes("\n")) return true;
    at = end;
  }
  return source.slice(at, container.inside.end).includes("\n");
}

/** The indentation of a new line behind child number `after`: that of the nearest child that starts a line. */
function childIndent(source: string, container: Container, after: number): string {
  const order = [after, ...container.children.keys()];
  for (const index of order) {
    const child = container.children[index];
    if (child && isFirstOnLine(source, outerSpan(child).start)) return indentOfLine(source, outerSpan(child).start);
  }
  const child = container.children[after];
  return child ? columnIndent(source, outerSpan(child).start) : "";
}

function insertion(at: number, text: string): TextEdit {
  return { start: at, end: at, text };
}
