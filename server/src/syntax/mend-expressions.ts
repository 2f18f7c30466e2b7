import type { Span } from "./expr.ts";
import { MendCursor } from "./mend-cursor.ts";
import { holeName, keywordAsName, keywordPrefix } from "./repaired-text.ts";
import type { Token } from "./tokens.ts";

const missingValue = "An expression is missing here.";

/** Reads the expressions of a broken file. Bindings, which need the most care, are in `mend-bindings.ts`. */
export abstract class MendExpressions extends MendCursor {
  /** The index of the `}` of every `{`. */
  private readonly matches = new Map<number, number>();
  /** How many `{` have no `}` (negative: the other way round). */
  protected braceDeficit = 0;

  constructor(text: string, tokens: readonly Token[]) {
    super(text, tokens);
    const open: number[] = [];
    tokens.forEach((token, index) => {
      if (token.kind === "{") open.push(index);
      else if (token.kind === "}") {
        const opener = open.pop();
        if (opener !== undefined) this.matches.set(opener, index);
      }
      if (token.kind === "{") this.braceDeficit++;
      if (token.kind === "}") this.braceDeficit--;
    });
  }

  /** Reads the whole file. */
  file(): void {
    if (this.is("end")) return;
    this.expr();
    if (this.is("end")) return;
    this.report(`${this.unexpected(this.token)} The expression that this file holds ends before it.`, this.token);
    this.blank({ start: this.token.start, end: this.text.length });
  }

  protected abstract bindings(closer: "}" | "in", opener: Token): void;

  protected expr(): void {
    const word = this.token.kind === "keyword" ? this.textOf(this.token) : "";
    if (word === "let" && this.ahead(1).kind !== "{") this.letIn();
    else if (word === "if") this.ifThenElse();
    else if (word === "with" || word === "assert") {
      this.advance();
      this.within(";", () => this.expr());
      this.expect(";", `A \`;\` is missing after this \`${word}\`.`, this.place());
      this.within("", () => this.expr());
    } else if (this.isLambda()) this.lambda();
    else this.operation();
  }

  /** The last character that was read: where something missing is shown. */
  protected place(): Span {
    const end = this.before?.end ?? 0;
    return { start: Math.max(0, end - 1), end };
  }

  protected hole(message = missingValue): void {
    const afterEquals = this.before?.kind === "=";
    this.report(afterEquals ? "A value is missing after this `=`." : message, this.place());
    this.insert(holeName);
  }

  /**
   * Moves behind the token `closer`. When it is missing it is inserted; what does not belong here is blanked, but
   * nothing that a construct around this one waits for.
   */
  protected expect(closer: string, message: string, place: Span): void {
    for (;;) {
      const { token } = this;
      if (this.index !== this.stop && this.closerOf(token) === closer) {
        this.advance();
        return;
      }
      if (this.index === this.stop || token.kind === "=" || this.closesOuter(token) || this.beginsExpression()) {
        this.report(message, place);
        this.insert(closer === "}$" ? "}" : closer);
        this.closedAt = this.index;
        return;
      }
      this.report(this.unexpected(token), token);
      this.blank(this.advance());
      this.quiet();
    }
  }

  protected beginsExpression(): boolean {
    return this.token.kind === "keyword"
      ? !["then", "else", "in", "inherit"].includes(this.textOf(this.token))
      : this.beginsOperand();
  }

  private letIn(): void {
    const opener = this.advance();
    this.within("in", () => this.bindings("in", opener));
    this.within("", () => this.expr());
  }

  private ifThenElse(): void {
    const opener = this.advance();
    this.within("else", () => {
      this.within("then", () => this.expr());
      this.expect("then", "This `if` has no `then`.", opener);
      this.expr();
    });
    this.expect("else", "This `if` has no `else`; Nix always needs one.", opener);
    this.within("", () => this.expr());
  }

  private isLambda(): boolean {
    const { kind } = this.token;
    if (kind === "name")
      return this.ahead(1).kind === ":" || (this.ahead(1).kind === "@" && this.ahead(2).kind === "{");
    if (kind !== "{") return false;
    const match = this.matches.get(this.index);
    const after = match === undefined ? undefined : this.tokens[match + 1]?.kind;
    if (after === ":" || after === "@") return true;
    const [first, second] = [this.ahead(1).kind, this.ahead(2).kind];
    return first === "..." || (first === "name" && (second === "," || second === "?"));
  }

  private lambda(): void {
    if (this.is("name")) {
      this.advance();
      if (this.is("@")) {
        this.advance();
        this.formals();
      }
    } else {
      this.formals();
      if (this.is("@")) {
        this.advance();
        if (this.is("name")) this.advance();
        else {
          this.report("A name is missing after `@`.", this.place());
          this.insert("_");
        }
      }
    }
    this.expect(":", "A `:` is missing after the function's argument.", this.place());
    this.within("", () => this.expr());
  }

