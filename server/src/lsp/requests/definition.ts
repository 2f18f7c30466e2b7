import type { Location, Position } from "vscode-languageserver";
import { definition } from "../../ide/definition.ts";
import { LineIndex } from "../../syntax/positions.ts";
import { toLocation } from "../convert.ts";
import type { Session } from "../session.ts";

/** `textDocument/definition`: an imported file, or what decides a path's fate. */
export function definitionAt(session: Session, file: string, position: Position): Location[] | null {
  const program = session.program(file);
  if (!program) return null;
  const offset = new LineIndex(program.text).offset(position);
  const places = definition(program, offset, session.analysis().hosts, session.files);
  return places.map((place) => toLocation(place, session));
}
