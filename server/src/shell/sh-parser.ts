import { assignmentOf, bareText, isDeclaration } from "./sh-assignments.ts";
import type {
  AndOr,
  Assignment,
  Command,
  For,
  FunctionDefinition,
  Group,
  If,
  List,
  Pipeline,
  Redirect,
  SimpleCommand,
  Span,
  Statement,
  While,
  Word,
} from "./sh-ast.ts";
import { readCase } from "./sh-case.ts";
import { ShellLexer, type Token } from "./sh-lexer.ts";
import { MAX_DEPTH, type ShellSource } from "./sh-source.ts";
import { readTest } from "./sh-test.ts";
import { arithmeticEnd } from "./sh-words.ts";

const REDIRECTIONS = new Set(["<", ">", ">>", "<<", "<<-", "<<<", "<&", ">&", "<>", ">|", "&>", "&>>"]);
const CLOSING_WORDS = new Set(["then", "elif", "else", "fi", "do", "done", "esac", "}"]);
/** Keywords that no command begins with. */
const MISPLACED_WORDS = new Set([...CLOSING_WORDS, "]]"]);
const CLOSING_OPERATORS = new Set([")", ";;", ";&", ";;&"]);

/**
 * A recursive-descent reader of shell commands. There is no error recovery inside a command: at the first failure every
 * method returns what it holds so far, so that the blocks around it are kept as well.
 */
export class ShellParser {
  readonly source: ShellSource;
  readonly lexer: ShellLexer;
  #depth: number;
  #lastEnd: number;

  constructor(source: ShellSource, start: number, depth: number) {
    this.source = source;
    this.lexer = new ShellLexer(source, start, depth);
    this.#depth = depth;
    this.#lastEnd = start;
  }

  /** Statements up to a word or operator that closes a block, which stays unread. */
  list(opening: string | undefined): List {
    const start = this.lexer.peek().start;
    const statements: Statement[] = [];
    this.skipNewlines();
    while (!this.atClosing()) {
      const statement = this.#statement();
      statements.push(statement);
      if (!this.#separator(statement)) break;
    }
    if (opening !== undefined && statements.length === 0) this.unexpected(`There is no command after “${opening}”.`);
    return { kind: "list", statements, start: statements[0]?.start ?? start, end: statements.at(-1)?.end ?? start };
  }

  /** True before anything that ends a list. */
  atClosing(): boolean {
    const token = this.lexer.peek();
    if (token.kind === "operator") return CLOSING_OPERATORS.has(token.text);
    return token.kind === "end" || (token.kind === "word" && CLOSING_WORDS.has(this.bare(token)));
  }

  take(): Token {
    const token = this.lexer.next();
    this.#lastEnd = token.end;
    return token;
  }

  /** The end of what was read last. */
  get lastEnd(): number {
    return this.#lastEnd;
  }

  /** Notes that text outside of the lexer's tokens was read. */
  skipTo(offset: number): void {
    this.lexer.moveTo(offset);
    this.#lastEnd = offset;
  }

  skipNewlines(): void {
    while (this.isOperator("newline")) this.take();
  }

  isOperator(text: string): boolean {
    const token = this.lexer.peek();
    return token.kind === "operator" && token.text === text;
  }

  isWord(text: string): boolean {
    return this.bare(this.lexer.peek()) === text;
  }

  /** The text of a token when it is a plain word without quotes, otherwise an empty text. */
  bare(token: Token): string {
    return token.kind === "word" ? bareText(this.source, token.word) : "";
  }

  /** Takes an expected keyword or operator; anything else is a failure. */
  expect(text: string, why: string): boolean {
    if (!this.isWord(text) && !this.isOperator(text)) {
      this.unexpected(why);
      return false;
    }
    this.take();
    return true;
  }

  unexpected(why?: string): void {
    const token = this.lexer.peek();
    const seen = token.kind === "end" ? "The script ends here" : `“${this.#show(token)}” is not expected here`;
    this.source.fail(token.start, why === undefined ? `${seen}.` : `${seen}. ${why}`);
  }

  redirects(): Redirect[] {
    const found: Redirect[] = [];
    for (;;) {
      const redirect = this.#redirect();
      if (!redirect) return found;
      found.push(redirect);
    }
  }

  span(start: number): Span {
    // What is still open when reading fails reaches as far as the failure.
    return { start, end: Math.max(start, this.#lastEnd, this.source.failure?.at ?? 0) };
  }

  #show(token: Token): string {
    if (token.kind === "operator" && token.text === "newline") return "end of line";
    return this.source.text.slice(token.start, Math.min(token.end, token.start + 30));
  }

  #statement(): Statement {
    const command = this.#andOr();
    return { kind: "statement", command, background: false, start: command.start, end: command.end };
  }

  /** Takes what stands between two statements; false when the list ends or something else follows. */
  #separator(statement: Statement): boolean {
    if (this.isOperator(";") || this.isOperator("&")) {
      statement.background = this.isOperator("&");
      this.take();
      this.skipNewlines();
      return true;
    }
    if (this.isOperator("newline")) {
      this.skipNewlines();
      return true;
    }
    if (!this.atClosing()) this.unexpected();
    return false;
  }

