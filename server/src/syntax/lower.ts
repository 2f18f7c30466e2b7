import { computedNames, duplicateAttributes, duplicateFormals } from "./binding-checks.ts";
import type {
  AttrName,
  AttrsExpr,
  BinaryOperator,
  Binding,
  Comment,
  ErrorExpr,
  Expr,
  Formal,
  LambdaExpr,
  LegacyLetExpr,
  LetExpr,
  Span,
  StringExpr,
  StringPart,
  SyntaxProblem,
  TextChunk,
} from "./expr.ts";
import { chainProblem, foldArrows, type InfixOperator, joinBinary } from "./operators.ts";
import { holeName, keywordAsName, keywordPrefix } from "./repaired-text.ts";
import { type LiteralRun, stringParts } from "./strings.ts";
import { isPipe } from "./substitute.ts";
import { isKeyword } from "./tokens.ts";
import type { TreeReader } from "./tree-reader.ts";

/** Deeper code is not lowered: walking it would exhaust the stack of whoever does. */
export const maxDepth = 1500;

export interface Lowered {
  readonly root: Expr;
  readonly comments: readonly Comment[];
  readonly problems: SyntaxProblem[];
}

/** An attribute path of names without quotes, spaces and comments. */
const PLAIN_PATH = /^[a-zA-Z_][a-zA-Z0-9_'-]*(?:\.[a-zA-Z_][a-zA-Z0-9_'-]*)*$/;

/** Lowers a tree without errors. `text` is the original text, which the reader's offsets refer to. */
export function lower(reader: TreeReader, text: string): Lowered {
  return new Lowering(reader, text).run();
}

class Lowering {
  private readonly problems: SyntaxProblem[] = [];
  private depth = 0;
  private tooDeep = false;

  constructor(
    private readonly reader: TreeReader,
    private readonly text: string,
  ) {}

  run(): Lowered {
    const { reader } = this;
    let root: Expr | undefined;
    if (reader.down()) {
      do root = this.expr();
      while (reader.next());
      reader.up();
    }
    if (root === undefined) {
      const message = "This file is empty: Nix expects an expression, such as `{ }`.";
      root = { kind: "error", message, start: 0, end: this.text.length };
      this.report(message, { start: 0, end: 0 });
    }
    return { root, comments: reader.comments, problems: this.problems };
  }

  private report(message: string, span: Span): void {
    this.problems.push({ message, start: span.start, end: span.end });
  }

  private add = (problem: SyntaxProblem): void => {
    this.problems.push(problem);
  };

  private expr(): Expr {
    if (this.depth >= maxDepth) return this.deep();
    this.depth++;
    const result = this.exprHere();
    this.depth--;
    return result;
  }

  private deep(): ErrorExpr {
    const message = "This is nested too deeply to be read.";
    const { start, end } = this.reader.span();
    if (!this.tooDeep) this.report(message, { start, end: Math.min(end, start + 1) });
    this.tooDeep = true;
    return { kind: "error", message, start, end };
  }

