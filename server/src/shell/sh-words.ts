import type { Word, WordPart } from "./sh-ast.ts";
import { readBackticks } from "./sh-backticks.ts";
import { readParameter } from "./sh-parameters.ts";
import { MAX_DEPTH, type ShellSource } from "./sh-source.ts";

/** Where a word ends: at a shell metacharacter, at the `}` of a parameter, at a blank (a regular expression). */
export type WordEnd = "token" | "brace" | "quoted-brace" | "regex" | "pattern";

const META = new Set(" \t\n;&|<>()");
const ESCAPED_IN_QUOTES = new Set('$`"\\');

/**
 * Reads one word from an offset on. Quotes, expansions, substitutions and holes become parts with exact offsets; the
 * result may be empty (start equals end) when no word begins there. Failures are noted in the source.
 */
export function readWord(source: ShellSource, start: number, ending: WordEnd, depth: number): Word {
  const reader = new WordReader(source, start, depth);
  reader.unquoted(ending);
  return reader.word(start);
}

/** The lines of a here-document between two offsets: like double quotes, but `"` is an ordinary character. */
export function readHeredocBody(source: ShellSource, start: number, end: number, raw: boolean, depth: number): Word {
  const reader = new WordReader(source, start, depth);
  reader.heredoc(end, raw);
  return reader.word(start);
}

class WordReader {
  readonly #source: ShellSource;
  readonly #depth: number;
  readonly #parts: WordPart[] = [];
  #at: number;
  #glob = false;
  #brace = false;

  constructor(source: ShellSource, start: number, depth: number) {
    this.#source = source;
    this.#at = start;
    this.#depth = depth;
    if (depth > MAX_DEPTH) source.fail(start, "This is nested too deeply to be read.");
  }

