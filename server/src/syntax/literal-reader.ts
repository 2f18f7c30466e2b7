import type { AttrName, Expr, PathExpr, StringExpr, StringPart, TextChunk } from "./expr.ts";
import { giveUp, isDigit, isWordStart, Scanner } from "./scanner.ts";
import { type LiteralRun, stringParts } from "./strings.ts";
import { isKeyword } from "./tokens.ts";

/** The names and literals of a Nix text: words, attribute paths, numbers, paths, strings. */
export abstract class LiteralReader extends Scanner {
  /** The expression here, as far as it goes. */
  protected abstract expr(): Expr;

  protected isAtKeyword(word: string): boolean {
    return this.text.startsWith(word, this.at) && this.wordEnd() === this.at + word.length;
  }

  protected attrPath(): AttrName[] {
    const path = [this.attrName()];
    while (this.code() === 46 && this.pathEnd() < 0) {
      this.take(1);
      path.push(this.attrName());
    }
    return path;
  }

  protected attrName(): AttrName {
    const start = this.at;
    if (isWordStart(this.code())) {
      const name = this.word();
      this.take(name.length);
      return { kind: "name", name, start, end: this.end };
    }
    if (this.code() === 34) {
      const expr = this.string("double");
      const { end } = this;
      const { parts } = expr;
      if (parts.some((part) => part.kind !== "chunk")) return { kind: "dynamic", expr, start, end };
      return { kind: "name", name: parts.map((part) => (part as TextChunk).text).join(""), start, end };
    }
    if (!this.opensAt(this.at)) giveUp();
    const expr = this.interpolation();
    this.skip();
    // `${"a"}` is as static as `"a"`; Nix treats it so.
    const name = expr.kind === "string" && expr.parts.every((part) => part.kind === "chunk");
    if (!name) return { kind: "dynamic", expr, start, end: this.end };
    return { kind: "name", name: expr.parts.map((part) => (part as TextChunk).text).join(""), start, end: this.end };
  }

  /** The name here, which is not passed. */
  protected word(): string {
    const end = this.wordEnd();
    if (end < 0) giveUp();
    const word = this.text.slice(this.at, end);
    // `or` is a name at places, and names of this beginning stand for what is missing in a broken text.
    if (isKeyword(word) || word === "or" || word.startsWith("_'")) giveUp();
    return word;
  }

  protected variable(name: string): Expr & { readonly kind: "var" } {
    if (isKeyword(name) || name === "or" || name.startsWith("_'")) giveUp();
    const start = this.at;
    this.take(name.length);
    return { kind: "var", name, start, end: this.end };
  }

  protected number(): Expr {
    if (this.pathEnd() >= 0) return this.pathOrUri();
    const start = this.at;
    const end = this.numberEnd();
    const text = this.text.slice(start, end);
    const after = this.text.charCodeAt(end);
    if (after === 46 || isDigit(after) || isWordStart(after)) giveUp();
    this.take(end - start);
    if (text.includes(".")) return { kind: "float", value: Number.parseFloat(text), start, end };
    return { kind: "int", digits: text, start, end };
  }

  protected pathOrUri(): Expr {
    const start = this.at;
    const uri = this.uriEnd();
    if (uri >= 0) {
      this.take(uri - start);
      return { kind: "string", style: "uri", parts: [this.chunk(start, uri)], start, end: uri };
    }
    const end = this.pathEnd();
    return end < 0 ? giveUp() : this.path(end);
  }

  protected path(fragmentEnd: number): PathExpr {
    const start = this.at;
    let end = fragmentEnd;
    const parts: StringPart[] = [this.chunk(start, end)];
    while (this.opensAt(end)) {
      this.at = end;
      parts.push(this.interpolation());
      const from = this.at;
      end = this.pathRest(from);
      if (end > from) parts.push(this.chunk(from, end));
      // Nix takes no path that ends in a slash.
      if (end > from && this.text.charCodeAt(end - 1) === 47 && !this.opensAt(end)) giveUp();
    }
    this.take(end - this.at);
    return { kind: "path", parts, start, end };
  }

  protected chunk(start: number, end: number): TextChunk {
    return { kind: "chunk", start, end, text: this.text.slice(start, end) };
  }

  /** `${…}`; what follows it is not passed, be it space or text. */
  protected interpolation(): Expr {
    this.take(2);
    const expr = this.expr();
    if (this.code() !== 125) giveUp();
    this.at++;
    this.end = this.at;
    return expr;
  }

  protected string(style: "double" | "indented"): StringExpr {
    const start = this.at;
    const width = style === "double" ? 1 : 2;
    const runs: LiteralRun[] = [];
    const inner: Expr[] = [];
    let from = start + width;
    for (;;) {
      const end = style === "double" ? this.doubleEnd(from) : this.indentedEnd(from);
      runs.push({ start: from, end });
      this.at = end;
      if (!this.opensAt(end)) break;
      inner.push(this.interpolation());
      from = this.at;
    }
    this.take(width);
    return { kind: "string", style, parts: stringParts(this.text, style, runs, inner), start, end: this.end };
  }
}