  private exprHere(): Expr {
    const { reader } = this;
    switch (reader.type) {
      case "variable_expression":
        return this.variable();
      case "string_expression":
        return this.string("double");
      case "indented_string_expression":
        return this.string("indented");
      case "select_expression":
        return this.select();
      case "attrset_expression":
        return this.bindingsOf({ kind: "attrs", recursive: false, bindings: [], ...reader.span() });
      case "rec_attrset_expression":
        return this.bindingsOf({ kind: "attrs", recursive: true, bindings: [], ...reader.span() });
      case "let_attrset_expression":
        return this.bindingsOf({ kind: "legacy-let", bindings: [], ...reader.span() });
      case "list_expression":
        return { kind: "list", items: this.operands(), ...reader.span() };
      case "apply_expression": {
        const [fn, arg] = this.operands();
        return { kind: "apply", fn: fn!, arg: arg!, ...reader.span() };
      }
      case "binary_expression":
        return this.binary();
      case "parenthesized_expression": {
        const inner = this.operands()[0]!;
        (inner as { outer?: Span }).outer = reader.span();
        return inner;
      }
      case "path_expression":
      case "hpath_expression":
        return this.path();
      case "function_expression":
        return this.lambda();
      case "integer_expression":
        return { kind: "int", digits: this.here(), ...reader.span() };
      case "float_expression":
        return { kind: "float", value: Number.parseFloat(this.here()), ...reader.span() };
      case "let_expression":
        return this.letIn();
      case "if_expression": {
        const [condition, yes, no] = this.operands();
        return { kind: "if", condition: condition!, yes: yes!, no: no!, ...reader.span() };
      }
      case "with_expression": {
        const [env, body] = this.operands();
        return { kind: "with", env: env!, body: body!, ...reader.span() };
      }
      case "assert_expression": {
        const [condition, body] = this.operands();
        return { kind: "assert", condition: condition!, body: body!, ...reader.span() };
      }
      case "unary_expression": {
        const span = reader.span();
        return { kind: "unary", operator: this.text[span.start] as "!" | "-", operand: this.operands()[0]!, ...span };
      }
      case "has_attr_expression":
        return this.hasAttr();
      case "spath_expression":
        return { kind: "search-path", name: this.here().slice(1, -1), ...reader.span() };
      case "uri_expression":
        return { kind: "string", style: "uri", parts: [this.chunk(reader.span())], ...reader.span() };
      default: {
        const message = "This cannot be read as Nix.";
        this.report(message, reader.span());
        return { kind: "error", message, ...reader.span() };
      }
    }
  }

  /** The node's expressions, in order; keywords and punctuation passed over. */
  private operands(): Expr[] {
    const { reader } = this;
    const found: Expr[] = [];
    if (!reader.down()) return found;
    do if (reader.type !== undefined) found.push(this.expr());
    while (reader.next());
    reader.up();
    return found;
  }

  private here(): string {
    return this.text.slice(this.reader.start(), this.reader.end());
  }

  private chunk(span: Span): TextChunk {
    return { kind: "chunk", start: span.start, end: span.end, text: this.text.slice(span.start, span.end) };
  }

  private hole(span: Span): ErrorExpr {
    return { kind: "error", message: "An expression is missing here.", start: span.start, end: span.end };
  }

  private variable(): Expr {
    const span = this.reader.span();
    const name = this.reader.parsedText(span);
    if (name === holeName) return this.hole(span);
    return { kind: "var", name: this.checkedName(name, span), ...span };
  }

  private checkedName(name: string, span: Span): string {
    if (name.startsWith(keywordPrefix)) return name.slice(keywordPrefix.length);
    if (isKeyword(name)) this.report(keywordAsName(name), span);
    return name;
  }

  private string(style: "double" | "indented"): StringExpr {
    const { reader } = this;
    const span = reader.span();
    const width = style === "double" ? 1 : 2;
    const close = reader.endBefore(width);
    const runs: LiteralRun[] = [];
    const inner: Expr[] = [];
    let from = span.start + width;
    if (this.mayInterpolate(span) && reader.down()) {
      do {
        if (reader.type !== "interpolation") continue;
        const { start, end } = reader.span();
        runs.push({ start: from, end: start });
        inner.push(this.interpolated());
        from = end;
      } while (reader.next());
      reader.up();
    }
    runs.push({ start: from, end: Math.max(from, close) });
    const parts = stringParts(this.text, style, runs, inner);
    return { kind: "string", style, parts, ...span };
  }

  /** Most strings do not, and going through their pieces takes as long as all else about them. */
  private mayInterpolate({ start, end }: Span): boolean {
    if (!this.reader.isVerbatim) return true;
    const at = this.text.indexOf("${", start);
    return at >= 0 && at < end;
  }

  private interpolated(): Expr {
    return this.operands()[0] ?? this.hole(this.reader.span());
  }