  word(start: number): Word {
    const parts = this.#parts;
    // An unclosed quote or substitution leads one step behind the end of the text.
    const { length } = this.#source.text;
    for (const part of parts) part.end = Math.min(part.end, length);
    this.#at = Math.min(this.#at, length);
    const word: Word = { kind: "word", start, end: this.#at, parts, glob: this.#glob, brace: this.#brace };
    if (!this.#brace && parts.every((part) => part.kind === "literal")) {
      word.literal = parts.map((part) => (part.kind === "literal" ? part.value : "")).join("");
    }
    return word;
  }

  unquoted(ending: WordEnd): void {
    const { text } = this.#source;
    const first = this.#at;
    let parens = 0;
    const tilde =
      ending === "token" ? /^~[\w.-]*(?=[/:\s;&|<>()]|$)/.exec(text.slice(first, first + 64))?.[0] : undefined;
    if (tilde && !this.#source.holeAt(first)) {
      this.#at += tilde.length;
      this.#parts.push({ kind: "tilde", start: first, end: this.#at, quoted: false });
    }
    while (this.#at < text.length && !this.#source.failure) {
      const char = text[this.#at]!;
      if (this.#hole(false)) continue;
      if (ending === "token" && META.has(char)) {
        if ((char === "<" || char === ">") && text[this.#at + 1] === "(" && this.#at === first) this.#process();
        else break;
        continue;
      }
      if (ending === "pattern" || ending === "regex") {
        const opens = char === "(" && (ending === "regex" || "?*+@!".includes(text[this.#at - 1] ?? " "));
        if (opens) parens += 1;
        else if (parens === 0 && META.has(char) && !(ending === "regex" && char === "|")) break;
        else if (char === ")") parens -= 1;
      } else if (ending !== "token" && char === "}") break;
      if (char === "\\") this.#escape(false);
      else if (char === "'" && ending !== "quoted-brace") this.#single();
      else if (char === '"') this.#double();
      else if (char === "$") this.#dollar(ending === "quoted-brace");
      else if (char === "`") this.#backticks(false);
      else this.#plain(ending === "quoted-brace");
    }
    if (ending === "token") this.#brace = this.#hasBraceExpansion(first);
  }

  heredoc(end: number, raw: boolean): void {
    const { text } = this.#source;
    while (this.#at < end && !this.#source.failure) {
      const char = text[this.#at]!;
      if (this.#hole(true)) continue;
      if (raw) this.#literal(this.#at, this.#at + 1, char, true);
      else if (char === "\\") this.#escape(true);
      else if (char === "$") this.#dollar(true);
      else if (char === "`") this.#backticks(true);
      else this.#literal(this.#at, this.#at + 1, char, true);
    }
    this.#at = Math.max(this.#at, end);
  }

  #plain(quoted: boolean): void {
    const char = this.#source.text[this.#at]!;
    if (!quoted && (char === "*" || char === "?" || char === "[")) this.#glob = true;
    this.#literal(this.#at, this.#at + 1, char, quoted);
  }

  /** Adds literal text and moves behind it; neighbours with the same quoting grow into one part. */
  #literal(start: number, end: number, value: string, quoted: boolean): void {
    const last = this.#parts.at(-1);
    if (last?.kind === "literal" && last.quoted === quoted && last.end === start) {
      last.value += value;
      last.end = end;
    } else this.#parts.push({ kind: "literal", start, end, quoted, value });
    this.#at = end;
  }

  #hole(quoted: boolean): boolean {
    const hole = this.#source.holeAt(this.#at);
    if (!hole) return false;
    const part: WordPart = { kind: "hole", start: hole.start, end: hole.end, quoted };
    if (hole.key !== undefined) part.key = hole.key;
    this.#parts.push(part);
    this.#at = hole.end;
    return true;
  }

  #escape(inQuotes: boolean): void {
    const start = this.#at;
    const next = this.#source.text[start + 1];
    const holeFollows = this.#source.holeAt(start + 1) !== undefined;
    if (next === "\n") this.#literal(start, start + 2, "", inQuotes);
    else if (next === undefined || holeFollows) this.#literal(start, start + 1, "\\", inQuotes);
    else if (!inQuotes) this.#literal(start, start + 2, next, true);
    else if (ESCAPED_IN_QUOTES.has(next)) this.#literal(start, start + 2, next, true);
    else this.#literal(start, start + 2, `\\${next}`, true);
  }

  #single(): void {
    const { text } = this.#source;
    const open = this.#at;
    this.#at += 1;
    // An empty pair of quotes still makes a word, hence the empty literal.
    this.#parts.push({ kind: "literal", start: this.#at, end: this.#at, quoted: true, value: "" });
    while (this.#at < text.length && (text[this.#at] !== "'" || this.#source.holeAt(this.#at))) {
      if (this.#hole(true)) continue;
      this.#literal(this.#at, this.#at + 1, text[this.#at]!, true);
    }
    if (this.#at >= text.length) this.#source.fail(open, "The single quote is never closed.");
    this.#at += 1;
  }

  #double(): void {
    const { text } = this.#source;
    const open = this.#at;
    this.#at += 1;
    this.#parts.push({ kind: "literal", start: this.#at, end: this.#at, quoted: true, value: "" });
    while (this.#at < text.length && !this.#source.failure) {
      const char = text[this.#at]!;
      if (this.#hole(true)) continue;
      if (char === '"') {
        this.#at += 1;
        return;
      }
      if (char === "\\") this.#escape(true);
      else if (char === "$") this.#dollar(true);
      else if (char === "`") this.#backticks(true);
      else this.#literal(this.#at, this.#at + 1, char, true);
    }
    this.#source.fail(open, "The double quote is never closed.");
  }

  /** `$'…'`: the escapes that matter for paths and formats are decoded, others stay as written. */
  #ansi(): void {
    const open = this.#at;
    const match = /'((?:[^'\\]|\\[\s\S])*)'/y;
    match.lastIndex = open + 1;
    const body = match.exec(this.#source.text)?.[1];
    if (body === undefined) {
      this.#source.fail(open, "The single quote is never closed.");
      return;
    }
    const known: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", "'": "'", '"': '"' };
    const value = body.replace(/\\([\s\S])/g, (all, char: string) => known[char] ?? all);
    const start = open + 2;
    this.#parts.push({ kind: "literal", start, end: start + body.length, quoted: true, value });
    this.#at = start + body.length + 1;
  }

  #dollar(quoted: boolean): void {
    const { text } = this.#source;
    const start = this.#at;
    const next = this.#source.holeAt(start + 1) ? "" : (text[start + 1] ?? "");
    const name =
      next === "" ? undefined : /^(?:[A-Za-z_]\w*|[0-9@*#?$!-])/.exec(text.slice(start + 1, start + 256))?.[0];
    if (next === "(" && text[start + 2] === "(") this.#arithmetic(quoted);
    else if (next === "(") this.#command(quoted);
    else if (next === "'" && !quoted) this.#ansi();
    else if (next === '"' && !quoted) {
      this.#at += 1;
      this.#double();
    } else if (next === "{") {
      const { part, end } = readParameter(this.#source, start, quoted, this.#depth + 1, readWord);
      this.#parts.push(part);
      this.#at = end;
    } else if (name === undefined) this.#literal(start, start + 1, "$", quoted);
    else {
      this.#at = start + 1 + name.length;
      this.#parts.push({ kind: "parameter", name, start, end: this.#at, quoted });
    }
  }

  #arithmetic(quoted: boolean): void {
    const start = this.#at;
    const end = arithmeticEnd(this.#source, start + 3);
    if (end === undefined) {
      this.#command(quoted);
      return;
    }
    this.#at = end;
    this.#parts.push({
      kind: "arithmetic",
      text: this.#source.text.slice(start + 3, end - 2),
      start,
      end,
      quoted,
    });
  }

  #command(quoted: boolean): void {
    const start = this.#at;
    const { script, end } = this.#source.substitution(start + 2, this.#depth + 1);
    this.#at = end + 1;
    this.#parts.push({ kind: "command", script, start, end: end + 1, quoted });
  }

  #process(): void {
    const start = this.#at;
    const { script, end } = this.#source.substitution(start + 2, this.#depth + 1);
    this.#at = end + 1;
    this.#parts.push({ kind: "process", script, start, end: end + 1, quoted: true });
  }

  #backticks(quoted: boolean): void {
    const start = this.#at;
    const { script, end } = readBackticks(this.#source, start, quoted, this.#depth + 1);
    this.#at = end;
    this.#parts.push({ kind: "command", script, start, end, quoted });
  }

  /** Braces with a comma or dots between them, all unquoted; `{}` and `${x}` are none. */
  #hasBraceExpansion(start: number): boolean {
    const shape = this.#parts.map((part) => (part.kind === "literal" && !part.quoted ? part.value : "_")).join("");
    return start < this.#at && /\{[^{}]*(?:,|\.\.)[^{}]*\}|\{[^{}]*\{.*,.*\}/.test(shape);
  }
}

/** The offset behind the `))` that closes an arithmetic expression, or undefined when the text is none. */
export function arithmeticEnd(source: ShellSource, start: number): number | undefined {
  const { text } = source;
  let parens = 0;
  for (let at = start; at < text.length; at += 1) {
    const hole = source.holeAt(at);
    if (hole) {
      at = hole.end - 1;
      continue;
    }
    const char = text[at];
    if (char === "\\") at += 1;
    else if (char === "(") parens += 1;
    else if (char === ")") {
      if (parens === 0) return text[at + 1] === ")" ? at + 2 : undefined;
      parens -= 1;
    }
  }
  return undefined;
}
