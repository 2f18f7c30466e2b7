import type { CodeLens } from "vscode-languageserver";
import { lenses } from "../../ide/lenses.ts";
import type { Session } from "../session.ts";

/** `textDocument/codeLens`: what stores hold and retention policies lead to. Nothing happens on a click. */
export function codeLens(session: Session, file: string): CodeLens[] {
  if (!session.lensEnabled || !session.program(file)) return [];
  return lenses(file, session.analysis().hosts).map(({ span, title }) => ({
    range: session.range({ file, start: span.start, end: span.end }),
    command: { title, command: "" },
  }));
}
