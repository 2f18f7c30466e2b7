import type { Expr, Program, Span } from "../syntax/expr.ts";
import { type BindingPlace, bindingAt, enclosing } from "../syntax/walk.ts";
import { outerSpan } from "./layout.ts";

/** Finds the expression that covers exactly `span`, with or without its parentheses. */
export function expressionAt(program: Program, span: Span): Expr | undefined {
  return enclosing(program, span.start).findLast((expr) => same(expr, span) || same(outerSpan(expr), span));
}

/** Finds the binding that covers exactly `span`, with what holds it. */
export function bindingWith(program: Program, span: Span): BindingPlace | undefined {
  const found = bindingAt(program, span.start);
  return found && same(found.binding, span) ? found : undefined;
}

/** The innermost element of a list literal that holds `span`. */
export function elementWith(program: Program, span: Span): Expr | undefined {
  const around = enclosing(program, span.start);
  for (let index = around.length - 1; index > 0; index--) {
    const expr = around[index];
    const parent = around[index - 1];
    if (expr && parent?.kind === "list" && contains(outerSpan(expr), span)) return expr;
  }
  return undefined;
}

/** The string literal without interpolation that holds `span`. */
export function plainStringWith(program: Program, span: Span): Expr | undefined {
  const expr = enclosing(program, span.start).findLast((around) => contains(outerSpan(around), span));
  return expr?.kind === "string" && expr.parts.every((part) => part.kind === "chunk") ? expr : undefined;
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function same(a: Span, b: Span): boolean {
  return a.start === b.start && a.end === b.end;
}
