import stringWidth from "string-width";
import type { Place } from "../eval/origin.ts";
import type { Locations } from "./locations.ts";
import type { Colors } from "./pretty.ts";
import { printable } from "./printable.ts";

/** At most this many lines of a long range are shown. */
const MAX_LINES = 6;

/** The source lines of a place with the range underlined. Empty when the file has no text. */
export function codeFrame(place: Place, locations: Locations, paint: Colors, color: (text: string) => string): string {
  const lines = locations.text(place.file).split(/\r\n|\n|\r/);
  const { start, end } = locations.range(place);
  if (place.start === 0 && place.end === 0) return "";
  const last = Math.min(end.line, start.line + MAX_LINES - 1);
  const gutter = String(last + 1).length;
  const out: string[] = [paint.dim(`${" ".repeat(gutter)} |`)];
  for (let at = start.line; at <= last; at++) {
    const text = lines[at] ?? "";
    out.push(`${paint.dim(`${String(at + 1).padStart(gutter)} |`)} ${expand(text)}`);
    const from = at === start.line ? start.character : indentOf(text);
    const to = at === end.line ? end.character : text.length;
    if (to < from) continue;
    const before = " ".repeat(stringWidth(expand(text.slice(0, from))));
    const marks = "^".repeat(Math.max(1, stringWidth(expand(text.slice(from, to)))));
    out.push(`${paint.dim(`${" ".repeat(gutter)} |`)} ${before}${color(marks)}`);
  }
  if (last < end.line) out.push(paint.dim(`${" ".repeat(gutter)} | … ${end.line - last} more lines`));
  return out.join("\n");
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

function expand(text: string): string {
  return printable(text.replaceAll("\t", "    "));
}
