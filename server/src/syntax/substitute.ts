import type { Lexed, Token } from "./tokens.ts";

/** What replaces source text before tree-sitter sees it, so that its grammar accepts all of today's Nix. */
export interface Substitution {
  readonly start: number;
  /** Has the length of what it replaces, so every offset holds. */
  readonly replacement: string;
}

/** True when `substitutions` may find anything; most files need no lexer pass. */
export function mayNeedSubstitution(text: string): boolean {
  return /,\s*[}#/]|\|>|<\||'\$\{|~\/\$\{/.test(text);
}

/**
 * What the grammar of npm's tree-sitter-nix does not know, each with a stand-in of the same length:
 * the trailing comma in formals, the pipe operators (as `->`; lowering reads the operator from the original text),
 * a lone `'` before `${` in an indented string (strings are read from the original text) and `~/${x}`.
 */
export function substitutions(text: string, lexed: Lexed): Substitution[] {
  const found: Substitution[] = lexed.loneQuotes.map((start) => ({ start, replacement: "x" }));
  lexed.tokens.forEach((token, index) => {
    if (token.kind === "," && isTrailingComma(lexed.tokens, index)) {
      found.push({ start: token.start, replacement: " " });
    } else if (token.kind === "operator" && isPipe(text.slice(token.start, token.end))) {
      found.push({ start: token.start, replacement: "->" });
    } else if (token.kind === "path" && token.end - token.start === 2 && text[token.start] === "~") {
      found.push({ start: token.start, replacement: "./" });
    }
  });
  return found.sort((a, b) => a.start - b.start);
}

/** `text` with the substitutions made; as long as `text`. */
export function substitute(text: string, found: readonly Substitution[]): string {
  let result = "";
  let at = 0;
  for (const { start, replacement } of found) {
    result += text.slice(at, start) + replacement;
    at = start + replacement.length;
  }
  return at === 0 ? text : result + text.slice(at);
}

export function isPipe(operator: string): boolean {
  return operator === "|>" || operator === "<|";
}

/** `{ , }` and `{ ..., }` are no Nix, so those commas stay and are reported. */
export function isTrailingComma(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.kind;
  return tokens[index + 1]?.kind === "}" && before !== undefined && before !== "{" && before !== "...";
}
