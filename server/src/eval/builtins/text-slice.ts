import { type Origin, type Site, siteOf, type TextOrigin, type TextPiece, textSegments } from "../origin.ts";

/** A stretch of a result string: taken from `from..to` of the source text, or new. */
export type Stretch = { readonly from: number; readonly to: number } | { readonly fresh: number };

/**
 * The origin of a string cut out of (or put together from stretches of) another one, in UTF-16 units of
 * the source. The pieces are worked out when somebody asks: most strings are never looked up.
 */
export function slicedOrigin(
  source: Origin | undefined,
  sourceLength: number,
  stretches: readonly Stretch[],
  site: Site | undefined,
): Origin | undefined {
  if (!source) return site;
  return new SlicedOrigin(site ?? siteOf(source), source, sourceLength, stretches);
}

class SlicedOrigin implements TextOrigin {
  readonly site: Site;
  private readonly source: Origin;
  private readonly length: number;
  private readonly stretches: readonly Stretch[];
  private made: readonly TextPiece[] | undefined;

  constructor(site: Site, source: Origin, length: number, stretches: readonly Stretch[]) {
    this.site = site;
    this.source = source;
    this.length = length;
    this.stretches = stretches;
  }

  get pieces(): readonly TextPiece[] {
    this.made ??= this.stretches.flatMap((stretch) =>
      "fresh" in stretch ? [{ length: stretch.fresh, origin: undefined }] : this.cut(stretch.from, stretch.to),
    );
    return this.made;
  }

  private cut(from: number, to: number): TextPiece[] {
    const pieces: TextPiece[] = [];
    let at = from;
    for (const segment of textSegments(this.source, this.length)) {
      const start = Math.max(segment.from, from);
      const end = Math.min(segment.to, to);
      if (end <= start) continue;
      if (start > at) pieces.push({ length: start - at, origin: undefined });
      const { place } = segment;
      if (segment.exact) {
        const span = { start: place.start + start - segment.from, end: place.start + end - segment.from };
        pieces.push({ length: end - start, chunk: { kind: "chunk", text: "", ...span }, file: place.file });
      } else if (place.end - place.start !== end - start) {
        const span = { start: place.start, end: place.end };
        pieces.push({ length: end - start, chunk: { kind: "chunk", text: "", ...span }, file: place.file });
      } else {
        // As long as the place by chance: a chunk would claim that the characters match.
        pieces.push({ length: end - start, origin: undefined });
      }
      at = end;
    }
    if (at < to) pieces.push({ length: to - at, origin: undefined });
    return pieces;
  }
}
