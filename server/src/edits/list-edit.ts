import type { Expr, ListExpr, Program } from "../syntax/expr.ts";
import { type Container, insertChild, removeChild } from "./container-edit.ts";
import { indentOfLine, indentUnit, lineBreak, lineEnd, lineStart, outerSpan } from "./layout.ts";
import type { TextEdit } from "./text-edit.ts";

/** The longest line that adding elements to a list on one line may make. */
const MAX_WIDTH = 100;

/**
 * Adds an element to a list literal, behind element number `after` or at the end.
 * `element` is Nix source that is legal as a list element (parenthesised where needed).
 */
export function insertElement(program: Program, list: ListExpr, element: string, after?: number): TextEdit[] {
  return [insertChild(program, container(list), inSetStyle(program, list, element), after)];
}

/**
 * Adds elements at the end of a list literal. A list on one line whose line would get too long is broken,
 * one element a line.
 */
export function appendElements(program: Program, list: ListExpr, elements: readonly string[]): TextEdit[] {
  const { text, comments } = program;
  const isOneLine = !text.slice(list.start, list.end).includes("\n");
  const width = lineEnd(text, list.end) - lineStart(text, list.start) + elements.join(" ").length + 1;
  const hasComments = comments.some(({ start }) => start >= list.start && start < list.end);
  if (!isOneLine || hasComments || width <= MAX_WIDTH || list.items.length === 0) {
    return elements.flatMap((element) => insertElement(program, list, element));
  }
  const eol = lineBreak(text);
  const base = indentOfLine(text, list.start);
  const indent = eol + base + indentUnit(text);
  const edits: TextEdit[] = [];
  let at = list.start + 1;
  for (const item of list.items) {
    const { start, end } = outerSpan(item);
    edits.push({ start: at, end: start, text: indent });
    at = end;
  }
  edits.push({ start: at, end: list.end - 1, text: elements.map((element) => indent + element).join("") + eol + base });
  return edits;
}

/** Removes one element of a list literal; comments around it stay. */
export function removeElement(program: Program, element: Expr): TextEdit[] {
  return [removeChild(program, outerSpan(element))];
}

/** Puts other source in the place of an expression, its parentheses included. */
export function replaceExpression(expr: Expr, text: string): TextEdit[] {
  const { start, end } = outerSpan(expr);
  return [{ start, end, text }];
}

/** A set of plain attributes as the list's other sets are written: each attribute on a line of its own, or all on one. */
export function inSetStyle({ text }: Program, list: ListExpr, element: string): string {
  const sets = list.items.filter((item) => item.kind === "attrs" && item.bindings.length > 1);
  const broken = sets.filter(({ start, end }) => text.slice(start, end).includes("\n"));
  if (broken.length * 2 <= sets.length || !PLAIN_SET.test(element)) return element;
  const lines = element.slice(2, -2).match(ATTRIBUTE) ?? [];
  const unit = indentUnit(text);
  return `{\n${lines.map((line) => `${unit}${line}\n`).join("")}}`;
}

const ATTRIBUTE = /[\w-]+ = (?:"(?:[^"\\]|\\.)*"|true|false);/g;
const PLAIN_SET = /^\{ (?:[\w-]+ = (?:"(?:[^"\\]|\\.)*"|true|false); )+\}$/;

function container(list: ListExpr): Container {
  return {
    inside: { start: list.start + 1, end: list.end - 1 },
    children: list.items.map((item) => outerSpan(item)),
  };
}