  private path(): Expr {
    const { reader } = this;
    const span = reader.span();
    const parts: StringPart[] = [];
    reader.down();
    do parts.push(reader.type === "interpolation" ? this.interpolated() : this.chunk(reader.span()));
    while (reader.next());
    reader.up();
    const last = parts.at(-1)!;
    if (last.kind === "chunk" && last.text.endsWith("/") && last.end === span.end) {
      this.report("A path may not end in `/`.", { start: span.end - 1, end: span.end });
    }
    return { kind: "path", parts, ...span };
  }

  /** `base.path or fallback`. */
  private select(): Expr {
    const span = this.reader.span();
    const { found, path } = this.expressionsAndPath();
    if (endsInHole(path)) return this.hole(span);
    return { kind: "select", base: found[0]!, path, fallback: found[1], ...span };
  }

  /** `base ? path`. */
  private hasAttr(): Expr {
    const span = this.reader.span();
    const { found, path } = this.expressionsAndPath();
    return endsInHole(path) ? this.hole(span) : { kind: "has-attr", base: found[0]!, path, ...span };
  }

  private expressionsAndPath(): { found: Expr[]; path: AttrName[] } {
    const { reader } = this;
    const found: Expr[] = [];
    let path: AttrName[] = [];
    reader.down();
    do {
      if (reader.type === "attrpath") path = this.attrPath();
      else if (reader.type !== undefined) found.push(this.expr());
    } while (reader.next());
    reader.up();
    return { found, path };
  }

  /** The names of an attribute path: of plain ones the text says it all. */
  private attrPath(): AttrName[] {
    const { start, end } = this.reader.span();
    const text = this.text.slice(start, end);
    if (!this.reader.isVerbatim || !PLAIN_PATH.test(text)) return this.names();
    const found: AttrName[] = [];
    let at = start;
    for (const name of text.split(".")) {
      const span = { start: at, end: at + name.length };
      found.push({ kind: "name", name: this.checkedName(name, span), ...span });
      at = span.end + 1;
    }
    return found;
  }

  /** The names of an attribute path or of an `inherit`. */
  private names(): AttrName[] {
    const { reader } = this;
    const found: AttrName[] = [];
    if (!reader.down()) return found;
    do if (reader.type !== undefined) found.push(this.name());
    while (reader.next());
    reader.up();
    return found;
  }

  private name(): AttrName {
    const { reader } = this;
    const span = reader.span();
    if (reader.type === "identifier") {
      return { kind: "name", name: this.checkedName(reader.parsedText(span), span), ...span };
    }
    const expr = reader.type === "interpolation" ? this.interpolated() : this.string("double");
    // `${"a"}` is as static as `"a"`; Nix treats it so.
    if (expr.kind === "string" && expr.parts.every((part) => part.kind === "chunk")) {
      return { kind: "name", name: expr.parts.map((part) => (part as TextChunk).text).join(""), ...span };
    }
    return { kind: "dynamic", expr, ...span };
  }

  private bindingsOf<T extends AttrsExpr | LegacyLetExpr>(node: T): T {
    const { reader } = this;
    let bindings: Binding[] = [];
    if (reader.down()) {
      do if (reader.type === "binding_set") bindings = this.bindings();
      while (reader.next());
      reader.up();
    }
    return { ...node, bindings };
  }

  private letIn(): LetExpr {
    const { reader } = this;
    const span = reader.span();
    let bindings: Binding[] = [];
    let body: Expr | undefined;
    reader.down();
    do {
      if (reader.type === "binding_set") bindings = this.bindings();
      else if (reader.type !== undefined) body = this.expr();
    } while (reader.next());
    reader.up();
    computedNames(bindings, this.add);
    return { kind: "let", bindings, body: body!, ...span };
  }

  private bindings(): Binding[] {
    const { reader } = this;
    const found: Binding[] = [];
    if (!reader.down()) return found;
    do if (reader.type !== undefined) found.push(this.binding());
    while (reader.next());
    reader.up();
    duplicateAttributes(found, this.add);
    return found;
  }

