import { computedNames, duplicateAttributes, duplicateFormals } from "./binding-checks.ts";
import type { AttrName, AttrsExpr, Binding, Comment, Expr, Formal, LambdaExpr, Span } from "./expr.ts";
import { LiteralReader } from "./literal-reader.ts";
import { maxDepth } from "./lower.ts";
import {
  chainProblem,
  HAS_ATTR,
  type Infix,
  type InfixOperator,
  infixAt,
  isMixed,
  joinBinary,
  NEGATION,
  NOT,
} from "./operators.ts";
import { giveUp, isDigit, isWordStart, NOT_PLAIN } from "./scanner.ts";

/**
 * Reads a text that has no mistake, straight from its characters: several times as fast as by way of a tree, which has to
 * be asked for each of its nodes. Undefined where anything is wrong or unusual; the tree then tells what.
 */
export function readPlain(text: string): { readonly root: Expr; readonly comments: readonly Comment[] } | undefined {
  try {
    return new PlainReader(text).run();
  } catch (error) {
    // Deep nesting takes all of the stack; what is said of it is not said here.
    if (error === NOT_PLAIN || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** More than people write. */
const MOST_NESTED = 300;

function startOf(expr: Expr): number {
  return (expr.outer ?? expr).start;
}

class PlainReader extends LiteralReader {
  private depth = 0;
  private deepest = 0;
  private longestChain = 0;

  run() {
    const root = this.expr();
    if (this.at < this.text.length) giveUp();
    // Each level may have a chain of calls and one of operators; a program that is too deep is a problem.
    if (this.deepest * (2 * this.longestChain + 4) > maxDepth) giveUp();
    return { root, comments: this.comments };
  }

  protected expr(): Expr {
    this.enter();
    const expr = this.exprHere();
    this.depth--;
    return expr;
  }

  private enter(): void {
    this.depth++;
    if (this.depth > this.deepest) this.deepest = this.depth;
    if (this.depth > MOST_NESTED) giveUp();
  }

  private exprHere(): Expr {
    const start = this.at;
    const wordEnd = this.wordEnd();
    if (wordEnd >= 0) {
      const word = this.text.slice(start, wordEnd);
      switch (word) {
        case "let":
          return this.letIn(start);
        case "if": {
          this.take(2);
          const condition = this.expr();
          this.keyword("then");
          const yes = this.expr();
          this.keyword("else");
          const no = this.expr();
          return { kind: "if", condition, yes, no, start, end: this.end };
        }
        case "with": {
          this.take(4);
          const env = this.expr();
          this.expect(59);
          const body = this.expr();
          return { kind: "with", env, body, start, end: this.end };
        }
        case "assert": {
          this.take(6);
          const condition = this.expr();
          this.expect(59);
          const body = this.expr();
          return { kind: "assert", condition, body, start, end: this.end };
        }
        case "rec":
          return this.operators(0, this.application(this.recursive()));
      }
      const param = this.variable(word);
      if (this.code() === 58) return this.lambda(param, undefined);
      if (this.code() !== 64) return this.operators(0, this.application(this.selected(param)));
      this.take(1);
      const pattern = this.code() === 123 ? this.formals() : giveUp();
      return this.lambda(param, pattern);
    }
    if (this.code() === 123 && this.opensFormals()) {
      const pattern = this.formals();
      if (this.code() !== 64) return this.lambda(undefined, pattern);
      this.take(1);
      return this.lambda(this.variable(this.word()), pattern);
    }
    return this.operators(0);
  }

  private keyword(word: string): void {
    if (!this.isAtKeyword(word)) giveUp();
    this.take(word.length);
  }

  private letIn(start: number): Expr {
    this.take(3);
    // `let { body = …; }`, which nobody writes any more.
    if (this.code() === 123) giveUp();
    const bindings: Binding[] = [];
    while (!this.isAtKeyword("in")) bindings.push(this.binding());
    this.take(2);
    duplicateAttributes(bindings, giveUp);
    computedNames(bindings, giveUp);
    const body = this.expr();
    return { kind: "let", bindings, body, start, end: this.end };
  }

  /** What follows the name or pattern of a function; `formals` is undefined where there is no pattern. */
  private lambda(param: (Span & { name: string }) | undefined, pattern: Pattern | undefined): LambdaExpr {
    this.expect(58);
    const paramSpan = param && { start: param.start, end: param.end };
    const name = param?.name;
    if (pattern) {
      duplicateFormals(
        pattern.formals,
        name !== undefined && paramSpan ? { name, span: paramSpan } : undefined,
        giveUp,
      );
    }
    const start = Math.min(param?.start ?? this.at, pattern?.span.start ?? this.at);
    const body = this.expr();
    return {
      kind: "lambda",
      param: name,
      paramSpan,
      formals: pattern?.formals,
      formalsSpan: pattern?.span,
      ellipsis: pattern?.ellipsis ?? false,
      body,
      start,
      end: this.end,
    };
  }

  /** Whether the brace here opens the formals of a function, and no set. */
  private opensFormals(): boolean {
    const { at, end } = this;
    const comments = this.comments.length;
    this.take(1);
    const code = this.code();
    let isFormals = code === 46;
    if (code === 125) {
      this.take(1);
      isFormals = this.code() === 58 || this.code() === 64;
    } else if (isWordStart(code)) {
      this.take(this.wordEnd() - this.at);
      isFormals = this.code() === 44 || this.code() === 63 || this.code() === 125;
    }
    this.at = at;
    this.end = end;
    this.comments.length = comments;
    return isFormals;
  }

  private formals(): Pattern {
    const start = this.at;
    const formals: Formal[] = [];
    let ellipsis = false;
    this.take(1);
    while (this.code() !== 125) {
      if (this.code() === 46) {
        if (!this.text.startsWith("...", this.at)) giveUp();
        this.take(3);
        ellipsis = true;
        break;
      }
      const from = this.at;
      const name = this.word();
      this.take(name.length);
      const nameSpan = { start: from, end: this.end };
      let fallback: Expr | undefined;
      if (this.code() === 63) {
        this.take(1);
        fallback = this.expr();
      }
      formals.push({ name, nameSpan, fallback, start: from, end: this.end });
      if (this.code() !== 44) break;
      this.take(1);
    }
    this.expect(125);
    return { formals, ellipsis, span: { start, end: this.end } };
  }

  /** Operators that hold at least as tightly as `least` and their operands; `first` is the operand that was read already. */
  private operators(least: number, first?: Expr): Expr {
    let left = first ?? this.operand();
    for (let chain = 1; ; chain++) {
      if (chain > this.longestChain) this.longestChain = chain;
      if (this.code() === 63) {
        if (HAS_ATTR < least) return left;
        this.take(1);
        const path = this.attrPath();
        left = { kind: "has-attr", base: left, path, start: startOf(left), end: this.end };
        if (this.code() === 63) giveUp();
        continue;
      }
      const operator = this.infixHere();
      if (operator === undefined || operator.strength < least) return left;
      this.enter();
      const from = this.at;
      this.take(operator.operator.length);
      const used: InfixOperator = { operator: operator.operator, span: { start: from, end: this.end } };
      const right = this.operators(operator.toTheRight ? operator.strength : operator.strength + 1);
      if (chainProblem(left, used) || isMixed(operator.operator, left) || isMixed(operator.operator, right)) giveUp();
      left = joinBinary(left, used, right);
      this.depth--;
    }
  }

  private infixHere(): Infix | undefined {
    const operator = infixAt(this.text, this.at);
    if (operator === undefined) return undefined;
    // A path may begin with some of them.
    const code = this.code();
    if ((code === 43 || code === 45 || code === 47) && this.pathEnd() >= 0) giveUp();
    if (code === 60 && this.searchPathEnd() >= 0) giveUp();
    return operator;
  }

  private operand(): Expr {
    const start = this.at;
    const code = this.code();
    if (code !== 33 && code !== 45) return this.application(this.selected(this.simple()));
    if (code === 45 && this.pathEnd() >= 0) giveUp();
    this.take(1);
    this.enter();
    const operand = this.operators(code === 33 ? NOT + 1 : NEGATION);
    this.depth--;
    return { kind: "unary", operator: code === 33 ? "!" : "-", operand, start, end: this.end };
  }

  private application(fn: Expr): Expr {
    let left = fn;
    for (let chain = 1; this.isAtArgument(); chain++) {
      if (chain > this.longestChain) this.longestChain = chain;
      const arg = this.selected(this.simple());
      left = { kind: "apply", fn: left, arg, start: startOf(left), end: this.end };
    }
    return left;
  }

  private isAtArgument(): boolean {
    const code = this.code();
    if (isWordStart(code)) return this.isArgumentWord();
    switch (code) {
      case 34: // "
      case 40: // (
      case 91: // [
      case 123: // {
      case 126: // ~
        return true;
      case 39: // ''
        return this.codeAfter(1) === 39;
      case 46: // .
      case 47: // /
        return this.pathEnd() >= 0;
      case 60: // <
        return this.searchPathEnd() >= 0;
    }
    return isDigit(code);
  }

  private isArgumentWord(): boolean {
    switch (this.code()) {
      // Words that end an expression.
      case 116:
        return !this.isAtKeyword("then");
      case 101:
        return !this.isAtKeyword("else");
      case 105:
        return !this.isAtKeyword("in");
      case 111:
        return !this.isAtKeyword("or");
    }
    return true;
  }

  private selected(base: Expr): Expr {
    if (this.code() !== 46 || this.pathEnd() >= 0) return base;
    this.take(1);
    const path = this.attrPath();
    let fallback: Expr | undefined;
    if (this.code() === 111 && this.isAtKeyword("or")) {
      this.take(2);
      this.enter();
      fallback = this.selected(this.simple());
      this.depth--;
    }
    return { kind: "select", base, path, fallback, start: startOf(base), end: this.end };
  }

  private simple(): Expr {
    const start = this.at;
    const code = this.code();
    if (isWordStart(code)) {
      if (this.wordEnd() < 0) return this.pathOrUri();
      return this.isAtKeyword("rec") ? this.recursive() : this.variable(this.word());
    }
    switch (code) {
      case 34:
        return this.string("double");
      case 39:
        return this.codeAfter(1) === 39 ? this.string("indented") : giveUp();
      case 123:
        return this.attrs(start, false);
      case 91:
        return this.list();
      case 40: {
        this.take(1);
        const inner = this.expr();
        this.expect(41);
        (inner as { outer?: Span }).outer = { start, end: this.end };
        return inner;
      }
      case 46:
      case 47:
      case 126:
        return this.pathOrUri();
      case 60: {
        const end = this.searchPathEnd();
        if (end < 0) giveUp();
        this.take(end - start);
        return { kind: "search-path", name: this.text.slice(start + 1, end - 1), start, end };
      }
    }
    return isDigit(code) ? this.number() : giveUp();
  }

  private recursive(): Expr {
    const start = this.at;
    this.take(3);
    return this.code() === 123 ? this.selected(this.attrs(start, true)) : giveUp();
  }

  private list(): Expr {
    const start = this.at;
    this.take(1);
    const items: Expr[] = [];
    this.enter();
    while (this.code() !== 93) items.push(this.selected(this.simple()));
    this.depth--;
    this.take(1);
    return { kind: "list", items, start, end: this.end };
  }

  private attrs(start: number, recursive: boolean): AttrsExpr {
    this.take(1);
    const bindings: Binding[] = [];
    while (this.code() !== 125) bindings.push(this.binding());
    this.take(1);
    duplicateAttributes(bindings, giveUp);
    return { kind: "attrs", recursive, bindings, start, end: this.end };
  }

  private binding(): Binding {
    const start = this.at;
    if (this.code() === 105 && this.isAtKeyword("inherit")) return this.inherit();
    const path = this.attrPath();
    this.expect(61);
    const value = this.expr();
    this.expect(59);
    return { kind: "bind", path, value, start, end: this.end };
  }

  private inherit(): Binding {
    const start = this.at;
    this.take(7);
    let from: Expr | undefined;
    if (this.code() === 40) {
      this.take(1);
      from = this.expr();
      this.expect(41);
    }
    const names: AttrName[] = [];
    while (this.code() !== 59) {
      const name = this.attrName();
      if (name.kind === "dynamic") giveUp();
      names.push(name);
    }
    this.take(1);
    return { kind: "inherit", from, names, start, end: this.end };
  }
}

interface Pattern {
  readonly formals: Formal[];
  readonly ellipsis: boolean;
  readonly span: Span;
}
