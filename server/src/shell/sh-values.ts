import type { List, Span, Word, WordPart } from "./sh-ast.ts";
import { constantOutput } from "./sh-output.ts";
import { type Scope, type Variable, variableAt } from "./sh-scope.ts";
import { expandLists } from "./sh-word-lists.ts";

export { type Scope, scopeOf } from "./sh-scope.ts";

/**
 * A stretch of a word's value: known text, or something unknown with the reason. Unknown pieces with the same `key`
 * have the same value wherever they appear in the script; a piece without a key equals nothing else.
 */
export type Piece =
  | { text: string }
  | { unknown: string; key?: string /** The command whose output it is. */; command?: List; span: Span };

export interface Resolved {
  pieces: Piece[];
  /** The whole value, when everything is known. */
  value?: string;
  /** Known text at the beginning and at the end; both are the value when it is known. */
  prefix: string;
  suffix: string;
  /** Why the value is not known. */
  reason?: string;
  /** Equal keys mean equal values; undefined when nothing can be said. Known text stands for itself. */
  key?: string;
}

const MAX_RESOLVE_DEPTH = 12;
const MAX_ALTERNATIVES = 64;

/**
 * The value of a word: literal text, and variables that the script assigns exactly once and not in a branch or a loop.
 * Everything else stays unknown with its reason; nothing is guessed.
 */
export function resolveWord(word: Word, scope: Scope): Resolved {
  return resolved(piecesOf(word, scope, 0));
}

/**
 * As `resolveWord`, with one result for each value of a loop variable in the word when the loop goes through words that
 * the script spells out (`for x in a b`), and for each call when it uses an argument of a function that the script calls
 * with spelled-out words. Otherwise one result, with the loop variable or the argument unknown.
 */
export function resolveWordAll(word: Word, scope: Scope): Resolved[] {
  const names = new Set(word.parts.flatMap((part) => (part.kind === "parameter" && part.name ? [part.name] : [])));
  for (const name of names) {
    const variable = variableAt(scope, name, word.start);
    const values = variable.kind === "loop" && variable.words ? expandLists(variable.words, scope) : undefined;
    if (!values || values.length === 0 || values.length > MAX_ALTERNATIVES) continue;
    const texts = values.map((value) => resolveWord(value, scope).value);
    if (texts.some((text) => text === undefined)) continue;
    return texts.map((text) => resolved(piecesOf(word, { ...scope, fixed: { [name]: text! } }, 0)));
  }
  return resolveCalls(word, scope);
}

/** One result for each call of the function whose arguments the word uses. */
function resolveCalls(word: Word, scope: Scope): Resolved[] {
  const once = resolveWord(word, scope);
  const used = once.pieces.flatMap((piece) => {
    const match = "text" in piece ? null : /^argument:([1-9]):(.+)$/.exec(piece.key ?? "");
    return match ? [{ position: match[1]!, functionName: match[2]! }] : [];
  });
  const functionName = used[0]?.functionName;
  const calls = functionName === undefined ? [] : (scope.calls.get(functionName) ?? []);
  // `shift` and `set --` renumber the arguments.
  if (calls.length === 0 || calls.length > MAX_ALTERNATIVES || scope.renumbered.has(functionName!)) return [once];
  return calls.map((args) => {
    const fixed: Record<string, string> = { ...scope.fixed };
    for (const { position } of used) {
      // A word before it that may become several or none moves the position.
      const before = args.slice(0, Number(position)).map((word) => oneWord(word, scope));
      const value = before.every((text) => text !== undefined) ? before[Number(position) - 1] : undefined;
      if (value !== undefined) fixed[position] = value;
    }
    return resolved(piecesOf(word, { ...scope, fixed }, 0));
  });
}

