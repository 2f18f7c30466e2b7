import type { Expr, ListExpr, Program } from "../syntax/expr.ts";
import { type Container, insertChild, removeChild } from "./container-edit.ts";
import { outerSpan } from "./layout.ts";
import type { TextEdit } from "./text-edit.ts";

/**
 * Adds an element to a list literal, behind element number `after` or at the end.
 * `element` is Nix source that is legal as a list element (parenthesised where needed).
 */
export function insertElement(program: Program, list: ListExpr, element: string, after?: number): TextEdit[] {
  return [insertChild(program, container(list), element, after)];
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

function container(list: ListExpr): Container {
  return {
    inside: { start: list.start + 1, end: list.end - 1 },
    children: list.items.map((item) => outerSpan(item)),
  };
}
