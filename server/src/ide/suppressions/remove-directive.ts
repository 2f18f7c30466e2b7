import { lineStart } from "../../edits/layout.ts";
import type { TextEdit } from "../../edits/text-edit.ts";
import type { Program } from "../../syntax/expr.ts";
import type { Directive, NamedRule } from "./directive.ts";

/** Takes rules out of a comment; the whole comment when none is left, its line too when nothing else is on it. */
export function removeRules(program: Program, directive: Directive, rules: readonly NamedRule[]): TextEdit[] {
  const left = directive.rules.filter((rule) => !rules.includes(rule));
  const [first] = directive.rules;
  const last = directive.rules.at(-1);
  if (left.length === 0 || !first || !last) return [removeComment(program, directive)];
  return [{ start: first.start, end: last.end, text: left.map(({ text }) => text).join(", ") }];
}

function removeComment({ text }: Program, { comment }: Directive): TextEdit {
  let { start, end } = comment;
  while (/[ \t]/.test(text[start - 1] ?? "")) start--;
  const isOwnLine = start === lineStart(text, comment.start);
  if (!isOwnLine) return { start, end, text: "" };
  while (/[ \t]/.test(text[end] ?? "")) end++;
  if (text[end] === "\r") end++;
  // Code behind a block comment stays where it is.
  if (text[end] === "\n") return { start, end: end + 1, text: "" };
  return end === text.length ? { start, end, text: "" } : { start: comment.start, end, text: "" };
}