  private formals(): void {
    const opener = this.advance();
    this.within("}", () => {
      let needsComma = false;
      let lastComma: Token | undefined;
      while (this.index !== this.stop && !this.is("}") && !this.is("end")) {
        if (this.is(",")) {
          const comma = this.advance();
          if (needsComma) {
            needsComma = false;
            lastComma = comma;
          } else {
            this.report("There is a `,` too many here.", comma);
            this.blank(comma);
          }
        } else if (this.is("name") || this.is("...")) {
          if (needsComma) {
            this.report("A `,` is missing after this argument.", this.place());
            this.insert(",");
          }
          this.formal();
          needsComma = true;
        } else if (this.closesOuter(this.token) || this.is("=") || this.is(";")) break;
        else {
          this.report(this.unexpected(this.token), this.token);
          this.blank(this.advance());
        }
      }
      // The grammar takes no comma at the end, and what followed it may have been blanked.
      if (!needsComma && lastComma !== undefined) this.blank(lastComma);
    });
    this.expect("}", "This `{` is never closed.", opener);
  }

  private formal(): void {
    const dots = this.advance();
    if (dots.kind === "...") {
      if (this.is("}") || this.is("end")) return;
      const first = this.token;
      this.report("Nothing may follow `...` here.", first);
      while (!this.is("}") && !this.closesOuter(this.token) && !this.is("=")) this.advance();
      this.blank({ start: first.start, end: this.before!.end });
      this.quiet();
      return;
    }
    if (!this.is("?")) return;
    this.advance();
    this.within(",", () => this.expr());
  }

  private operation(): void {
    const first = this.index;
    this.operand();
    this.operators();
    while (this.is("=") && this.index !== this.stop && this.insideBinding) {
      this.rewind(first);
      if (this.index !== this.stop) this.operators();
      else if (this.index === first || this.needsOperand()) this.hole();
    }
  }

  private needsOperand(): boolean {
    const before = this.before!;
    return this.closedAt !== this.index && before.kind !== "." && !this.endsOperand(before);
  }

  private operators(): void {
    for (;;) {
      if (this.index === this.stop) return;
      if (this.is("operator") && this.textOf(this.token) !== "!") {
        this.advance();
        this.operand();
      } else if (this.is("?")) {
        this.advance();
        if (!this.attrPath()) this.insert(holeName);
      } else return;
    }
  }

  private operand(): void {
    while (this.is("operator") && (this.textOf(this.token) === "!" || this.textOf(this.token) === "-")) this.advance();
    if (!this.wrapped()) this.application();
  }

