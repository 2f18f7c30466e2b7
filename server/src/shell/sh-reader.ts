import type { ErrorNode, Hole, Script } from "./sh-ast.ts";
import { ShellParser } from "./sh-parser.ts";
import { ShellSource, type SubstitutionReader } from "./sh-source.ts";

export type { Hole, Script, Span, Word } from "./sh-ast.ts";

export interface ShellOptions {
  /** Ranges whose value is unknown, such as Nix interpolations. They may stand anywhere but never overlap. */
  holes?: readonly Hole[];
}

/**
 * Reads a shell script: POSIX sh and the parts of bash that NixOS scripts use (`[[ ]]`, `(( ))`, arrays, `function`,
 * `<<<`, `&>`, process substitution). Offsets are those of `text`.
 *
 * Never throws. Where the text cannot be read, `errors` has one node from there to the end, and everything before it,
 * including the finished part of an open block, is in `statements`. What bash accepts is accepted (`bash -n`).
 */
export function readShell(text: string, options: ShellOptions = {}): Script {
  const source = new ShellSource(text, options.holes ?? [], readCommands);
  return readCommands(source, 0, 0, true).script;
}

const readCommands: SubstitutionReader = (source, start, depth, toEnd) => {
  const parser = new ShellParser(source, start, depth);
  const list = parser.list(undefined);
  const closed = toEnd ? parser.lexer.peek().kind === "end" : parser.isOperator(")");
  const end = parser.lexer.peek().start;
  if (!closed && toEnd) parser.unexpected();
  else if (!closed) {
    if (parser.lexer.peek().kind === "end") source.fail(start, "The command substitution is never closed with “)”.");
    else parser.unexpected();
  }
  const errors: ErrorNode[] = [];
  if (toEnd && source.failure) {
    const { at, message } = source.failure;
    errors.push({ kind: "error", start: at, end: source.text.length, message });
  }
  const comments = toEnd ? source.comments : [];
  const span = toEnd ? { start: 0, end: source.text.length } : {};
  return { script: { ...list, ...span, errors, comments }, end };
};
