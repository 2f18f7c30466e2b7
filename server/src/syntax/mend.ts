import { Mender } from "./mend-bindings.ts";
import type { Mended } from "./repaired-text.ts";
import { type Lexed, lex, type Token } from "./tokens.ts";

/**
 * Reads a file that tree-sitter refuses, token by token, and finds for every fault a message and the smallest change
 * with which the rest can be read. The changes only serve to read on; they are no fixes for the user.
 */
export function mend(text: string): Mended {
  const lexed = withoutRunawayString(text, lex(text));
  const mender = new Mender(text, lexed.tokens);
  if (lexed.openComment !== undefined) {
    const { openComment } = lexed;
    mender.report("This comment is never closed: `*/` is missing.", { start: openComment, end: openComment + 2 });
    mender.blank({ start: openComment, end: text.length });
  }
  mender.file();
  return { ...mender.result(), lexed };
}

/** The most characters that are read to find the string without an end. */
const maxReading = 1_000_000;

/**
 * A quote too many or too few turns the rest of the file inside out. Tries which string that spans lines must end
 * with its first line for the file to make the most sense.
 */
function withoutRunawayString(text: string, lexed: Lexed): Lexed {
  if (lexed.openString === undefined) return lexed;
  let best = lexed;
  // The string without an end is a fault too, so another reading of equal order is the better one.
  let bestScore = disorder(lexed.tokens) + 1;
  const candidates = stringsAcrossLines(text, lexed.tokens);
  for (const opener of candidates.slice(0, Math.ceil(maxReading / text.length))) {
    const candidate = lex(text, opener.start);
    if (candidate.openString !== undefined) continue;
    const score = disorder(candidate.tokens);
    if (score < bestScore) {
      best = candidate;
      bestScore = score;
    }
    if (score === 0) break;
  }
  return best;
}

/** The openers of the strings that do not end on their line. */
function stringsAcrossLines(text: string, tokens: readonly Token[]): Token[] {
  const open: Token[] = [];
  const found: Token[] = [];
  for (const token of tokens) {
    if (token.kind === "string-open") open.push(token);
    else if (token.kind === "string-close") {
      const opener = open.pop();
      if (opener !== undefined && text.slice(opener.start, token.start).includes("\n")) found.push(opener);
    }
  }
  return [...found, ...open].sort((a, b) => a.start - b.start);
}

/** How badly the brackets of a file nest, and how much of it is no Nix at all. */
function disorder(tokens: readonly Token[]): number {
  const open: string[] = [];
  const openerOf: Readonly<Record<string, string>> = { "}": "{", "]": "[", ")": "(" };
  let faults = 0;
  for (const { kind } of tokens) {
    if (kind === "{" || kind === "[" || kind === "(") open.push(kind);
    else if (openerOf[kind] !== undefined && open.pop() !== openerOf[kind]) faults++;
    else if (kind === "unknown") faults++;
  }
  return faults + open.length;
}
