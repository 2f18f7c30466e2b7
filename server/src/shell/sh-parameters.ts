import type { Word, WordPart } from "./sh-ast.ts";
import type { ShellSource } from "./sh-source.ts";
import type { WordEnd } from "./sh-words.ts";

type ReadWord = (source: ShellSource, start: number, ending: WordEnd, depth: number) => Word;

const NAME = /(?:#(?=[A-Za-z_0-9@*#?$!-])|!)?(?:[A-Za-z_]\w*|\d+|[@*#?$!-])(?:\[[^\]{}$`"']*\])?/y;
const OPERATOR = /:[-=?+]|##?|%%?|\/[/#%]?|\^\^?|,,?|[-=?+:@]/y;
/** With these the operand keeps its single quotes as characters when the whole stands in double quotes. */
const PLAIN_OPERATORS = new Set([":-", ":=", ":?", ":+", "-", "=", "?", "+"]);

/**
 * Reads `${…}` from its `$` on. Length (`${#x}`) and indirection (`${!x}`) keep their sign in front of the name, so that
 * nobody takes them for the value of the variable. What is malformed inside has no name: its value is unknown.
 */
export function readParameter(
  source: ShellSource,
  start: number,
  quoted: boolean,
  depth: number,
  readWord: ReadWord,
): { part: WordPart; end: number } {
  const { text } = source;
  let at = start + 2;
  const name = source.holeAt(at) ? undefined : matchAt(NAME, text, at);
  at += name?.length ?? 0;
  const operator = name === undefined || source.holeAt(at) ? undefined : matchAt(OPERATOR, text, at);
  at += operator?.length ?? 0;
  const plain = operator !== undefined && PLAIN_OPERATORS.has(operator);
  const operand = readWord(source, at, quoted && plain ? "quoted-brace" : "brace", depth);
  at = operand.end;
  if (text[at] !== "}") source.fail(start, "The parameter expansion is never closed with “}”.");
  const part: WordPart = { kind: "parameter", start, end: at + 1, quoted };
  // Without an operator, anything before the closing brace is something that only the shell itself can judge.
  if (name !== undefined && (operator !== undefined || operand.end === operand.start)) part.name = name;
  if (operator !== undefined) {
    part.operator = operator;
    part.operand = operand;
  }
  return { part, end: at + 1 };
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
