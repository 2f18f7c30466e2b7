/**
 * An exact, linear lexer for Nix. The tokens serve what tree-sitter's grammar lacks (`substitute.ts`) and the repair of
 * broken files (`mend.ts`).
 */

/** What a token is. Words, numbers and paths have a kind; every other token's kind is its own text. */
export type TokenKind =
  | "name"
  | "keyword"
  | "number"
  | "path"
  | "search-path"
  | "uri"
  /** A run of literal text inside a string. */
  | "text"
  /** A `"` or `''` that opens a string. */
  | "string-open"
  | "string-close"
  /** `${`, in strings, in paths and as an attribute name. */
  | "${"
  /** The `}` that ends a `${`. */
  | "}$"
  | "operator"
  | "unknown"
  | "end"
  | "{"
  | "}"
  | "["
  | "]"
  | "("
  | ")"
  | ";"
  | ":"
  | ","
  | "@"
  | "?"
  | "."
  | "..."
  | "=";

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
}

export interface Lexed {
  /** In source order; the last one is `end`, at the end of the text. */
  readonly tokens: Token[];
  /** Offsets of a lone `'` directly before a `${` in an indented string, which the grammar cannot read. */
  readonly loneQuotes: number[];
  /** The opening token of a string that never ends. */
  readonly openString: Token | undefined;
  /** The start of a block comment that never ends. */
  readonly openComment: number | undefined;
  /** The length of the longest run of path characters in code. */
  readonly longestRun: number;
}

const keywords = new Set(["if", "then", "else", "assert", "with", "let", "in", "rec", "inherit"]);

export function isKeyword(word: string): boolean {
  return keywords.has(word);
}

