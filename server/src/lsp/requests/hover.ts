import type { Hover, Position } from "vscode-languageserver";
import type { Place } from "../../eval/origin.ts";
import { hover } from "../../ide/hover.ts";
import { LineIndex } from "../../syntax/positions.ts";
import type { ClientCapabilities } from "../client-capabilities.ts";
import { markup } from "../convert.ts";
import type { Session } from "../session.ts";

/** `textDocument/hover`: what the next boot does to the path under the cursor. */
export function hoverAt(
  session: Session,
  { hoverFormat }: ClientCapabilities,
  file: string,
  position: Position,
): Hover | null {
  const program = session.hoverEnabled ? session.program(file) : undefined;
  if (!program) return null;
  const offset = new LineIndex(program.text).offset(position);
  const link = (place: Place) => {
    const { start } = session.range(place);
    if (hoverFormat === "plaintext")
      return `${session.locations().shown(place.file)}:${start.line + 1}:${start.character + 1}`;
    return `${session.uri(place.file)}#L${start.line + 1},${start.character + 1}`;
  };
  const found = hover(program, offset, session.analysis().hosts, link, Date.now());
  if (!found) return null;
  const { start, end } = found.span;
  const contents = markup(found.markdown, hoverFormat);
  return { contents, range: session.range({ file, start, end }) };
}
