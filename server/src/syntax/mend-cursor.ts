import type { Span, SyntaxProblem } from "./expr.ts";
import type { Mended, Repair } from "./repaired-text.ts";
import type { Token, TokenKind } from "./tokens.ts";

/** Deeper files are given up; the caller says so. */
const maxDepth = 1500;

/** The tokens of a broken file, with a place in them, and what has been found wrong so far. */
export class MendCursor {
  protected index = 0;
  /** A token (by index) at which a new binding begins, so that nothing before it may take it in. */
  protected stop = -1;
  /** The token (by index) before which a closing bracket was inserted, so that an operand ends there. */
  protected closedAt = -1;
  private readonly problems: SyntaxProblem[] = [];
  private readonly repairs: Repair[] = [];
  /** How many enclosing constructs wait for each kind of token or keyword. */
  private readonly awaited = new Map<string, number>();
  private reportedAt = -1;
  private depth = 0;

  constructor(
    protected readonly text: string,
    protected readonly tokens: readonly Token[],
  ) {}

  result(): Omit<Mended, "lexed"> {
    return { problems: this.problems, repairs: this.repairs };
  }

  /** Adds a problem, unless one was found at this very token: what follows from one fault is not told twice. */
  report(message: string, span: Span): void {
    if (this.reportedAt === this.index) return;
    this.reportedAt = this.index;
    this.problems.push({ message, start: span.start, end: span.end });
  }

  /** Marks the current token as part of the fault that was reported last. */
  protected quiet(): void {
    this.reportedAt = this.index;
  }

  /** Blanks a range, and with it what was inserted there before. */
  blank(span: Span): void {
    this.dropInsertions(span);
    if (span.end > span.start) this.repairs.push({ kind: "blank", start: span.start, end: span.end });
  }

  /** Takes back what was inserted behind the beginning of a range, up to its end. */
  private dropInsertions(span: Span): void {
    for (let at = this.repairs.length - 1; at >= 0; at--) {
      const repair = this.repairs[at]!;
      if (repair.start <= span.start) return;
      if (repair.kind === "insert" && repair.start <= span.end) this.repairs.splice(at, 1);
    }
  }

  /** Inserts code behind the last token that was read. */
  protected insert(code: string): void {
    this.repairs.push({ kind: "insert", start: this.before?.end ?? 0, text: ` ${code} ` });
  }

  /** Inserts characters at a place, with no spaces around them. */
  protected insertExactly(start: number, code: string): void {
    this.repairs.push({ kind: "insert", start, text: code });
  }

  protected get token(): Token {
    return this.tokens[this.index]!;
  }

  /** The token before the current one. */
  protected get before(): Token | undefined {
    return this.tokens[this.index - 1];
  }

  protected ahead(distance: number): Token {
    return this.tokens[Math.min(this.index + distance, this.tokens.length - 1)]!;
  }

  protected advance(): Token {
    const { token } = this;
    if (token.kind !== "end") this.index++;
    return token;
  }

  protected is(kind: TokenKind): boolean {
    return this.token.kind === kind;
  }

  protected isWord(word: string): boolean {
    return this.token.kind === "keyword" && this.textOf(this.token) === word;
  }

  protected textOf(token: Token): string {
    return this.text.slice(token.start, token.end);
  }

  /** What a token is waited for by: its kind, or the word itself for keywords. */
  protected closerOf(token: Token): string {
    return token.kind === "keyword" ? this.textOf(token) : token.kind;
  }

  /** Runs `read` while `closer` is waited for. */
  protected within(closer: string, read: () => void): void {
    if (++this.depth > maxDepth) throw new RangeError("nested too deeply");
    this.awaited.set(closer, (this.awaited.get(closer) ?? 0) + 1);
    read();
    this.awaited.set(closer, this.awaited.get(closer)! - 1);
    this.depth--;
  }

  /** True when the token ends a construct around the current one. */
  protected closesOuter(token: Token): boolean {
    return token.kind === "end" || (this.awaited.get(this.closerOf(token)) ?? 0) > 0;
  }

  /** True in the value of a binding (or between `with` and its `;`), where a `=` means that something before it is unfinished. */
  protected get insideBinding(): boolean {
    return (this.awaited.get(";") ?? 0) > 0;
  }

  /** Takes back every repair from an offset on, which is about to be read again. */
  protected dropRepairs(start: number): void {
    for (let at = this.repairs.length - 1; at >= 0; at--) {
      const repair = this.repairs[at]!;
      if (repair.start < start) return;
      if (repair.kind === "blank" || repair.start > start) this.repairs.splice(at, 1);
    }
  }

  protected startsLine(token: Token): boolean {
    return this.indentOf(token) === token.start - this.lineStart(token);
  }

  /** The number of blanks that the token's line begins with. */
  protected indentOf(token: Token): number {
    let at = this.lineStart(token);
    const start = at;
    while (this.text[at] === " " || this.text[at] === "\t") at++;
    return at - start;
  }

  private lineStart(token: Token): number {
    return this.text.lastIndexOf("\n", token.start - 1) + 1;
  }

  /** True when a line ends between the two tokens. */
  protected lineBreakBetween(first: Token, second: Token): boolean {
    const at = this.text.indexOf("\n", first.end);
    return at >= 0 && at < second.start;
  }

  protected unexpected(token: Token): string {
    if (token.kind === "end") return "The file ends too early.";
    return `Unexpected \`${this.textOf(token).slice(0, 20)}\`.`;
  }
}
