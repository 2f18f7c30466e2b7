import type { Expr, Span, TextChunk } from "../syntax/expr.ts";
import type { Cell } from "./value.ts";

/** A range in a file of the workspace; the form in which facts, findings and edits name places. */
export interface Place extends Span {
  /** Absolute path with `/` separators. */
  readonly file: string;
}

/** The expression that built a value: one object for each expression, shared by all its values. */
export interface Site {
  readonly file: string;
  readonly expr: Expr;
}

/**
 * Where a string came from, piece by piece: a string with interpolations keeps the origin of every
 * part, so that an offset in the final text leads back to the characters somebody wrote.
 */
export interface TextOrigin {
  readonly site: Site;
  readonly pieces: readonly TextPiece[];
  /** For the store path of a file that the configuration writes (`writeShellScript`): the file's text. */
  readonly content?: Cell;
}

/** `length` UTF-16 units of the value; written as `chunk` in `site`'s file, or taken over from `origin`. */
export type TextPiece =
  | { readonly length: number; readonly chunk: TextChunk; readonly file: string }
  | { readonly length: number; readonly origin: Origin | undefined };

export type Origin = Site | TextOrigin;

/** Files below this path are ours (the built-in library): nothing in them is a place to show or to edit. */
export const BUILT_IN = "/nix-impermanence/";

export function siteOf(origin: Origin): Site {
  return "pieces" in origin ? origin.site : origin;
}

export function placeOf(origin: Origin): Place {
  const site = siteOf(origin);
  return { file: site.file, start: site.expr.start, end: site.expr.end };
}

/** A file written by the configuration that a string names by its store path. */
export interface WrittenFile {
  /** Offsets of the store path in the string. */
  readonly start: number;
  readonly end: number;
  readonly content: Cell;
}

/** The written files that a string value names, in order. */
export function writtenFiles(origin: Origin | undefined, at = 0): WrittenFile[] {
  if (!origin || !("pieces" in origin)) return [];
  const length = origin.pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (origin.content) return [{ start: at, end: at + length, content: origin.content }];
  let offset = at;
  return origin.pieces.flatMap((piece) => {
    const found = "origin" in piece ? writtenFiles(piece.origin, offset) : [];
    offset += piece.length;
    return found;
  });
}

/** A stretch of a string value and the place it was written at. */
export interface TextSegment {
  /** Offsets in the value. */
  readonly from: number;
  readonly to: number;
  readonly place: Place;
  /** Whether each character of the value is one character of the source, so that inner offsets map exactly. */
  readonly exact: boolean;
  /** The text that the place is a part of. */
  readonly text: Origin;
  /** The interpolations that brought it here, outermost first. */
  readonly within: readonly Interpolation[];
}

/** `${…}` in a string: the text it stands in, and where. */
interface Interpolation {
  readonly text: Origin;
  readonly place: Place;
}

/** The source map of a string value, in order and without gaps where the origin is known. */
export function textSegments(origin: Origin, length: number): TextSegment[] {
  const segments: TextSegment[] = [];
  collect(origin, 0, length, [], segments);
  return segments;
}

function collect(
  origin: Origin,
  at: number,
  length: number,
  within: readonly Interpolation[],
  into: TextSegment[],
): void {
  if (!("pieces" in origin)) {
    into.push(...literalSegments(origin, at, length, within));
    return;
  }
  for (const [index, piece] of origin.pieces.entries()) {
    if ("chunk" in piece) {
      const { chunk } = piece;
      into.push({
        from: at,
        to: at + piece.length,
        place: { file: piece.file, start: chunk.start, end: chunk.end },
        exact: piece.length === chunk.end - chunk.start,
        text: origin,
        within,
      });
    } else {
      const place = interpolatedAt(origin, index);
      const inside = place ? [...within, { text: origin, place }] : within;
      if (piece.origin) collect(piece.origin, at, piece.length, inside, into);
      // What nobody wrote here stands where it is asked for.
      else if (place) into.push({ from: at, to: at + piece.length, place, exact: false, text: origin, within });
    }
    at += piece.length;
  }
}

/** Where a literal has the interpolation that gave one of its pieces; undefined for texts that functions put together. */
function interpolatedAt({ site, pieces }: TextOrigin, index: number): Place | undefined {
  const { expr, file } = site;
  if (expr.kind !== "string" || expr.parts.length !== pieces.length) return undefined;
  const part = expr.parts[index];
  return part && part.kind !== "chunk" ? { file, start: part.start, end: part.end } : undefined;
}

/** A literal without interpolation has a plain site; its chunks are read from the expression. */
function literalSegments(site: Site, at: number, length: number, within: readonly Interpolation[]): TextSegment[] {
  const { expr, file } = site;
  if (expr.kind === "string" && expr.parts.every((part) => part.kind === "chunk")) {
    const chunks = expr.parts as readonly TextChunk[];
    const total = chunks.reduce((sum, chunk) => sum + chunk.text.length, 0);
    if (total === length) {
      return chunks.map((chunk) => {
        const segment = {
          from: at,
          to: at + chunk.text.length,
          place: { file, start: chunk.start, end: chunk.end },
          exact: chunk.text.length === chunk.end - chunk.start,
          text: site,
          within,
        };
        at += chunk.text.length;
        return segment;
      });
    }
  }
  const place = { file, start: expr.start, end: expr.end };
  return [{ from: at, to: at + length, place, exact: false, text: site, within }];
}

/** The index of the first segment that is as wanted, where all behind it are, too: a script may have thousands, and be asked as often. */
function firstWhere(segments: readonly TextSegment[], isWanted: (segment: TextSegment) => boolean): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isWanted(segments[middle] as TextSegment)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The source range of `from..to` of a string value, or undefined when it spans files or is unknown. What begins in one
 * text and ends in another is shown in the innermost text that has both: `${tool} delete x` where it is written, not
 * from where `tool` is.
 */
export function textPlace(segments: readonly TextSegment[], from: number, to: number): Place | undefined {
  const first = segments[firstWhere(segments, (segment) => from < segment.to)];
  const last = to > from ? segments[firstWhere(segments, (segment) => to <= segment.to)] : first;
  if (!first || !last || from < first.from || (to > from && to <= last.from)) return undefined;
  const common = commonText(first, last);
  const begin = placeIn(first, common);
  const finish = placeIn(last, common);
  if (begin.file !== finish.file) return undefined;
  const start = begin === first.place && first.exact ? begin.start + (from - first.from) : begin.start;
  const end = finish === last.place && last.exact ? finish.start + (to - last.from) : finish.end;
  return end >= start ? { file: begin.file, start, end } : undefined;
}

/** The innermost text that both are a part of; undefined where there is none. */
function commonText(first: TextSegment, last: TextSegment): Origin | undefined {
  if (first.text === last.text) return first.text;
  const texts = [...last.within.map(({ text }) => text), last.text];
  return [...first.within.map(({ text }) => text), first.text].findLast((text) => texts.includes(text));
}

/** Where a segment stands in a text that holds it. */
function placeIn(segment: TextSegment, text: Origin | undefined): Place {
  if (segment.text === text) return segment.place;
  return segment.within.find((outer) => outer.text === text)?.place ?? segment.place;
}
