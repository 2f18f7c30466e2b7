/** Nodes of a shell script. Offsets are UTF-16 indexes into the text given to `readShell`; `end` is exclusive. */
export interface Span {
  start: number;
  end: number;
}

/**
 * A range of the text whose value is unknown, such as a Nix interpolation. Two holes with the same `key` are known to
 * have the same value; a hole without a key equals nothing. Holes of zero length are ignored.
 */
export interface Hole extends Span {
  key?: string;
}

/** Part of a word. `quoted` parts are neither split into fields nor globbed. */
export type WordPart = Span & { quoted: boolean } & (
    | { kind: "literal" /** The text after removal of quotes and escapes. */; value: string }
    /** `~` or `~user` at the start of a word. */
    | { kind: "tilde" }
    /** `$x`, `${x:-word}`; the name is undefined where the expansion is malformed. */
    | { kind: "parameter"; name?: string; operator?: string; operand?: Word }
    /** `$(…)` or backticks. */
    | { kind: "command"; script: Script }
    /** `<(…)` or `>(…)`. */
    | { kind: "process"; script: Script }
    | { kind: "arithmetic"; text: string }
    | { kind: "hole"; key?: string }
    /** The list of an array assignment. */
    | { kind: "array"; words: Word[] }
  );

export interface Word extends Span {
  kind: "word";
  parts: WordPart[];
  /** The value when every part is literal and no brace expansion takes place. For a glob it is the pattern. */
  literal?: string;
  /** True when an unquoted `*`, `?` or `[` makes the word a pattern for file names. */
  glob: boolean;
  /** True when an unquoted `{a,b}` or `{1..3}` makes several words of it. */
  brace: boolean;
}

export interface Assignment extends Span {
  name: string;
  nameEnd: number;
  /** True for `+=` and for one element of an array: the value is not all that the variable holds. */
  partial: boolean;
  value: Word;
}

export interface Redirect extends Span {
  /** `<`, `>`, `>>`, `<<`, `<<-`, `<<<`, `<&`, `>&`, `<>`, `>|`, `&>` or `&>>`. */
  operator: string;
  fd?: number;
  target: Word;
  /** The lines of a here-document, without its delimiter; expansions are parts unless the delimiter was quoted. */
  body?: Word;
}

export interface SimpleCommand extends Span {
  kind: "simple";
  assignments: Assignment[];
  words: Word[];
  redirects: Redirect[];
  /** What `local`, `export` and their like assign; the same text is among the words. */
  declared: Assignment[];
}

export interface List extends Span {
  kind: "list";
  statements: Statement[];
}

export interface Statement extends Span {
  kind: "statement";
  command: Command;
  background: boolean;
}

export interface Pipeline extends Span {
  kind: "pipeline";
  negated: boolean;
  commands: Command[];
}

/** `a && b || c`, grouped from the left as the shell does. */
export interface AndOr extends Span {
  kind: "and-or";
  first: Command;
  rest: { operator: "&&" | "||"; command: Command }[];
}

export interface If extends Span {
  kind: "if";
  clauses: { condition: List; body: List }[];
  otherwise?: List;
  redirects: Redirect[];
}

export interface For extends Span {
  kind: "for";
  variable: string;
  variableSpan: Span;
  /** Undefined for `for x do`, which goes through the arguments, and for the arithmetic form. */
  words?: Word[];
  body: List;
  redirects: Redirect[];
}

export interface While extends Span {
  kind: "while";
  until: boolean;
  condition: List;
  body: List;
  redirects: Redirect[];
}

export interface Case extends Span {
  kind: "case";
  word: Word;
  arms: { patterns: Word[]; body: List; terminator: string }[];
  redirects: Redirect[];
}

export interface FunctionDefinition extends Span {
  kind: "function";
  name: string;
  nameSpan: Span;
  body: Command;
}

export interface Group extends Span {
  kind: "group" | "subshell";
  body: List;
  redirects: Redirect[];
}

/** `[[ … ]]` with its words in order, operators left out, or `(( … ))`, which has none. */
export interface Test extends Span {
  kind: "test";
  words: Word[];
  redirects: Redirect[];
}

/** The part of a text that could not be read. */
export interface ErrorNode extends Span {
  kind: "error";
  message: string;
}

export type Command =
  | SimpleCommand
  | Pipeline
  | AndOr
  | If
  | For
  | While
  | Case
  | FunctionDefinition
  | Group
  | Test
  | ErrorNode;

export interface Script extends List {
  /** At most one: where reading stopped. The statements before it, also inside an unfinished block, are kept. */
  errors: ErrorNode[];
  comments: Span[];
}
