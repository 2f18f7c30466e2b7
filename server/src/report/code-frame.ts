import type { Place } from "../eval/origin.ts";
import type { Locations } from "./locations.ts";
import type { Colors } from "./pretty.ts";
import { printable } from "./printable.ts";
import { textWidth } from "./text-width.ts";

/** At most this many lines of a long range are shown. */
const MAX_LINES = 6;
/** Of longer lines, a piece is shown: this much of it, beginning so far before the range. */
const MAX_LENGTH = 200;
const LEAD = 60;

/** The source lines of a place with the range underlined. Empty when the file has no text. */
export function codeFrame(place: Place, locations: Locations, paint: Colors, color: (text: string) => string): string {
  // A finding about the file as a whole.
  if (place.start === 0 && place.end === 0) return "";
  const { start, end } = locations.range(place);
  const last = Math.min(end.line, start.line + MAX_LINES - 1);
  const gutter = String(last + 1).length;
  const empty = paint.dim(`${" ".repeat(gutter)} |`);
  const out: string[] = [empty];
  for (let at = start.line; at <= last; at++) {
    const text = locations.line(place.file, at);
    const from = at === start.line ? start.character : indentOf(text);
    const to = at === end.line ? end.character : text.length;
    const piece = excerpt(text, from, Math.max(from, to));
    out.push(`${paint.dim(`${String(at + 1).padStart(gutter)} |`)} ${shown(piece.text)}`);
    if (to < from) continue;
    const before = " ".repeat(textWidth(shown(piece.text.slice(0, piece.from))));
    const marks = "^".repeat(Math.max(1, textWidth(shown(piece.text.slice(piece.from, piece.to)))));
    out.push(`${empty} ${before}${color(marks)}`);
  }
  const more = end.line - last;
  if (more > 0) out.push(`${empty} … ${more} more line${more === 1 ? "" : "s"}`);
  return out.join("\n");
}

/** The piece of a line that is shown, and where the range lies in it. */
function excerpt(line: string, from: number, to: number): { text: string; from: number; to: number } {
  if (line.length <= MAX_LENGTH) return { text: line, from, to };
  const begin = wholeCharacter(line, Math.max(0, Math.min(from - LEAD, line.length - MAX_LENGTH)));
  const end = wholeCharacter(line, Math.min(line.length, begin + MAX_LENGTH));
  const head = begin > 0 ? "…" : "";
  const shift = head.length - begin;
  const text = `${head}${line.slice(begin, end)}${end < line.length ? "…" : ""}`;
  return { text, from: from + shift, to: Math.min(to, end) + shift };
}

/** The offset, moved before a character of two code units when it lies inside one. */
function wholeCharacter(line: string, at: number): number {
  const code = line.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff && at > 0 ? at - 1 : at;
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

function shown(text: string): string {
  return printable(text.replaceAll("\t", "    "));
}
