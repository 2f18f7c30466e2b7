/**
 * The lowered form of a Nix file: a compact, immutable tree with exact source ranges.
 *
 * All offsets are UTF-16 code units into the file's text, `start` inclusive and `end` exclusive.
 * Parentheses leave no node; `outer` on a node is the range including the parentheses around it.
 */

/** A range in one file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A run of literal text inside a string or path.
 * `text` is the decoded value. When `text.length === end - start` every character maps to the same
 * distance in the source; otherwise (an escape such as `\n` or `''$`) the whole run maps to the whole span.
 * Indentation that `''` strings strip belongs to no chunk.
 */
export interface TextChunk extends Span {
  readonly kind: "chunk";
  readonly text: string;
}

export type StringPart = TextChunk | Expr;

/** A static name (`foo`, `"foo bar"`) or a computed one (`${x}`, `"a${x}"`). */
export type AttrName = StaticName | DynamicName;
export interface StaticName extends Span {
  readonly kind: "name";
  readonly name: string;
}
export interface DynamicName extends Span {
  readonly kind: "dynamic";
  readonly expr: Expr;
}

/** `a.b.c = value;` — the span runs from the first name to the semicolon inclusive. */
export interface ValueBinding extends Span {
  readonly kind: "bind";
  readonly path: readonly AttrName[];
  readonly value: Expr;
}
/** `inherit a b;` or `inherit (from) a b;` */
export interface InheritBinding extends Span {
  readonly kind: "inherit";
  readonly from: Expr | undefined;
  readonly names: readonly AttrName[];
}
export type Binding = ValueBinding | InheritBinding;

export interface Formal extends Span {
  readonly name: string;
  readonly nameSpan: Span;
  readonly fallback: Expr | undefined;
}

interface Node extends Span {
  /** The range with the parentheses around the node, when it has any. */
  readonly outer?: Span;
}

export interface IntExpr extends Node {
  readonly kind: "int";
  /** Decimal digits as written; may exceed 64 bits, which evaluation reports. */
  readonly digits: string;
}
export interface FloatExpr extends Node {
  readonly kind: "float";
  readonly value: number;
}
export interface StringExpr extends Node {
  readonly kind: "string";
  readonly style: "double" | "indented" | "uri";
  readonly parts: readonly StringPart[];
}
/** `./a`, `../a/${b}`, `/abs`, `~/home`; never empty, the first part is always a chunk. */
export interface PathExpr extends Node {
  readonly kind: "path";
  readonly parts: readonly StringPart[];
}
/** `<nixpkgs/lib>`; `name` without the angle brackets. */
export interface SearchPathExpr extends Node {
  readonly kind: "search-path";
  readonly name: string;
}
export interface VarExpr extends Node {
  readonly kind: "var";
  readonly name: string;
}
export interface SelectExpr extends Node {
  readonly kind: "select";
  readonly base: Expr;
  readonly path: readonly AttrName[];
  /** The expression after `or`. */
  readonly fallback: Expr | undefined;
}
export interface HasAttrExpr extends Node {
  readonly kind: "has-attr";
  readonly base: Expr;
  readonly path: readonly AttrName[];
}
export interface ApplyExpr extends Node {
  readonly kind: "apply";
  readonly fn: Expr;
  readonly arg: Expr;
}
export interface LambdaExpr extends Node {
  readonly kind: "lambda";
  /** `x:` or the name of an `x@{…}` / `{…}@x` pattern. */
  readonly param: string | undefined;
  readonly paramSpan: Span | undefined;
  readonly formals: readonly Formal[] | undefined;
  /** Range of the `{ … }` pattern. */
  readonly formalsSpan: Span | undefined;
  readonly ellipsis: boolean;
  readonly body: Expr;
}
export interface LetExpr extends Node {
  readonly kind: "let";
  readonly bindings: readonly Binding[];
  readonly body: Expr;
}
/** The ancient `let { x = 1; body = x; }`. */
export interface LegacyLetExpr extends Node {
  readonly kind: "legacy-let";
  readonly bindings: readonly Binding[];
}
export interface WithExpr extends Node {
  readonly kind: "with";
  readonly env: Expr;
  readonly body: Expr;
}
export interface AssertExpr extends Node {
  readonly kind: "assert";
  readonly condition: Expr;
  readonly body: Expr;
}
export interface IfExpr extends Node {
  readonly kind: "if";
  readonly condition: Expr;
  readonly yes: Expr;
  readonly no: Expr;
}
export interface UnaryExpr extends Node {
  readonly kind: "unary";
  readonly operator: "!" | "-";
  readonly operand: Expr;
}
export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "++"
  | "//"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "&&"
  | "||"
  | "->"
  | "|>"
  | "<|";
export interface BinaryExpr extends Node {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly operatorSpan: Span;
  readonly left: Expr;
  readonly right: Expr;
}
export interface ListExpr extends Node {
  readonly kind: "list";
  readonly items: readonly Expr[];
}
export interface AttrsExpr extends Node {
  readonly kind: "attrs";
  readonly recursive: boolean;
  readonly bindings: readonly Binding[];
}
/** A part that does not parse; evaluates to Unknown. Its problem is listed in the program. */
export interface ErrorExpr extends Node {
  readonly kind: "error";
  readonly message: string;
  /** The program that the whole file is encrypted with. */
  readonly encryptedWith?: string;
}

export type Expr =
  | IntExpr
  | FloatExpr
  | StringExpr
  | PathExpr
  | SearchPathExpr
  | VarExpr
  | SelectExpr
  | HasAttrExpr
  | ApplyExpr
  | LambdaExpr
  | LetExpr
  | LegacyLetExpr
  | WithExpr
  | AssertExpr
  | IfExpr
  | UnaryExpr
  | BinaryExpr
  | ListExpr
  | AttrsExpr
  | ErrorExpr;

/** A comment, `#…` to the end of its line (newline excluded) or a block comment. */
export interface Comment extends Span {
  readonly style: "line" | "block";
}

/** A syntax error in plain words. */
export interface SyntaxProblem extends Span {
  readonly message: string;
  /** Nothing is wrong with the file, it only cannot be read here. */
  readonly isNoMistake?: boolean;
  /** Other places in the file that explain the problem, such as the first of two definitions. */
  readonly related?: readonly SyntaxProblem[];
}

/** One parsed file. */
export interface Program {
  /** Absolute path with `/` separators. */
  readonly path: string;
  readonly text: string;
  readonly root: Expr;
  /** In source order. */
  readonly comments: readonly Comment[];
  readonly problems: readonly SyntaxProblem[];
}