/** The value of a word that stays one word, whatever is in it. */
function oneWord(word: Word, scope: Scope): string | undefined {
  const { value } = resolveWord(word, scope);
  const isSplit = word.parts.some(({ kind, quoted }) => kind !== "literal" && !quoted) && /[\s*?[]/.test(value ?? "");
  return isSplit || value === "" ? undefined : value;
}

/** Puts pieces together; neighbouring texts become one. */
export function resolved(pieces: readonly Piece[]): Resolved {
  const merged: Piece[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if ("text" in piece && last && "text" in last) merged[merged.length - 1] = { text: last.text + piece.text };
    else if (!("text" in piece) || piece.text !== "") merged.push(piece);
  }
  const [first, last] = [merged[0], merged.at(-1)];
  const result: Resolved = {
    pieces: merged,
    prefix: first && "text" in first ? first.text : "",
    suffix: last && "text" in last ? last.text : "",
  };
  const unknown = merged.find((piece) => "unknown" in piece);
  if (!unknown) result.value = result.prefix;
  else if ("unknown" in unknown) result.reason = unknown.unknown;
  const keys = merged.map((piece) => ("text" in piece ? piece.text : piece.key && `\u0001${piece.key}\u0001`));
  if (keys.every((key) => key !== undefined)) result.key = keys.join("");
  return result;
}

function piecesOf(word: Word, scope: Scope, depth: number): Piece[] {
  if (word.brace) return [{ unknown: "the shell makes several words of the braces", span: word }];
  return word.parts.flatMap((part) => partPieces(part, scope, depth));
}

function partPieces(part: WordPart, scope: Scope, depth: number): Piece[] {
  const span = { start: part.start, end: part.end };
  switch (part.kind) {
    case "literal": {
      const glob = part.quoted ? -1 : part.value.search(/[*?[]/);
      if (glob < 0) return [{ text: part.value }];
      const pattern = part.value.slice(glob);
      return [{ text: part.value.slice(0, glob) }, { unknown: `“${pattern}” is a pattern for file names`, span }];
    }
    case "tilde":
      return [{ unknown: "the home directory depends on the user", span }];
    case "command": {
      const output = constantOutput(part.script, (inner) => resolveWord(inner, scope).value);
      if (output !== undefined) return [{ text: output }];
      return [{ unknown: "it is the output of a command", command: part.script, span }];
    }
    case "process":
      return [{ unknown: "it is a process substitution", span }];
    case "arithmetic":
      return [{ unknown: "it is the result of a calculation", span }];
    case "array":
      return [{ unknown: "it is a list", span }];
    case "hole": {
      const piece: Piece = { unknown: "it comes from outside of the script", span };
      if (part.key !== undefined) piece.key = `hole:${part.key}`;
      return [piece];
    }
    case "parameter":
      return parameterPieces(part, scope, depth);
  }
}

function parameterPieces(part: Extract<WordPart, { kind: "parameter" }>, scope: Scope, depth: number): Piece[] {
  const span = { start: part.start, end: part.end };
  if (part.name === undefined || depth > MAX_RESOLVE_DEPTH)
    return [{ unknown: "the expansion cannot be followed", span }];
  const fixed = scope.fixed?.[part.name];
  const pieces = fixed === undefined ? variablePieces(part.name, span, scope, depth) : [{ text: fixed }];
  return part.operator === undefined ? pieces : operated(pieces, part, span);
}

function variablePieces(name: string, span: Span, scope: Scope, depth: number): Piece[] {
  const element = /^(\w+)\[(\d+)\]$/.exec(name);
  if (element) return elementPieces(element[1]!, Number(element[2]), span, scope, depth);
  const variable = variableAt(scope, name, span.start);
  const given = variable.kind === "unset" ? scope.environment?.[name] : undefined;
  if (given !== undefined) return [{ text: given }];
  if (variable.kind !== "assigned") return [unknownVariable(name, variable, span)];
  return piecesOf(variable.value, scope, depth + 1).map((piece, index) => {
    // Two words that use the variable hold the same output, although nobody knows which.
    if ("text" in piece || piece.key !== undefined) return piece;
    return { ...piece, key: `variable:${name}:${index}` };
  });
}

/** `${list[1]}` of a list that the script writes down once; words before it must stay one word each. */
function elementPieces(name: string, index: number, span: Span, scope: Scope, depth: number): Piece[] {
  const variable = variableAt(scope, name, span.start);
  if (variable.kind !== "assigned") return [unknownVariable(name, variable, span)];
  const [list] = variable.value.parts;
  const item = list?.kind === "array" ? list.words[index] : undefined;
  const isPlain =
    list?.kind === "array" && list.words.slice(0, index + 1).every(({ literal, glob }) => literal && !glob);
  return item && isPlain ? piecesOf(item, scope, depth + 1) : [{ unknown: "it is a part of a list", span }];
}

function unknownVariable(name: string, variable: Exclude<Variable, { kind: "assigned" }>, span: Span): Piece {
  switch (variable.kind) {
    case "unset":
      return { unknown: `“${name}” is not assigned in this script`, key: `environment:${name}`, span };
    case "loop":
      return { unknown: `“${name}” is the variable of a loop`, key: `loop:${name}`, span };
    case "parameter":
      return { unknown: `“${name}” is an argument`, key: `argument:${name}:${variable.functionName}`, span };
    case "uncertain":
      return { unknown: variable.reason(name), span };
  }
}

/** Operators whose result is certain; `%` and `#` with the patterns that take a path apart. */
function operated(pieces: Piece[], part: Extract<WordPart, { kind: "parameter" }>, span: Span): Piece[] {
  const { operator = "", operand } = part;
  const { value } = resolved(pieces);
  const pattern = operand?.literal;
  const unknown: Piece[] = [{ unknown: `“${operator}” changes the value`, span }];
  if (value === undefined || pattern === undefined) return unknown;
  if ([":-", ":=", ":?"].includes(operator) && value !== "") return [{ text: value }];
  if (["-", "=", "?"].includes(operator)) return [{ text: value }];
  if (operator === "%" && !/[*?[\\]/.test(pattern)) {
    return [{ text: value.endsWith(pattern) ? value.slice(0, value.length - pattern.length) : value }];
  }
  if (operator === "#" && !/[*?[\\]/.test(pattern)) {
    return [{ text: value.startsWith(pattern) ? value.slice(pattern.length) : value }];
  }
  if (operator === "##" && pattern === "*/") return [{ text: value.slice(value.lastIndexOf("/") + 1) }];
  if (operator === "%" && pattern === "/*" && value.includes("/"))
    return [{ text: value.slice(0, value.lastIndexOf("/")) }];
  return unknown;
}