  /** Reads what Nix only takes in parentheses here, as if it had them. */
  private wrapped(): boolean {
    const word = this.token.kind === "keyword" ? this.textOf(this.token) : "";
    const needs = ["if", "with", "assert"].includes(word) || (word === "let" && this.ahead(1).kind !== "{");
    if (this.index === this.stop || !(needs || this.isLambda())) return false;
    const first = this.before;
    if (first === undefined || (first.kind !== "operator" && !this.endsOperand(first))) return false;
    this.report(`Put parentheses around this ${word === "" ? "function" : `\`${word}\``}.`, this.token);
    this.insert("(");
    this.expr();
    this.insert(")");
    return true;
  }

  protected endsOperand(token: Token): boolean {
    return ["name", "number", "path", "search-path", "uri", "string-close", ")", "]", "}", "}$", "text"].includes(
      token.kind,
    );
  }

  protected beginsOperand(): boolean {
    const { kind } = this.token;
    if (this.index === this.stop) return false;
    if (kind === "keyword") return this.isWord("rec") || (this.isWord("let") && this.ahead(1).kind === "{");
    return ["name", "number", "path", "search-path", "uri", "string-open", "(", "[", "{"].includes(kind);
  }

  private application(): void {
    if (!this.beginsOperand()) {
      this.hole();
      return;
    }
    this.selection();
    while (this.index !== this.stop) {
      if (this.isLambda() || (this.is("keyword") && this.beginsExpression() && !this.beginsOperand())) {
        if (!this.wrapped()) return;
      } else if (this.beginsOperand()) this.selection();
      else return;
    }
  }

  private selection(): void {
    this.simple();
    if (!this.is(".")) return;
    this.advance();
    if (!this.attrPath()) this.insert(holeName);
    if (this.index === this.stop || !this.is("name") || this.textOf(this.token) !== "or") return;
    this.advance();
    if (this.beginsOperand()) this.selection();
    else this.hole("A value is missing after `or`.");
  }

  /** Reads `a.b.c`; false when it ends in a dot or does not begin at all. */
  protected attrPath(): boolean {
    for (;;) {
      if (!this.beginsName()) {
        this.report("A name is missing after the dot.", this.place());
        return false;
      }
      this.attrName();
      if (!this.is(".") || this.index === this.stop) return true;
      this.advance();
    }
  }

  protected beginsName(): boolean {
    if (this.index === this.stop) return false;
    const { kind } = this.token;
    if (kind === "name" || kind === "${") return true;
    if (kind === "string-open") return this.text[this.token.start] === '"';
    // A keyword is no name, yet here it was surely meant as one; lowering says so.
    return kind === "keyword" && ["=", "."].includes(this.ahead(1).kind) && !this.isWord("inherit");
  }

  protected attrName(): void {
    if (this.is("string-open")) this.string();
    else if (this.is("${")) this.interpolation();
    else if (this.is("keyword")) {
      const { token } = this;
      this.report(keywordAsName(this.textOf(token)), token);
      this.blank(this.advance());
      this.insertExactly(token.end, keywordPrefix + this.textOf(token));
    } else this.advance();
  }

  private simple(): void {
    const { token } = this;
    if (token.kind === "string-open") this.string();
    else if (token.kind === "[") this.list();
    else if (token.kind === "(") {
      this.advance();
      this.within(")", () => this.expr());
      this.expect(")", "This `(` is never closed.", token);
    } else if (token.kind === "{" || token.kind === "keyword") this.set();
    else {
      this.advance();
      if (token.kind === "path") this.pathRest();
    }
  }

  private set(): void {
    if (this.is("keyword")) this.advance();
    const opener = this.token;
    if (!this.is("{")) {
      this.report("A `{` is missing after `rec`.", this.place());
      this.insert("{ }");
      return;
    }
    this.advance();
    this.within("}", () => this.bindings("}", opener));
  }

  private pathRest(): void {
    while (this.is("${") && this.token.start === this.before!.end) {
      this.interpolation();
      if (this.is("text")) this.advance();
    }
  }

  private interpolation(): void {
    const opener = this.advance();
    this.within("}$", () => this.expr());
    const close = this.token;
    this.expect("}$", "This `${` is never closed.", opener);
    if (close.kind === "}$" && close.start === close.end) {
      this.report("This `${` is never closed.", opener);
      this.insertExactly(close.start, "}");
    }
  }

  private string(): void {
    const opener = this.advance();
    const quote = this.textOf(opener);
    while (this.is("text") || this.is("${")) {
      if (this.is("${")) this.interpolation();
      else this.advance();
    }
    if (this.is("string-close") && this.token.end > this.token.start) {
      this.advance();
      return;
    }
    this.report(`This string is never closed: \`${quote}\` is missing.`, opener);
    this.insertExactly(this.before!.end, quote);
    if (this.is("string-close")) this.advance();
  }

  private list(): void {
    const opener = this.advance();
    const first = this.index;
    this.within("]", () => {
      while (this.index !== this.stop && !this.is("]") && !this.is("end")) {
        const { token } = this;
        if (this.beginsOperand()) this.selection();
        else if (token.kind === "=" && this.insideBinding) this.rewind(first);
        else if (this.closesOuter(token) || token.kind === ";") break;
        else {
          const hint = token.kind === "," ? "A list has no commas: its items are separated by spaces." : "";
          const inner = token.kind === "operator" ? " Put parentheses around a computed list item." : "";
          this.report(hint || `${this.unexpected(token)}${inner}`, token);
          this.blank(this.advance());
          if (hint === "") this.insert(holeName);
        }
      }
    });
    this.expect("]", "This `[` is never closed.", opener);
  }

  /**
   * At a `=` that cannot be here: goes back to where the name before it begins, since a new binding surely begins
   * there, but not before the token `first`.
   */
  protected rewind(first: number): void {
    let at = this.index;
    while (at > first) {
      const start = this.nameStart(at - 1);
      if (start === undefined || start < first) break;
      at = start;
      const dot = this.tokens[at - 1];
      if (dot?.kind !== "." || at - 1 < first || this.lineBreakBetween(dot, this.tokens[at]!)) break;
      at--;
    }
    if (at === this.index) {
      this.report("Unexpected `=`.", this.token);
      this.blank(this.advance());
      return;
    }
    this.dropRepairs(this.tokens[at]!.start);
    this.stop = at;
    this.index = at;
    if (this.before?.kind === ".") this.insert(holeName);
  }

  /** Where the name that ends with token `last` begins. */
  private nameStart(last: number): number | undefined {
    const { kind } = this.tokens[last]!;
    if (kind === "name") return last;
    if (kind !== "string-close" && kind !== "}$") return undefined;
    let depth = 0;
    for (let at = last; at >= 0; at--) {
      const token = this.tokens[at]!;
      if (token.kind === "string-close" || token.kind === "}$") depth++;
      else if (token.kind === "string-open" || token.kind === "${") depth--;
      if (depth === 0) return at;
    }
    return undefined;
  }
}
