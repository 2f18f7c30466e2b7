import { outerSpan } from "../../edits/layout.ts";
import type { Binding, Comment, Expr, Program, Span } from "../../syntax/expr.ts";
import { bindingsOf, children, walk } from "../../syntax/walk.ts";

/** Where a comment holds: everything that lies inside a node, or everything that touches a line. */
export interface Covered extends Span {
  readonly by: "node" | "line";
}

/**
 * The part of a file that `allow` in this comment is about. A comment behind code is about its line, or, behind
 * nothing but closing brackets, about what they close. A comment on a line of its own is about the binding, list element
 * or expression below it. Undefined when nothing follows.
 */
export function coveredBy(program: Program, comment: Comment): Covered[] {
  const { text } = program;
  const lineStart = text.lastIndexOf("\n", comment.start - 1) + 1;
  const before = withoutComments(program, lineStart, comment.start);
  if (before.trim() === "") return below(program, comment);
  const lineEnd = text.indexOf("\n", comment.end);
  const line: Covered = { by: "line", start: lineStart, end: lineEnd < 0 ? text.length : lineEnd };
  if (!/^[\s})\];']+$/.test(before)) return [line];
  const last = lineStart + before.trimEnd().length;
  const closed = nodes(program).filter(({ end }) => end === last);
  return [line, ...closed.slice(0, 1).map(({ start, end }): Covered => ({ by: "node", start, end }))];
}

/** What a comment on a line of its own stands above. */
function below(program: Program, comment: Comment): Covered[] {
  let best: Span | undefined;
  // Outer nodes come first, so of those that begin at the same place the outermost stays.
  for (const node of nodes(program)) {
    if (node.start >= comment.end && (!best || node.start < best.start)) best = node;
  }
  if (!best || /[}\])]/.test(withoutComments(program, comment.end, best.start))) return [];
  const { start } = best;
  // Above a value on lines of its own, the binding is meant.
  const owner = nodes(program).findLast(({ start: from, valueStart }) => valueStart === start && from < start);
  const whole = outerSpan(program.root).start === start;
  const node = owner ?? best;
  return [
    whole ? { by: "node", start: 0, end: program.text.length } : { by: "node", start: node.start, end: node.end },
  ];
}

/** A node that a comment can be about. */
export interface Holder extends Span {
  /** Where the value of a binding begins. */
  readonly valueStart?: number;
}

/** Bindings, list elements and all other expressions with their parentheses, outer ones first. */
export function nodes(program: Program): readonly Holder[] {
  const found: Holder[] = [];
  walk(program.root, (expr) => {
    found.push(outerSpan(expr));
    for (const binding of bindingsOf(expr)) found.push(holderOf(binding));
  });
  return found.sort((a, b) => a.start - b.start || b.end - a.end);
}

/** Bindings and list elements, outer ones first: what authors write comments above. */
export function statements(program: Program): readonly Span[] {
  const found: Span[] = [];
  walk(program.root, (expr) => {
    found.push(...bindingsOf(expr).map(({ start, end }) => ({ start, end })), ...elementsOf(expr).map(outerSpan));
  });
  return found.sort((a, b) => a.start - b.start || b.end - a.end);
}

function elementsOf(expr: Expr): Expr[] {
  return expr.kind === "list" ? children(expr) : [];
}

function holderOf(binding: Binding): Holder {
  const { start, end } = binding;
  return binding.kind === "bind" ? { start, end, valueStart: outerSpan(binding.value).start } : { start, end };
}

/** A part of the text with its comments blanked. */
function withoutComments(program: Program, start: number, end: number): string {
  let text = program.text.slice(start, end);
  for (const comment of program.comments) {
    if (comment.end <= start || comment.start >= end) continue;
    const from = Math.max(0, comment.start - start);
    const to = Math.min(text.length, comment.end - start);
    text = text.slice(0, from) + " ".repeat(to - from) + text.slice(to);
  }
  return text;
}
