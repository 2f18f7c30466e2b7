import type { Hover, Position } from "vscode-languageserver";
import { hover } from "../../ide/hover.ts";
import { LineIndex } from "../../syntax/positions.ts";
import { toRange, toUri } from "../convert.ts";
import type { Session } from "../session.ts";

/** `textDocument/hover`: what the next boot does to the path under the cursor. */
export function hoverAt(session: Session, file: string, position: Position): Hover | null {
  const program = session.hoverEnabled ? session.program(file) : undefined;
  if (!program) return null;
  const locations = session.locations();
  const offset = new LineIndex(program.text).offset(position);
  const found = hover(program, offset, session.analysis().hosts, (place) => {
    const { start } = toRange(place, locations);
    return `${toUri(place.file)}#L${start.line + 1},${start.character + 1}`;
  });
  if (!found) return null;
  const { start, end } = found.span;
  return { contents: { kind: "markdown", value: found.markdown }, range: toRange({ file, start, end }, locations) };
}