  private binding(): Binding {
    const { reader } = this;
    const span = reader.span();
    const inherit = reader.type !== "binding";
    let path: AttrName[] = [];
    let value: Expr | undefined;
    reader.down();
    do {
      if (reader.type === "attrpath") path = this.attrPath();
      else if (reader.type === "inherited_attrs") path = this.names();
      else if (reader.type !== undefined) value = this.expr();
    } while (reader.next());
    reader.up();
    if (!inherit) return { kind: "bind", path, value: value!, ...span };
    path = path.filter((name) => name.kind !== "name" || name.name !== holeName);
    for (const name of path) {
      if (name.kind === "dynamic") this.report("`inherit` cannot take a computed name.", name);
    }
    return { kind: "inherit", from: value, names: path, ...span };
  }

  private lambda(): LambdaExpr {
    const { reader } = this;
    const span = reader.span();
    let param: { name: string; span: Span } | undefined;
    let pattern: { formals: Formal[]; ellipsis: boolean; span: Span } | undefined;
    let body: Expr | undefined;
    reader.down();
    do {
      if (reader.type === "identifier") {
        const at = reader.span();
        param = { name: this.checkedName(reader.parsedText(at), at), span: at };
      } else if (reader.type === "formals") pattern = this.formals();
      else if (reader.type !== undefined) body = this.expr();
    } while (reader.next());
    reader.up();
    if (pattern !== undefined) duplicateFormals(pattern.formals, param, this.add);
    return {
      kind: "lambda",
      param: param?.name,
      paramSpan: param?.span,
      formals: pattern?.formals,
      formalsSpan: pattern?.span,
      ellipsis: pattern?.ellipsis ?? false,
      body: body!,
      ...span,
    };
  }

  private formals(): { formals: Formal[]; ellipsis: boolean; span: Span } {
    const { reader } = this;
    const span = reader.span();
    const formals: Formal[] = [];
    let ellipsis = false;
    reader.down();
    do {
      if (reader.type === "ellipses") ellipsis = true;
      else if (reader.type === "formal") formals.push(this.formal());
    } while (reader.next());
    reader.up();
    return { formals, ellipsis, span };
  }

  private formal(): Formal {
    const { reader } = this;
    const span = reader.span();
    let name = "";
    let nameSpan: Span = span;
    let fallback: Expr | undefined;
    reader.down();
    do {
      if (reader.type === "identifier") {
        nameSpan = reader.span();
        name = this.checkedName(reader.parsedText(nameSpan), nameSpan);
      } else if (reader.type !== undefined) fallback = this.expr();
    } while (reader.next());
    reader.up();
    return { name, nameSpan, fallback, ...span };
  }

  private binary(): Expr {
    const operands: Expr[] = [];
    const operators: InfixOperator[] = [];
    this.collect(operands, operators);
    return operators.length === 0 ? operands[0]! : foldArrows(operands, operators, this.add);
  }

  /**
   * Lowers a binary expression. A chain of `->` is left flat in the two lists, since pipes were parsed as `->` and
   * must be grouped anew; everything else becomes one operand.
   */
  private collect(operands: Expr[], operators: InfixOperator[]): void {
    const { reader } = this;
    reader.down();
    const left = this.expr();
    reader.next();
    const span = reader.span();
    const operator: InfixOperator = { operator: this.text.slice(span.start, span.end) as BinaryOperator, span };
    reader.next();
    if (operator.operator === "->" || isPipe(operator.operator)) {
      operands.push(left);
      operators.push(operator);
      if (reader.type === "binary_expression" && this.depth < maxDepth) {
        this.depth++;
        this.collect(operands, operators);
        this.depth--;
      } else operands.push(this.expr());
    } else {
      const right = this.expr();
      const problem = chainProblem(left, operator);
      if (problem !== undefined) this.add(problem);
      operands.push(joinBinary(left, operator, right));
    }
    reader.up();
  }
}

function endsInHole(path: readonly AttrName[]): boolean {
  const last = path.at(-1);
  return last?.kind === "name" && last.name === holeName;
}
