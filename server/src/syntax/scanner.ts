import type { Comment } from "./expr.ts";

// Patterns run over many characters at once, which code that is not compiled yet takes one by one.
const spaces = /[ \n\t\r]*/y;
const word = /[a-zA-Z_][a-zA-Z0-9_'-]*/y;
const pathRun = /[a-zA-Z0-9._+-]*/y;
const uri = /[a-zA-Z][a-zA-Z0-9+\-.]*:[a-zA-Z0-9%/?:@&=+$,\-_.!~*']+/y;
const plainDouble = /[^"\\$]*/y;
const plainIndented = /[^'$]*/y;
const numberLiteral = /(?:[1-9][0-9]*\.[0-9]*|0?\.[0-9]+)(?:[Ee][+-]?[0-9]+)?|[0-9]+/y;
const searchPath = /<[a-zA-Z0-9._\-+]+(?:\/[a-zA-Z0-9._\-+]+)*>/y;

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

/** Characters of paths, without the slash. */
function isPath(code: number): boolean {
  return isWordStart(code) || isDigit(code) || code === 43 || code === 45 || code === 46;
}

/** Thrown where a text is not read on. */
export const NOT_PLAIN = new Error("this text takes the other way");

export function giveUp(): never {
  throw NOT_PLAIN;
}

/** A place in a Nix text: always at the beginning of a token, with comments set aside on the way. */
export class Scanner {
  readonly comments: Comment[] = [];
  /** Where the next token begins. */
  protected at = 0;
  /** Where the last token ended. */
  protected end = 0;
  /** Where a word was looked for last, and what was found. */
  private wordAt = -1;
  private wordStop = -1;

  constructor(protected readonly text: string) {
    this.skip();
  }

  /** The first character of the next token; NaN at the end of the text. */
  protected code(): number {
    return this.text.charCodeAt(this.at);
  }

  /** The character so far behind the beginning of the next token. */
  protected codeAfter(width: number): number {
    return this.text.charCodeAt(this.at + width);
  }

  /** Passes a token of this width, and what stands before the next one. */
  protected take(width: number): void {
    this.at += width;
    this.end = this.at;
    this.skip();
  }

  /** Passes this character. */
  protected expect(code: number): void {
    if (this.code() !== code) giveUp();
    this.take(1);
  }

  /** Passes spaces and comments. */
  protected skip(): void {
    const { text } = this;
    for (;;) {
      let code = text.charCodeAt(this.at);
      if (code <= 32) {
        this.at = this.matchEnd(spaces);
        code = text.charCodeAt(this.at);
      }
      if (code === 35) {
        const newline = text.indexOf("\n", this.at);
        const next = newline < 0 ? text.length : newline;
        const end = text.charCodeAt(next - 1) === 13 ? next - 1 : next;
        this.comments.push({ start: this.at, end, style: "line" });
        this.at = next;
      } else if (code === 47 && text.charCodeAt(this.at + 1) === 42) {
        const close = text.indexOf("*/", this.at + 2);
        if (close < 0) giveUp();
        this.comments.push({ start: this.at, end: close + 2, style: "block" });
        this.at = close + 2;
      } else return;
    }
  }

  /** The end of the name or keyword here; -1 where a path or URI begins with it, or something else is. */
  protected wordEnd(): number {
    if (this.wordAt !== this.at) {
      this.wordAt = this.at;
      this.wordStop = this.findWordEnd();
    }
    return this.wordStop;
  }

  private findWordEnd(): number {
    const end = this.matchEnd(word);
    const after = this.text.charCodeAt(end);
    if (after === 58) return this.uriEnd() < 0 ? end : -1;
    // Characters that go on in paths and in the scheme of a URI.
    if (after === 47 || after === 46 || after === 43) return this.pathEnd() < 0 && this.uriEnd() < 0 ? end : -1;
    return end;
  }

  protected numberEnd(): number {
    return this.matchEnd(numberLiteral);
  }

  /** The end of `<…>`; -1 where there is none. */
  protected searchPathEnd(): number {
    return this.matchEnd(searchPath);
  }

  private matchEnd(pattern: RegExp, from = this.at): number {
    pattern.lastIndex = from;
    return pattern.test(this.text) ? pattern.lastIndex : -1;
  }

  /** The end of the characters of paths from an offset on. */
  private pathRun(from: number): number {
    return this.matchEnd(pathRun, from);
  }

  /** The end of what a path has behind an interpolation. */
  protected pathRest(from: number): number {
    let at = this.pathRun(from);
    while (this.text.charCodeAt(at) === 47) at = this.pathRun(at + 1);
    return at;
  }

  /** The end of the path here, or of its part before an interpolation; -1 where no path is. */
  protected pathEnd(): number {
    const { text } = this;
    let at = this.code() === 126 ? this.at + 1 : this.pathRun(this.at);
    if (text.charCodeAt(at) !== 47) return -1;
    const slash = at;
    while (text.charCodeAt(at) === 47 && isPath(text.charCodeAt(at + 1))) at = this.pathRun(at + 1);
    if (text.charCodeAt(at) === 47) {
      if (this.opensAt(at + 1)) return at + 1;
      // Nix takes no path that ends in a slash.
      if (at > slash) giveUp();
    }
    return at > slash ? at : -1;
  }

  /** The end of the URI here; -1 where none is. */
  protected uriEnd(): number {
    return this.matchEnd(uri);
  }

  /** Whether an interpolation opens at an offset. */
  protected opensAt(offset: number): boolean {
    return this.text.charCodeAt(offset) === 36 && this.text.charCodeAt(offset + 1) === 123;
  }

  /**
   * Where the literal text of a string ends that goes on at an offset: at a closing quote or an interpolation.
   */
  protected doubleEnd(from: number): number {
    const { text } = this;
    for (let at = from; at < text.length; at++) {
      at = this.matchEnd(plainDouble, at);
      const code = text.charCodeAt(at);
      if (code === 34) return at;
      if (code === 92) at++;
      else if (code === 36) {
        const next = text.charCodeAt(at + 1);
        if (next === 123) return at;
        // A dollar takes the next character with it, so `$${` opens no interpolation.
        if (next !== 34 && next !== 92 && next !== 10) at++;
      }
    }
    return giveUp();
  }

  /** The same in a string between two single quotes. */
  protected indentedEnd(from: number): number {
    const { text } = this;
    for (let at = from; at < text.length; at++) {
      at = this.matchEnd(plainIndented, at);
      const code = text.charCodeAt(at);
      if (code === 36) {
        const next = text.charCodeAt(at + 1);
        if (next === 123) return at;
        if (next !== 39) at++;
      } else if (code === 39 && text.charCodeAt(at + 1) === 39) {
        const after = text.charCodeAt(at + 2);
        if (after === 39 || after === 36) at += 2;
        else if (after === 92) at += 3;
        else return at;
      }
    }
    return giveUp();
  }
}
