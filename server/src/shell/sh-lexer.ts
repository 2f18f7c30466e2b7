import type { Redirect, Word } from "./sh-ast.ts";
import type { ShellSource } from "./sh-source.ts";
import { readHeredocBody, readWord, type WordEnd } from "./sh-words.ts";

export type Token =
  | { kind: "word"; word: Word; start: number; end: number }
  /** A control or redirection operator, or `newline`. */
  | { kind: "operator"; text: string; start: number; end: number }
  /** A number right in front of a redirection. */
  | { kind: "fd"; fd: number; start: number; end: number }
  | { kind: "end"; start: number; end: number };

const OPERATORS = /(?:;;&|;;|;&|&&|&>>|&>|\|\||\|&|<<-|<<<|<<|<&|<>|>>|>&|>\||[;&|<>()])/y;
const REDIRECTION = /(?:\d+)(?=[<>])/y;

interface PendingHeredoc {
  redirect: Redirect;
  delimiter: string;
  stripTabs: boolean;
  raw: boolean;
}

/** Cuts a shell text into tokens on demand; the parser decides which words are keywords. */
export class ShellLexer {
  readonly #source: ShellSource;
  readonly #depth: number;
  #at: number;
  #ahead: Token | undefined;
  #pending: PendingHeredoc[] = [];

  constructor(source: ShellSource, start: number, depth: number) {
    this.#source = source;
    this.#at = start;
    this.#depth = depth;
  }

  peek(): Token {
    this.#ahead ??= this.#read();
    return this.#source.failure ? this.#endToken() : this.#ahead;
  }

  next(): Token {
    const token = this.peek();
    this.#ahead = undefined;
    this.#at = token.end;
    return token;
  }

  /** Where the next token will be looked for. */
  get offset(): number {
    return this.#ahead?.start ?? this.#at;
  }

  /** Goes on behind text that the parser has read by itself. */
  moveTo(offset: number): void {
    this.#ahead = undefined;
    this.#at = offset;
  }

  /** A word of `[[ … ]]`, where other characters than usual end it. */
  testWord(ending: WordEnd, newlines: boolean): Word {
    this.moveTo(this.#skipBlanks(this.offset, newlines));
    const word = readWord(this.#source, this.#at, ending, this.#depth);
    this.moveTo(word.end);
    return word;
  }

  /** Takes the operator of `[[ … ]]` that comes next, if it is one of those wanted. */
  testOperator(wanted: readonly string[], newlines: boolean): string | undefined {
    const at = this.#skipBlanks(this.offset, newlines);
    const found = wanted.find((operator) => this.#source.text.startsWith(operator, at) && !this.#source.holeAt(at));
    if (found !== undefined) this.moveTo(at + found.length);
    return found;
  }

  /** Asks for the lines of a here-document behind the next newline. */
  awaitHeredoc(redirect: Redirect): void {
    const { parts } = redirect.target;
    const raw = parts.some((part) => part.quoted);
    // Nothing in a delimiter is expanded, so anything but quotes counts as written.
    const text = this.#source.text;
    const delimiter = parts
      .map((part) => (part.kind === "literal" ? part.value : text.slice(part.start, part.end)))
      .join("");
    this.#pending.push({ redirect, delimiter, stripTabs: redirect.operator === "<<-", raw });
  }

  #endToken(): Token {
    const at = this.#source.failure?.at ?? this.#source.text.length;
    return { kind: "end", start: at, end: at };
  }

  #read(): Token {
    const { text } = this.#source;
    const start = this.#skipBlanks(this.#at, false);
    if (start >= text.length || this.#source.failure) return this.#endToken();
    if (!this.#source.holeAt(start)) {
      if (text[start] === "\n") return { kind: "operator", text: "newline", start, end: this.#heredocs(start + 1) };
      REDIRECTION.lastIndex = start;
      const digits = REDIRECTION.exec(text)?.[0];
      if (digits) return { kind: "fd", fd: Number(digits), start, end: start + digits.length };
      OPERATORS.lastIndex = start;
      const operator = OPERATORS.exec(text)?.[0];
      const substitution = (operator === "<" || operator === ">") && text[start + 1] === "(";
      if (operator && !substitution) return { kind: "operator", text: operator, start, end: start + operator.length };
    }
    const word = readWord(this.#source, start, "token", this.#depth);
    return this.#source.failure ? this.#endToken() : { kind: "word", word, start: word.start, end: word.end };
  }

  #skipBlanks(from: number, newlines: boolean): number {
    const { text } = this.#source;
    let at = from;
    for (;;) {
      if (this.#source.holeAt(at)) return at;
      const char = text[at];
      if (char === " " || char === "\t" || char === "\r" || (newlines && char === "\n")) at += 1;
      else if (char === "\\" && text[at + 1] === "\n") at += 2;
      else if (char === "#") at = this.#skipComment(at);
      else return at;
    }
  }

  #skipComment(start: number): number {
    const end = this.#lineEnd(start);
    // A token may be looked at twice from the same offset; its comment is noted once.
    if ((this.#source.comments.at(-1)?.start ?? -1) < start) this.#source.comments.push({ start, end });
    return end;
  }

  /** The offset of the newline that ends a line; one inside a hole does not. */
  #lineEnd(from: number): number {
    const { text } = this.#source;
    let at = from;
    while (at < text.length) {
      const hole = this.#source.holeAt(at);
      if (hole) at = hole.end;
      else if (text[at] === "\n") return at;
      else at += 1;
    }
    return text.length;
  }

  #heredocs(from: number): number {
    let at = from;
    for (const { redirect, delimiter, stripTabs, raw } of this.#pending) {
      const start = at;
      let end = at;
      while (at < this.#source.text.length) {
        const lineEnd = this.#lineEnd(at);
        const line = this.#source.text.slice(at, lineEnd);
        end = at;
        at = Math.min(lineEnd + 1, this.#source.text.length);
        if ((stripTabs ? line.replace(/^\t+/, "") : line) === delimiter) break;
        end = at;
      }
      const failure = this.#source.failure;
      redirect.body = readHeredocBody(this.#source, start, end, raw, this.#depth);
      if (failure === this.#source.failure) continue;
      // The shell expands the lines only when it runs them, so a mistake in there does not end the script.
      this.#source.failure = failure;
      const unknown = { kind: "parameter", start, end, quoted: true } as const;
      redirect.body = { kind: "word", start, end, parts: [unknown], glob: false, brace: false };
    }
    this.#pending = [];
    return at;
  }
}
