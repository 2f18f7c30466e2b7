import { MendExpressions } from "./mend-expressions.ts";
import { holeName } from "./repaired-text.ts";
import type { Token } from "./tokens.ts";

/** Reads the bindings of a broken file: here a fault must stay where it is, for what is around it matters most. */
export class Mender extends MendExpressions {
  protected bindings(closer: "}" | "in", opener: Token): void {
    for (;;) {
      if (this.index === this.stop) this.stop = -1;
      const { token } = this;
      if (this.closerOf(token) === closer && !this.belongsOutside(token, closer, opener)) {
        this.advance();
        return;
      }
      if (this.endsUnclosed(closer, opener)) return;
      if (this.isWord("inherit")) this.inherit();
      else if (this.beginsName()) this.binding();
      else if (closer === "in" && this.beginsExpression()) {
        this.report("`in` is missing after these definitions.", opener);
        this.insert("in");
        return;
      } else this.garbage();
    }
  }

  /** Closes a set or `let` whose own end is missing. */
  private endsUnclosed(closer: "}" | "in", opener: Token): boolean {
    const { token } = this;
    const outer = this.closerOf(token) !== closer && token.kind !== ";" && this.closesOuter(token);
    if (!outer && !this.belongsOutside(token, closer, opener)) return false;
    if (closer === "}") {
      this.braceDeficit--;
      this.report("This `{` is never closed.", opener);
      this.insert("}");
      this.closedAt = this.index;
      // The name on which the next binding begins is no argument of this set.
      if (token.kind !== "}" && this.beginsName()) this.stop = this.index;
    } else {
      this.report("This `let` has no `in`.", opener);
      this.insert("in");
    }
    return true;
  }

  /** With a `}` missing somewhere, indentation tells which `{` it is: the code left the set, but no brace says so. */
  private belongsOutside(token: Token, closer: "}" | "in", opener: Token): boolean {
    if (closer !== "}" || this.braceDeficit <= 0 || !this.startsLine(token)) return false;
    if (!this.lineBreakBetween(opener, token)) return false;
    const indent = this.indentOf(token);
    const own = this.indentOf(opener);
    return token.kind === "}" ? indent < own : this.beginsName() && indent <= own && own > 0;
  }

  private binding(): void {
    const first = this.index;
    const whole = this.attrPath();
    if (whole && this.is("=")) this.advance();
    else if (!this.withoutEquals(first, whole)) return;
    this.value();
  }

  /** After a name with no `=`: true when a value follows all the same. */
  private withoutEquals(first: number, whole: boolean): boolean {
    const span = { start: this.tokens[first]!.start, end: this.before!.end };
    if (whole && this.beginsOperand() && !this.lineBreakBetween(this.before!, this.token)) {
      this.report("A `=` is missing after this name.", span);
      this.insert("=");
      return true;
    }
    this.report("This is not finished: `= value;` is missing.", span);
    this.blank(span);
    if (this.is(";")) this.blank(this.advance());
    else if (!this.beginsName() && !this.isWord("inherit") && !this.closesOuter(this.token)) this.garbage();
    return false;
  }

  private value(): void {
    this.within(";", () => this.expr());
    // With more closing braces than opening ones, one in the middle of a line before a `;` is the one too many.
    while (this.is("}") && this.braceDeficit < 0 && this.ahead(1).kind === ";") {
      this.report("Unexpected `}`: nothing is open here.", this.token);
      this.blank(this.advance());
      this.braceDeficit++;
    }
    this.semicolon("A `;` is missing after this value.");
  }

  private semicolon(message: string): void {
    if (this.index !== this.stop && this.is(";")) this.advance();
    else if (this.index === this.stop || this.closesOuter(this.token) || this.beginsName() || this.isWord("inherit")) {
      // After a string whose end was missing, so was what follows it.
      if (this.before!.end === this.before!.start) this.quiet();
      this.report(message, this.place());
      this.insert(";");
    } else {
      const end = this.before!.end;
      this.garbage();
      this.insertExactly(end, ";");
    }
  }

  private inherit(): void {
    this.advance();
    if (this.is("(")) {
      const opener = this.advance();
      this.within(")", () => this.expr());
      this.expect(")", "This `(` is never closed.", opener);
    }
    const first = this.index;
    while (this.is("name") || this.beginsName()) {
      if (this.ahead(1).kind === "=" || this.ahead(1).kind === ".") break;
      this.attrName();
    }
    if (this.index === first) {
      // Nix takes an `inherit` without names, the grammar does not; lowering drops this one again.
      this.insert(holeName);
    }
    this.semicolon("A `;` is missing after this `inherit`.");
  }

  /** Blanks what no binding can begin with, up to a `;` or a line on which something sensible begins. */
  private garbage(): void {
    this.report(this.unexpected(this.token), this.token);
    if ([";", "}", "]", ")", "}$", "string-close", ","].includes(this.token.kind)) {
      this.blank(this.advance());
      this.quiet();
      return;
    }
    const { start } = this.token;
    let end = start;
    let depth = 0;
    do {
      const { kind } = this.token;
      if (kind === "{" || kind === "[" || kind === "(" || kind === "${" || kind === "string-open") depth++;
      if (kind === "}" || kind === "]" || kind === ")" || kind === "}$" || kind === "string-close") depth--;
      const token = this.advance();
      end = token.end;
      if (token.kind === ";" && depth <= 0) break;
    } while (!this.is("end") && !(depth <= 0 && (this.closesOuter(this.token) || this.resumes())));
    this.blank({ start, end });
  }

  private resumes(): boolean {
    return this.startsLine(this.token) && (this.beginsName() || this.isWord("inherit"));
  }
}
