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
  return mender.result();
}

/** So many strings are tried as the one without an end. */
const maxCandidates = 20;

/**
 * A quote too many or too few turns the rest of the file inside out. Tries which `"` string that spans lines must end
 * with its first line for the file to make the most sense.
 */
function withoutRunawayString(text: string, lexed: Lexed): Lexed {
  if (lexed.openString === undefined) return lexed;
  let best = lexed;
  let bestScore = Number.POSITIVE_INFINITY;
  for (const opener of stringsAcrossLines(text, lexed.tokens).slice(0, maxCandidates)) {
    const candidate = lex(text, opener.start);
    if (candidate.openString !== undefined) continue;
    const score = disorder(candidate.tokens);
    if (score < bestScore) {
      best = candidate;
      bestScore = score;
    }
  }
  return best;
}

function stringsAcrossLines(text: string, tokens: readonly Token[]): Token[] {
  return tokens.filter((token, index) => {
    if (token.kind !== "string-open" || text[token.start] !== '"') return false;
    const content = tokens[index + 1];
    return content === undefined || content.kind !== "text" || text.slice(content.start, content.end).includes("\n");
  });
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