  #andOr(): Command {
    const first = this.#pipeline();
    const rest: AndOr["rest"] = [];
    while (this.isOperator("&&") || this.isOperator("||")) {
      const token = this.take();
      this.skipNewlines();
      const operator = token.kind === "operator" && token.text === "&&" ? "&&" : "||";
      rest.push({ operator, command: this.#pipeline() });
    }
    return rest.length === 0 ? first : { kind: "and-or", first, rest, ...this.span(first.start) };
  }

  #pipeline(): Command {
    const start = this.lexer.peek().start;
    let negated = false;
    let timed = false;
    while (this.isWord("!") || this.isWord("time")) {
      if (this.isWord("!")) negated = !negated;
      else timed = true;
      this.take();
      if (timed && this.isWord("-p")) this.take();
    }
    // A lone `!` is a command that fails.
    const alone = negated && (this.isOperator(";") || this.isOperator("newline") || this.atClosing());
    const commands = alone ? [this.#emptyCommand()] : [this.command()];
    while (this.isOperator("|") || this.isOperator("|&")) {
      this.take();
      this.skipNewlines();
      commands.push(this.command());
    }
    if (commands.length === 1 && !negated) return commands[0]!;
    return { kind: "pipeline", negated, commands, ...this.span(start) } satisfies Pipeline;
  }

  command(): Command {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.source.fail(this.lexer.peek().start, "This is nested too deeply to be read.");
    const command = this.#compound() ?? this.#simple();
    this.#depth -= 1;
    return command;
  }

  #compound(): Command | undefined {
    const token = this.lexer.peek();
    if (token.kind === "operator" && token.text === "(") return this.#parenthesis(token.start);
    switch (this.bare(token)) {
      case "{":
        return this.#block(token.start, "{", "}", "group");
      case "if":
        return this.#if(token.start);
      case "for":
      case "select":
        return this.#for(token.start);
      case "while":
      case "until":
        return this.#while(token.start);
      case "case":
        return readCase(this);
      case "[[":
        return readTest(this);
      case "function":
        return this.#functionKeyword(token.start);
      default:
        return undefined;
    }
  }

