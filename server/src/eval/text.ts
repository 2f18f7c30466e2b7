import type { TextChunk } from "../syntax/expr.ts";
import { coerceToString } from "./coerce.ts";
import { NixError } from "./nix-error.ts";
import type { Origin, Site, TextPiece } from "./origin.ts";
import { HOLE, NixAttrs, type PartialText, register, Unknown, UnknownSignal, type Value } from "./value.ts";

/** A part of a string under construction. */
export type TextPart = { readonly chunk: TextChunk } | { readonly value: Value; readonly origin: Origin | undefined };

const MAX_LENGTH = 32 * 1024 * 1024;

/**
 * Joins parts into one string, keeping where each came from. Unknown parts make the result Unknown,
 * with the known rest as its partial text. Sets the register.
 */
export function joinText(parts: readonly TextPart[], site: Site, separator = ""): Value {
  let text = "";
  const pieces: TextPiece[] = [];
  const holes: { start: number; end: number; why: string }[] = [];
  let unknown: Unknown | undefined;
  for (const [index, part] of parts.entries()) {
    if (separator && index > 0) {
      text += separator;
      pieces.push({ length: separator.length, origin: undefined });
    }
    if ("chunk" in part) {
      text += part.chunk.text;
      pieces.push({ length: part.chunk.text.length, chunk: part.chunk, file: site.file });
      continue;
    }
    const known = textOf(part.value, site);
    if (typeof known === "string") {
      text += known;
      // What a set turns into was built elsewhere: its `outPath` or `__toString` left its origin.
      const origin = part.value instanceof NixAttrs ? register.origin : part.origin;
      pieces.push({ length: known.length, origin });
      continue;
    }
    unknown ??= known;
    const partial: PartialText = known.partial ?? {
      text: HOLE,
      holes: [{ start: 0, end: 1, why: known.why }],
      origin: undefined,
    };
    for (const hole of partial.holes) {
      holes.push({ start: text.length + hole.start, end: text.length + hole.end, why: hole.why });
    }
    text += partial.text;
    pieces.push({ length: partial.text.length, origin: known.partial ? known.partial.origin : part.origin });
  }
  if (text.length > MAX_LENGTH) {
    throw new NixError("budget", "a string grows beyond 32 MB");
  }
  const origin = { site, pieces };
  register.origin = origin;
  if (unknown) {
    return new Unknown(unknown.why, unknown.place, { soft: unknown.soft, partial: { text, holes, origin } });
  }
  return text;
}

function textOf(value: Value, site: Site): string | Unknown {
  if (typeof value === "string") return value;
  if (value instanceof Unknown) return value;
  try {
    return coerceToString(value, false, site);
  } catch (error) {
    if (error instanceof UnknownSignal) return error.unknown;
    throw error;
  }
}
