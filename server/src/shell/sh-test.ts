import { bareText } from "./sh-assignments.ts";
import type { Test, Word } from "./sh-ast.ts";
import type { ShellParser } from "./sh-parser.ts";

const BINARY = new Set(["=", "==", "!=", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"]);
const MAX_NESTING = 60;

/** Reads bash's `[[ … ]]` from the opening brackets on. */
export function readTest(parser: ShellParser): Test {
  const { start } = parser.take();
  const words: Word[] = [];
  new TestReader(parser, words).either(0);
  const closing = parser.lexer.testWord("pattern", true);
  if (bareText(parser.source, closing) !== "]]")
    parser.source.fail(closing.start, "The “[[” is never closed with “]]”.");
  parser.skipTo(closing.end);
  return { kind: "test", words, redirects: parser.redirects(), ...parser.span(start) };
}

class TestReader {
  readonly #parser: ShellParser;
  readonly #words: Word[];

  constructor(parser: ShellParser, words: Word[]) {
    this.#parser = parser;
    this.#words = words;
  }

  either(depth: number): void {
    do this.#both(depth);
    while (this.#parser.lexer.testOperator(["||"], true));
  }

  #both(depth: number): void {
    do this.#primary(depth);
    while (this.#parser.lexer.testOperator(["&&"], true));
  }

  #primary(depth: number): void {
    const { lexer, source } = this.#parser;
    if (depth > MAX_NESTING) source.fail(lexer.offset, "This is nested too deeply to be read.");
    if (source.failure) return;
    if (lexer.testOperator(["("], true)) {
      this.either(depth + 1);
      if (!lexer.testOperator([")"], true)) source.fail(lexer.offset, "The “(” inside “[[” has no matching “)”.");
      return;
    }
    const word = lexer.testWord("pattern", true);
    const text = bareText(source, word);
    if (text === "!") this.#primary(depth + 1);
    else if (word.start === word.end || text === "]]") source.fail(word.start, "A condition is missing inside “[[”.");
    else this.#condition(word, text);
  }

  #condition(word: Word, text: string): void {
    const { source } = this.#parser;
    if (source.failure) return;
    this.#words.push(word);
    const unary = /^-[A-Za-z]$/.test(text);
    const operator = this.#operator(unary);
    if (operator !== undefined) this.#operand(operator === "=~" ? "regex" : "pattern");
    else if (unary) this.#operand("pattern");
  }

  #operator(unary: boolean): string | undefined {
    const { lexer, source } = this.#parser;
    const sign = lexer.testOperator(["<", ">"], false);
    if (sign) return sign;
    const before = lexer.offset;
    const word = lexer.testWord("pattern", false);
    const text = bareText(source, word);
    if (BINARY.has(text)) return text;
    // bash looks for an operator on the same line, and only a finished condition may be followed by a new one.
    if (source.text[word.start] === "\n" && !unary)
      source.fail(word.start, "A condition inside “[[” ends on its line.");
    lexer.moveTo(before);
    return undefined;
  }

  #operand(ending: "pattern" | "regex"): void {
    const { lexer, source } = this.#parser;
    const word = lexer.testWord(ending, false);
    const missing = word.start === word.end || bareText(source, word) === "]]";
    if (missing) source.fail(word.start, "An operator inside “[[” has nothing to compare with.");
    else if (!source.failure) this.#words.push(word);
  }
}