  #parenthesis(start: number): Command {
    const end = this.source.text[start + 1] === "(" ? arithmeticEnd(this.source, start + 2) : undefined;
    if (end === undefined) return this.#block(start, "(", ")", "subshell");
    this.skipTo(end);
    return { kind: "test", words: [], redirects: this.redirects(), ...this.span(start) };
  }

  #block(start: number, open: string, close: string, kind: Group["kind"]): Group {
    this.take();
    const body = this.list(open);
    this.expect(close, `The “${open}” has no matching “${close}”.`);
    return { kind, body, redirects: this.redirects(), ...this.span(start) };
  }

  #if(start: number): If {
    const clauses: If["clauses"] = [];
    let otherwise: List | undefined;
    let keyword = "if";
    do {
      this.take();
      const condition = this.list(keyword);
      this.expect("then", `The “${keyword}” has no “then”.`);
      clauses.push({ condition, body: this.list("then") });
      keyword = "elif";
    } while (this.isWord("elif"));
    if (this.isWord("else")) {
      this.take();
      otherwise = this.list("else");
    }
    this.expect("fi", "The “if” is never closed with “fi”.");
    const node: If = { kind: "if", clauses, redirects: this.redirects(), ...this.span(start) };
    return otherwise ? { ...node, otherwise } : node;
  }

  #while(start: number): While {
    const keyword = this.bare(this.take());
    const condition = this.list(keyword);
    const body = this.#doBlock(keyword);
    return {
      kind: "while",
      until: keyword === "until",
      condition,
      body,
      redirects: this.redirects(),
      ...this.span(start),
    };
  }

  #doBlock(keyword: string): List {
    this.expect("do", `The “${keyword}” has no “do”.`);
    const body = this.list("do");
    this.expect("done", "The “do” is never closed with “done”.");
    return body;
  }

  #for(start: number): For {
    const keyword = this.bare(this.take());
    const node: For = {
      kind: "for",
      variable: "",
      variableSpan: { start, end: start },
      body: { kind: "list", statements: [], start, end: start },
      redirects: [],
      start,
      end: start,
    };
    const token = this.lexer.peek();
    const arithmetic =
      token.kind === "operator" && token.text === "(" && this.source.text[token.start + 1] === "("
        ? arithmeticEnd(this.source, token.start + 2)
        : undefined;
    if (arithmetic !== undefined) this.skipTo(arithmetic);
    else if (token.kind === "word") {
      this.take();
      node.variable = token.word.literal ?? "";
      node.variableSpan = { start: token.start, end: token.end };
      if (!/^[A-Za-z_]\w*$/.test(node.variable)) this.source.fail(token.start, "“for” needs the name of a variable.");
      node.words = this.#forWords();
    } else this.unexpected("“for” needs the name of a variable.");
    if (node.words === undefined && this.isOperator(";")) this.take();
    this.skipNewlines();
    if (this.isWord("{")) {
      this.take();
      node.body = this.list("{");
      this.expect("}", "The “{” has no matching “}”.");
    } else node.body = this.#doBlock(keyword);
    node.redirects = this.redirects();
    return { ...node, ...this.span(start) };
  }

  #forWords(): Word[] | undefined {
    // The keyword may stand on a line of its own, and without it the loop goes through the arguments.
    this.skipNewlines();
    if (!this.isWord("in")) return undefined;
    this.take();
    const words: Word[] = [];
    for (;;) {
      const token = this.lexer.peek();
      if (token.kind !== "word") break;
      words.push(token.word);
      this.take();
    }
    if (this.isOperator(";") || this.isOperator("newline")) this.take();
    else this.unexpected("The list of “for” ends with “;” or the end of the line.");
    return words;
  }

  #functionKeyword(start: number): FunctionDefinition {
    this.take();
    const token = this.lexer.peek();
    if (token.kind === "word") this.take();
    else this.unexpected("“function” needs a name.");
    if (this.isOperator("(")) {
      this.take();
      this.expect(")", "The parentheses after a function's name are empty.");
    }
    return this.#functionBody(start, token.kind === "word" ? token : { start: token.start, end: token.start });
  }

  #functionBody(start: number, name: Span): FunctionDefinition {
    this.skipNewlines();
    const bodyStart = this.lexer.peek().start;
    const body = this.#compound();
    if (!body) this.unexpected("A function's body stands in braces.");
    if (body?.kind === "function") this.source.fail(bodyStart, "A function's body stands in braces.");
    return {
      kind: "function",
      name: this.source.text.slice(name.start, name.end),
      nameSpan: { start: name.start, end: name.end },
      body: body ?? this.#emptyCommand(),
      ...this.span(start),
    };
  }

  #emptyCommand(): SimpleCommand {
    const at = this.lexer.peek().start;
    return { kind: "simple", assignments: [], words: [], redirects: [], declared: [], start: at, end: at };
  }

  #simple(): Command {
    const start = this.lexer.peek().start;
    const node = this.#emptyCommand();
    if (MISPLACED_WORDS.has(this.bare(this.lexer.peek()))) this.unexpected();
    for (;;) {
      const redirect = this.#redirect();
      if (redirect) {
        node.redirects.push(redirect);
        continue;
      }
      const token = this.lexer.peek();
      if (token.kind !== "word") break;
      const isFirst = node.words.length === 0;
      this.take();
      const assignment = isFirst || isDeclaration(node.words[0]!) ? assignmentOf(this.source, token.word) : undefined;
      const array = assignment && this.source.text[token.end] === "(" && this.source.text[token.end - 1] === "=";
      if (array) this.#array(token.word, assignment);
      if (assignment && isFirst) node.assignments.push(assignment);
      else node.words.push(token.word);
      if (assignment && !isFirst) node.declared.push(assignment);
      if (isFirst && node.assignments.length + node.redirects.length === 0 && this.isOperator("(")) {
        this.take();
        if (!this.expect(")", "Only a function's name is followed by “(”.")) break;
        if (token.word.literal === undefined) this.source.fail(token.start, "A function's name is a plain word.");
        return this.#functionBody(start, token);
      }
    }
    if (node.words.length + node.assignments.length + node.redirects.length === 0) this.unexpected();
    return { ...node, ...this.span(start) };
  }

  /** Reads the list behind `name=` and makes it the value. */
  #array(word: Word, assignment: Assignment): void {
    const open = word.end;
    this.skipTo(open + 1);
    const words: Word[] = [];
    for (;;) {
      this.skipNewlines();
      const token = this.lexer.peek();
      if (token.kind !== "word") break;
      words.push(token.word);
      this.take();
    }
    this.expect(")", "The list of an array is never closed with “)”.");
    const { end } = this.span(open);
    for (const target of [word, assignment.value]) {
      target.parts.push({ kind: "array", words, start: open, end, quoted: true });
      target.end = end;
      delete target.literal;
    }
    assignment.end = end;
  }

  #redirect(): Redirect | undefined {
    const first = this.lexer.peek();
    if (first.kind !== "fd" && !(first.kind === "operator" && REDIRECTIONS.has(first.text))) return undefined;
    this.take();
    const token = first.kind === "fd" ? this.take() : first;
    const operator = token.kind === "operator" ? token.text : "";
    const target = this.lexer.peek();
    if (target.kind !== "word") {
      this.unexpected(`“${operator}” needs a file name after it.`);
      return undefined;
    }
    const redirect: Redirect = { operator, target: target.word, start: first.start, end: target.end };
    if (first.kind === "fd") redirect.fd = first.fd;
    this.take();
    if (operator === "<<" || operator === "<<-") this.lexer.awaitHeredoc(redirect);
    return redirect;
  }
}
