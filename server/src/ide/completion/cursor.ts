import type { Place } from "../../eval/origin.ts";
import type { Expr, ListExpr, Program, Span, StringExpr } from "../../syntax/expr.ts";
import { bindingAt, enclosing } from "../../syntax/walk.ts";

/** Where something may be completed. */
export type Cursor =
  /** Inside the quotes of a text on one line, without interpolations. */
  | {
      readonly in: "text";
      readonly file: string;
      /** The text with its quotes. */
      readonly text: Span;
      /** What is between the quotes. */
      readonly word: Span;
      /** Whether it is an element of a list by itself. */
      readonly isElement: boolean;
      /** The name of the attribute whose value it is. */
      readonly name: string | undefined;
    }
  /** Between the elements of a list, or in a word that begins one. */
  | { readonly in: "list"; readonly file: string; readonly list: ListExpr; readonly word: Span };

/** What is around an offset; undefined where nothing can be completed. */
export function cursorAt(program: Program, offset: number): Cursor | undefined {
  const around = enclosing(program, offset);
  const inner = around.at(-1);
  const parent = around.at(-2);
  const file = program.path;
  if (inner?.kind === "string") {
    if (!isPlain(program, inner) || offset <= inner.start || offset >= inner.end) return undefined;
    const isElement = parent?.kind === "list";
    const word = { start: inner.start + 1, end: inner.end - 1 };
    return { in: "text", file, text: inner, word, isElement, name: isElement ? undefined : nameOf(program, inner) };
  }
  if (inner?.kind === "var" && parent?.kind === "list" && offset === inner.end) {
    return { in: "list", file, list: parent, word: inner };
  }
  if (inner?.kind === "list" && inner.start < offset && offset < inner.end && isBlank(program, offset)) {
    return { in: "list", file, list: inner, word: { start: offset, end: offset } };
  }
  return undefined;
}

/** Whether a place is the text at the cursor, or an element beside the cursor. */
export function concerns(cursor: Cursor, place: Place | undefined): boolean {
  if (place?.file !== cursor.file) return false;
  if (cursor.in === "text") return place.start === cursor.text.start && place.end === cursor.text.end;
  return cursor.list.items.some((item) => isAt(item, place));
}

/** Whether an expression covers exactly a place, with or without its parentheses. */
function isAt(expr: Expr, place: Span): boolean {
  const spans = expr.outer ? [expr, expr.outer] : [expr];
  return spans.some(({ start, end }) => start === place.start && end === place.end);
}

function isPlain(program: Program, expr: StringExpr): boolean {
  const text = program.text.slice(expr.start, expr.end);
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') && !/[\n\\]|\$\{/.test(text);
}

/** The name of the attribute whose whole value a text is. */
function nameOf(program: Program, text: StringExpr): string | undefined {
  const binding = bindingAt(program, text.start)?.binding;
  if (binding?.kind !== "bind" || binding.value !== text) return undefined;
  const last = binding.path.at(-1);
  return last?.kind === "name" ? last.name : undefined;
}

/** Not in a comment, and with room on both sides. */
function isBlank({ text, comments }: Program, offset: number): boolean {
  const hasRoom = /[\s[]/.test(text.charAt(offset - 1)) && /[\s\]]/.test(text.charAt(offset));
  return hasRoom && !comments.some(({ start, end }) => start < offset && offset <= end);
}