const word = /[a-zA-Z_][a-zA-Z0-9_'-]*/y;
const numberLiteral = /(?:[1-9][0-9]*\.[0-9]*|0?\.[0-9]+)(?:[Ee][+-]?[0-9]+)?|[0-9]+/y;
const pathLiteral = /(?:~|[a-zA-Z0-9._\-+]*)(?:\/[a-zA-Z0-9._\-+]+)+\/?/y;
/** The beginning of a path whose first segment ends in an interpolation. */
const pathBefore = /(?:~|[a-zA-Z0-9._\-+]*)(?:(?:\/[a-zA-Z0-9._\-+]+)+\/?|\/)(?=\$\{)/y;
const pathRest = /[a-zA-Z0-9._\-+/]+/y;
const searchPath = /<[a-zA-Z0-9._\-+]+(?:\/[a-zA-Z0-9._\-+]+)*>/y;
const uriLiteral = /[a-zA-Z][a-zA-Z0-9+\-.]*:[a-zA-Z0-9%/?:@&=+$,\-_.!~*']+/y;
const operators3 = new Set(["..."]);
const operators2 = new Set(["==", "!=", "<=", ">=", "&&", "||", "->", "//", "++", "|>", "<|"]);
const operators1 = new Set(["+", "-", "*", "/", "<", ">", "!"]);
const punctuation = new Set(["{", "}", "[", "]", "(", ")", ";", ":", ",", "@", "?", ".", "="]);

function isSchemeCharacter(code: number): boolean {
  // Letters, digits, `+`, `-` and `.`.
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 43 ||
    code === 45 ||
    code === 46
  );
}

/** Characters of paths, the slash included. */
function isPathCharacter(code: number): boolean {
  return isSchemeCharacter(code) || code === 95 || code === 47;
}

/** True when a text may hold a run of path characters of this length; strings and comments are not told apart. */
export function hasLongRun(text: string, length: number): boolean {
  // A run that long covers an offset that is a multiple of the length, so looking there is enough.
  for (let at = length; at < text.length; at += length) {
    let start = at;
    let end = at;
    while (start > 0 && isPathCharacter(text.charCodeAt(start - 1))) start--;
    while (end < text.length && isPathCharacter(text.charCodeAt(end))) end++;
    if (end > at && end - start > length) return true;
  }
  return false;
}

/** What the closing brace or quote of the innermost open construct leads back to. */
type Mode = "brace" | "interpolation" | "path-interpolation" | "double" | "indented";

/**
 * Splits a text into tokens.
 *
 * The string that opens at offset `closeAtLineEnd` ends with its line even when no quote does so. A text with
 * a quote too many is otherwise read inside out from there on.
 */
export function lex(text: string, closeAtLineEnd = -1): Lexed {
  return new Lexer(text, closeAtLineEnd).run();
}

class Lexer {
  private readonly tokens: Token[] = [];
  private readonly loneQuotes: number[] = [];
  private readonly modes: Mode[] = [];
  private readonly openers: Token[] = [];
  private openComment: number | undefined;
  private longestRun = 0;
  /** The end of the run of path characters that was measured last, and its first slash at or behind `at`. */
  private runEnd = -1;
  private slash = -1;
  /** The end of the run of characters that a URI's scheme may have. */
  private schemeEnd = -1;
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly closeAtLineEnd: number,
  ) {}

  run(): Lexed {
    while (this.at < this.text.length) {
      const mode = this.modes.at(-1);
      if (mode === "double") this.double();
      else if (mode === "indented") this.indented();
      else this.code();
    }
    this.push("end", this.text.length);
    const openString = this.modes.some((mode) => mode === "double" || mode === "indented")
      ? this.openers.at(-1)
      : undefined;
    const { tokens, loneQuotes, openComment, longestRun } = this;
    return { tokens, loneQuotes, openString, openComment, longestRun };
  }

  /** Adds the token from here to `end` and moves there. */
  private push(kind: TokenKind, end: number): Token {
    const token = { kind, start: this.at, end };
    this.tokens.push(token);
    this.at = end;
    return token;
  }

  private match(pattern: RegExp): number {
    pattern.lastIndex = this.at;
    return pattern.test(this.text) ? pattern.lastIndex : -1;
  }

  private code(): void {
    const { text, at } = this;
    const char = text[at]!;
    if (char === "\n" && this.closeAtLineEnd >= 0 && this.leaveLine()) return;
    if (char === " " || char === "\n" || char === "\t" || char === "\r" || char === "\ufeff") {
      this.at++;
    } else if (char === "#") {
      const end = text.indexOf("\n", at);
      this.at = end < 0 ? text.length : end;
    } else if (char === "/" && text[at + 1] === "*") {
      const end = text.indexOf("*/", at + 2);
      if (end < 0) this.openComment = at;
      this.at = end < 0 ? text.length : end + 2;
    } else if (char === '"') {
      this.openers.push(this.push("string-open", at + 1));
      this.modes.push("double");
    } else if (char === "'" && text[at + 1] === "'") {
      this.openers.push(this.push("string-open", at + 2));
      this.modes.push("indented");
    } else if (char === "$" && text[at + 1] === "{") {
      this.push("${", at + 2);
      this.modes.push("interpolation");
    } else if (char === "}") {
      const mode = this.modes.pop();
      this.push(mode === "interpolation" || mode === "path-interpolation" ? "}$" : "}", at + 1);
      if (mode === "path-interpolation") this.pathRest();
    } else if (/[a-zA-Z0-9_.~/+\-<]/.test(char)) {
      this.wordOrOperator();
    } else {
      this.operator();
    }
  }

  private wordOrOperator(): void {
    this.measureRuns();
    const { slash } = this;
    const segment = isPathCharacter(this.text.charCodeAt(slash + 1)) && this.text[slash + 1] !== "/";
    const path = segment ? this.match(pathLiteral) : -1;
    const interpolated = this.text.startsWith("${", this.runEnd) && (segment || slash === this.runEnd - 1);
    const before = interpolated ? this.match(pathBefore) : -1;
    const uri = this.text[this.schemeEnd] === ":" ? this.match(uriLiteral) : -1;
    const search = this.match(searchPath);
    const name = this.match(word);
    const number = this.match(numberLiteral);
    const longest = Math.max(path, before, uri, search, name, number);
    if (longest < 0) this.operator();
    else if (longest === before) {
      this.push("path", before);
      this.pathInterpolation();
    } else if (longest === path) {
      this.push("path", path);
      this.pathInterpolation();
    } else if (longest === uri) this.push("uri", uri);
    else if (longest === search) this.push("search-path", search);
    else if (longest === name) this.push(isKeyword(this.text.slice(this.at, name)) ? "keyword" : "name", name);
    else this.push("number", number);
  }

  /**
   * Looks how far the runs of path and of scheme characters around here go, once per run: a pattern tried at each of
   * their tokens would take quadratic time.
   */
  private measureRuns(): void {
    const { text, at } = this;
    if (at >= this.runEnd) {
      let end = text[at] === "~" ? at + 1 : at;
      while (isPathCharacter(text.charCodeAt(end))) end++;
      this.runEnd = Math.max(end, at + 1);
      this.slash = -1;
      this.longestRun = Math.max(this.longestRun, end - at);
    }
    if (this.slash < at) {
      this.slash = at;
      while (this.slash < this.runEnd && text[this.slash] !== "/") this.slash++;
      if (this.slash === this.runEnd) this.slash = Number.MAX_SAFE_INTEGER;
    }
    if (at >= this.schemeEnd) {
      this.schemeEnd = at;
      while (isSchemeCharacter(text.charCodeAt(this.schemeEnd))) this.schemeEnd++;
    }
  }

  private operator(): void {
    const { text, at } = this;
    if (operators3.has(text.slice(at, at + 3))) this.push("...", at + 3);
    else if (operators2.has(text.slice(at, at + 2))) this.push("operator", at + 2);
    else if (operators1.has(text[at]!)) this.push("operator", at + 1);
    else if (punctuation.has(text[at]!)) {
      if (text[at] === "{") this.modes.push("brace");
      this.push(text[at] as TokenKind, at + 1);
    } else this.push("unknown", at + 1);
  }

  private pathInterpolation(): void {
    if (!this.text.startsWith("${", this.at)) return;
    this.push("${", this.at + 2);
    this.modes.push("path-interpolation");
  }

  private pathRest(): void {
    const rest = this.match(pathRest);
    if (rest >= 0) this.push("text", rest);
    this.pathInterpolation();
  }

  private double(): void {
    const { text } = this;
    const closes = this.closesWithLine();
    let end = this.at;
    for (; end < text.length; end++) {
      const char = text[end];
      if (char === '"' || (char === "$" && text[end + 1] === "{")) break;
      if (char === "\n" && closes) {
        this.closeWithLine(end);
        return;
      }
      if (char === "\\") end++;
      else if (char === "$" && text[end + 1] !== '"' && text[end + 1] !== "\\" && text[end + 1] !== "\n") end++;
    }
    this.endOfText(Math.min(end, text.length), 1);
  }

  /** Ends a string at the end of its line; a `;` (or `];` and the like) there was surely meant as code. */
  private closeWithLine(lineEnd: number): void {
    let end = lineEnd;
    while (end > this.at && /[\s;\])}]/.test(this.text[end - 1]!)) end--;
    if (end > this.at) this.push("text", end);
    this.push("string-close", this.at);
    this.modes.pop();
    this.openers.pop();
  }

  /** Leaves the interpolations of the string that ends with its line. */
  private leaveLine(): boolean {
    if (this.modes.at(-1) !== "interpolation" || this.openers.length === 0 || !this.closesWithLine()) return false;
    const last = this.tokens.at(-1);
    if (last?.kind === ";") {
      this.tokens.pop();
      this.at = last.start;
    }
    this.push("}$", this.at);
    this.modes.pop();
    this.push("string-close", this.at);
    this.modes.pop();
    this.openers.pop();
    return true;
  }

  /** True in the string that ends with its line, and in those inside it that begin on the same line. */
  private closesWithLine(): boolean {
    const { start } = this.openers.at(-1)!;
    const from = this.closeAtLineEnd;
    return from >= 0 && start >= from && !this.text.slice(from, Math.min(start, from + 1000)).includes("\n");
  }

  private indented(): void {
    const { text } = this;
    const closes = this.closesWithLine();
    let end = this.at;
    for (; end < text.length; end++) {
      const char = text[end];
      if (char === "\n" && closes) {
        this.closeWithLine(end);
        return;
      }
      if (char === "$") {
        if (text[end + 1] === "{") break;
        if (text[end + 1] !== "'") end++;
      } else if (char === "'") {
        if (text[end + 1] !== "'") {
          if (text[end + 1] === "$" && text[end + 2] === "{") this.loneQuotes.push(end);
          continue;
        }
        const after = text[end + 2];
        if (after === "'") end += 2;
        else if (after === "$") end += 2;
        else if (after === "\\") end += 3;
        else break;
      }
    }
    this.endOfText(Math.min(end, text.length), 2);
  }

  /** Adds the text up to `end` and what follows there: a closing quote of `width` characters or an interpolation. */
  private endOfText(end: number, width: number): void {
    if (end > this.at) this.push("text", end);
    if (end >= this.text.length) return;
    if (this.text[end] === "$") {
      this.push("${", end + 2);
      this.modes.push("interpolation");
    } else {
      this.push("string-close", end + width);
      this.modes.pop();
      this.openers.pop();
    }
  }
}
