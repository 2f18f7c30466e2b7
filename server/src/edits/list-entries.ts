import type { Expr, ListExpr, Program, Span } from "../syntax/expr.ts";
import { enclosing } from "../syntax/walk.ts";
import { findBinding } from "./attrs-edit.ts";
import { isFirstOnLine, lineBreak, lineEnd, lineStart, outerSpan, trailingComments } from "./layout.ts";

/** An element of a list with the comments that belong to it: lines right above it, and what stands behind it. */
export interface ListEntry {
  readonly element: Expr;
  /** The comments above, each as written. */
  readonly above: readonly string[];
  /** The comments behind it on its last line. */
  readonly behind: string;
  /** From the first comment above (else the element) to the last behind. */
  readonly span: Span;
  /** True when it stands on lines of its own. */
  readonly ownLines: boolean;
}

/** The innermost list literal around an offset of which `span` is, or is part of, an element. */
export function listAround(program: Program, span: Span): ListExpr | undefined {
  return enclosing(program, span.start).findLast(
    (expr): expr is ListExpr =>
      expr.kind === "list" &&
      expr.items.some((item) => outerSpan(item).start <= span.start && span.end <= outerSpan(item).end),
  );
}

/** The elements of a list with their comments, in order. */
export function entriesOf(program: Program, list: ListExpr): readonly ListEntry[] {
  const { text, comments } = program;
  let floor = list.start + 1;
  return list.items.map((element) => {
    const { start, end } = outerSpan(element);
    const tail = trailingComments(program, end);
    const own = isFirstOnLine(text, start) && lineEnd(text, tail.end) - tail.end === restOfLine(text, tail.end);
    const above: Span[] = [];
    if (own) {
      let at = lineStart(text, start);
      for (const comment of comments.filter((one) => one.start >= floor && one.end <= start).reverse()) {
        const joined = isFirstOnLine(text, comment.start) && text.slice(comment.end, at).trim() === "";
        const lines = text.slice(comment.end, at).split("\n").length - 1;
        if (!joined || lines !== 1) break;
        above.unshift(comment);
        at = lineStart(text, comment.start);
      }
    }
    floor = tail.end;
    return {
      element,
      above: above.map((comment) => text.slice(comment.start, comment.end)),
      behind: text.slice(end, tail.end).trim(),
      span: { start: above[0]?.start ?? start, end: tail.end },
      ownLines: own,
    };
  });
}

/** The path that an element of a persistence list names, when it is a literal. */
export function pathOfElement(element: Expr): string | undefined {
  if (element.kind === "string") {
    return element.parts.every((part) => part.kind === "chunk")
      ? element.parts.map((part) => (part.kind === "chunk" ? part.text : "")).join("")
      : undefined;
  }
  if (element.kind !== "attrs") return undefined;
  const value = (findBinding(element, ["directory"]) ?? findBinding(element, ["file"]))?.value;
  return value?.kind === "string" ? pathOfElement(value) : undefined;
}

/** The source of an element with its comments in front of it, so that it can stand in any list. */
export function portableText(program: Program, { element, above, behind }: ListEntry): string {
  const { start, end } = outerSpan(element);
  const eol = lineBreak(program.text);
  const source = program.text.slice(start, end).split(eol).join("\n");
  return [...above, ...(behind === "" ? [] : [behind]), source].join("\n");
}

/** How many characters of white space follow up to the end of the line; -1 when something else does. */
function restOfLine(text: string, from: number): number {
  const rest = text.slice(from, lineEnd(text, from));
  return rest.trim() === "" ? rest.length : -1;
}
