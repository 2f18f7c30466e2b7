import type { Expr, StringPart, TextChunk } from "./expr.ts";

/** A range of literal text in a string, between two interpolations or the quotes. */
export interface LiteralRun {
  readonly start: number;
  readonly end: number;
}

// Patterns run over many characters at once, which code that is not compiled yet takes one by one.
const plainDouble = /[^\\\r]*/y;
const plainIndented = /[^$']*/y;
const spaces = / */y;

/** Where the characters end that a pattern takes, none included. */
function endOf(pattern: RegExp, text: string, from: number): number {
  if (from >= text.length) return from;
  pattern.lastIndex = from;
  pattern.test(text);
  return pattern.lastIndex;
}

/** The parts of a string: its literal runs, decoded, with the expressions that stand between them. */
export function stringParts(
  text: string,
  style: "double" | "indented",
  runs: readonly LiteralRun[],
  inner: readonly Expr[],
): StringPart[] {
  const chunks = style === "double" ? runs.map((run) => decodeDouble(text, run)) : decodeIndented(text, runs);
  return chunks.flatMap((list, index) => (index < inner.length ? [...list, inner[index]!] : list));
}

/** The literal text of a `"` string's run, escapes decoded. Plain text is one chunk, every escape its own. */
export function decodeDouble(text: string, run: LiteralRun): TextChunk[] {
  const chunks: TextChunk[] = [];
  let plain = run.start;
  const pushEscape = (start: number, end: number, value: string) => {
    pushPlain(chunks, text, plain, start);
    chunks.push({ kind: "chunk", start, end, text: value });
    plain = end;
  };
  for (let at = run.start; ; at++) {
    at = endOf(plainDouble, text, at);
    if (at >= run.end) break;
    const char = text[at];
    if (char === "\\" && at + 1 < run.end) {
      pushEscape(at, at + 2, unescaped(text[at + 1]!));
      at++;
    } else if (char === "\r") {
      const end = text[at + 1] === "\n" ? at + 2 : at + 1;
      pushEscape(at, end, "\n");
      at = end - 1;
    }
  }
  pushPlain(chunks, text, plain, run.end);
  return chunks;
}

/**
 * The literal text of an indented string, run by run: escapes decoded, the common indentation and an empty first
 * line left out, as Nix does. `runs` are the literal runs between the interpolations, empty ones included, so there
 * is one more run than there are interpolations; the result has one list of chunks for each run.
 */
export function decodeIndented(text: string, runs: readonly LiteralRun[]): TextChunk[][] {
  const pieces = runs.map((run, index) => split(text, index === 0 ? skipFirstLine(text, run) : run));
  const indent = commonIndent(text, pieces);
  const strip = new Stripper(text, indent);
  return pieces.map((list, index) => {
    const chunks: TextChunk[] = [];
    if (index > 0) strip.afterInterpolation();
    list.forEach((piece, at) => {
      strip.add(piece, chunks, index === pieces.length - 1 && at === list.length - 1);
    });
    return chunks;
  });
}

/** A part of an indented string as Nix's lexer sees it. Only `plain` parts take part in the indentation. */
interface Piece extends LiteralRun {
  readonly plain: boolean;
  readonly value: string;
}

function unescaped(char: string): string {
  if (char === "n") return "\n";
  if (char === "r") return "\r";
  if (char === "t") return "\t";
  return char;
}

function pushPlain(chunks: TextChunk[], text: string, start: number, end: number): void {
  if (end > start) chunks.push({ kind: "chunk", start, end, text: text.slice(start, end) });
}

/** Spaces and the newline directly after the opening quotes belong to no line. */
function skipFirstLine(text: string, run: LiteralRun): LiteralRun {
  let at = run.start;
  while (at < run.end && text[at] === " ") at++;
  return at < run.end && text[at] === "\n" ? { start: at + 1, end: run.end } : run;
}

function split(text: string, run: LiteralRun): Piece[] {
  const pieces: Piece[] = [];
  let plain = run.start;
  const flush = (end: number) => {
    if (end > plain) pieces.push({ start: plain, end, plain: true, value: text.slice(plain, end) });
  };
  const special = (start: number, end: number, value: string) => {
    flush(start);
    pieces.push({ start, end, plain: false, value });
    plain = end;
  };
  for (let at = run.start; ; at++) {
    at = endOf(plainIndented, text, at);
    if (at >= run.end) break;
    const char = text[at];
    const next = at + 1 < run.end ? text[at + 1] : undefined;
    if (char === "$") {
      // `$` takes the next character with it, so `$${` opens no interpolation; before a quote it stands alone.
      if (next === undefined || next === "'") special(at, at + 1, "$");
      else at++;
    } else if (char === "'" && next === "'") {
      const after = text[at + 2];
      if (after === "'") special(at, at + 3, "''");
      else if (after === "$") special(at, at + 3, "$");
      else special(at, Math.min(at + 4, run.end), unescaped(text[at + 3] ?? ""));
      at = plain - 1;
    } else if (char === "'") {
      if (next === undefined || next === "$") special(at, at + 1, "'");
      else at++;
    }
  }
  flush(run.end);
  return pieces;
}

/** The number of spaces that every non-empty line begins with; an interpolation or an escape is no space. */
function commonIndent(text: string, runs: readonly (readonly Piece[])[]): number {
  let least = Number.MAX_SAFE_INTEGER;
  let current = 0;
  let atLineStart = true;
  const endOfIndent = () => {
    if (!atLineStart) return;
    atLineStart = false;
    least = Math.min(least, current);
  };
  runs.forEach((pieces, index) => {
    if (index > 0) endOfIndent();
    for (const piece of pieces) {
      if (!piece.plain) {
        endOfIndent();
        continue;
      }
      for (let at = piece.start; ; ) {
        if (atLineStart) {
          const end = Math.min(endOf(spaces, text, at), piece.end);
          current += end - at;
          at = end;
          if (at < piece.end && text[at] !== "\n") endOfIndent();
        }
        const newline = text.indexOf("\n", at);
        if (newline < 0 || newline >= piece.end) break;
        atLineStart = true;
        current = 0;
        at = newline + 1;
      }
    }
  });
  return least;
}

class Stripper {
  private atLineStart = true;
  private dropped = 0;

  constructor(
    private readonly text: string,
    private readonly indent: number,
  ) {}

  afterInterpolation(): void {
    this.atLineStart = false;
    this.dropped = 0;
  }

  add(piece: Piece, chunks: TextChunk[], last: boolean): void {
    if (!piece.plain) {
      const { start, end } = piece;
      if (!this.dropsEscape(piece.value)) chunks.push({ kind: "chunk", start, end, text: piece.value });
      return;
    }
    const end = last ? this.withoutLastLine(piece) : piece.end;
    let from = piece.start;
    for (let at = piece.start; at < end; ) {
      if (this.atLineStart) {
        const indentEnd = Math.min(endOf(spaces, this.text, at), end);
        const drop = Math.min(indentEnd - at, Math.max(0, this.indent - this.dropped));
        this.dropped += indentEnd - at;
        if (drop > 0) {
          pushPlain(chunks, this.text, from, at);
          from = at + drop;
        }
        at = indentEnd;
        if (at === end) break;
      }
      this.dropped = 0;
      const newline = this.text.indexOf("\n", at);
      this.atLineStart = newline >= 0 && newline < end;
      if (!this.atLineStart) break;
      at = newline + 1;
    }
    pushPlain(chunks, this.text, from, end);
  }

  /** An escape that is a newline begins a line, one that is a space counts as indentation, as in Nix. */
  private dropsEscape(value: string): boolean {
    if (this.atLineStart && value === " ") return this.dropped++ < this.indent;
    this.atLineStart = value === "\n";
    this.dropped = 0;
    return false;
  }

  /** A last line of nothing but spaces is left out, whatever its indentation. */
  private withoutLastLine(piece: Piece): number {
    let at = piece.end;
    while (at > piece.start && this.text[at - 1] === " ") at--;
    return at > piece.start && this.text[at - 1] === "\n" ? at : piece.end;
  }
}
