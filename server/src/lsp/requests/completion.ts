import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  LSPErrorCodes,
  type Position,
  ResponseError,
} from "vscode-languageserver";
import { type Completion, completions } from "../../ide/completion/completion.ts";
import { LineIndex } from "../../syntax/positions.ts";
import type { ClientCapabilities } from "../client-capabilities.ts";
import { markup } from "../convert.ts";
import type { Session } from "../session.ts";

/** Where a client asks by itself: a text begins, or a path goes on. */
export const TRIGGERS = ['"', "/"];

/** Of each the kind that says it best, and one that all clients know. */
const KINDS: Readonly<Record<Completion["kind"], readonly [CompletionItemKind, CompletionItemKind]>> = {
  directory: [CompletionItemKind.Folder, CompletionItemKind.File],
  file: [CompletionItemKind.File, CompletionItemKind.File],
  option: [CompletionItemKind.Property, CompletionItemKind.Property],
  calendar: [CompletionItemKind.Event, CompletionItemKind.Value],
};

/** A place in a text as it was when the client asked. */
export interface AskedPlace {
  readonly file: string;
  readonly text: string;
  readonly offset: number;
}

/** The place that a request is about; undefined when nothing is to be offered. */
export function askedPlace(session: Session, file: string, position: Position): AskedPlace | undefined {
  const program = session.completionEnabled ? session.program(file) : undefined;
  return program && { file, text: program.text, offset: new LineIndex(program.text).offset(position) };
}

/**
 * `textDocument/completion`: paths that would be lost, options of a filesystem, calendar expressions. Who types on while
 * this is computed wants it nevertheless: the answer is for the text that was asked about. Throws `ContentModified` when
 * something else has changed.
 */
export function completionAt(session: Session, client: ClientCapabilities, asked: AskedPlace): CompletionList {
  const { file, text, offset } = asked;
  const program = session.program(file);
  const typed = program && typedSince(asked, program.text);
  if (!program || typed === undefined) throw new ResponseError(LSPErrorCodes.ContentModified, "The text has changed.");
  const found = completions(program, offset, session.analysis().hosts, Date.now());
  const lines = new LineIndex(text);
  const before = (now: number) => lines.position(now <= offset ? now : Math.max(offset, now - typed));
  const range = ({ start, end }: { readonly start: number; readonly end: number }) => ({
    start: before(start),
    end: before(end),
  });
  const order = [...found].sort((a, b) => a.rank - b.rank || (a.label < b.label ? -1 : 1));
  const items = order.map(
    ({ label, kind, text: newText, span, around = [], detail, documentation }, index): CompletionItem => ({
      label,
      kind: KINDS[kind].find(client.knowsKind) ?? KINDS[kind][1],
      sortText: String(index).padStart(4, "0"),
      detail,
      ...(documentation === undefined ? {} : { documentation: markup(documentation, client.documentationFormat) }),
      textEdit: { range: range(span), newText },
      ...(around.length > 0
        ? { additionalTextEdits: around.map((edit) => ({ range: range(edit), newText: edit.text })) }
        : {}),
    }),
  );
  return { isIncomplete: false, items };
}

/** How many characters were written at the place since; undefined when more has changed than that. */
function typedSince({ text, offset }: AskedPlace, now: string): number | undefined {
  const more = now.length - text.length;
  const isTyped = more >= 0 && now.startsWith(text.slice(0, offset)) && now.endsWith(text.slice(offset));
  return isTyped ? more : undefined;
}
