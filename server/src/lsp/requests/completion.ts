import { type CompletionItem, CompletionItemKind, type CompletionList, type Position } from "vscode-languageserver";
import type { TextEdit } from "../../edits/text-edit.ts";
import { type Completion, completions } from "../../ide/completion/completion.ts";
import { LineIndex } from "../../syntax/positions.ts";
import type { Session } from "../session.ts";

/** Where a client asks by itself: a text begins, or a path goes on. */
export const TRIGGERS = ['"', "/"];

const KINDS: Readonly<Record<Completion["kind"], CompletionItemKind>> = {
  directory: CompletionItemKind.Folder,
  file: CompletionItemKind.File,
  option: CompletionItemKind.Property,
  calendar: CompletionItemKind.Event,
};

/** `textDocument/completion`: paths that would be lost, options of a filesystem, calendar expressions. */
export function completionAt(session: Session, file: string, position: Position): CompletionList | null {
  const program = session.completionEnabled ? session.program(file) : undefined;
  if (!program) return null;
  const lines = new LineIndex(program.text);
  const offset = lines.offset(position);
  const found = completions(program, offset, session.analysis().hosts, Date.now());
  const order = [...found].sort((a, b) => a.rank - b.rank || (a.label < b.label ? -1 : 1));
  const items = order.map((completion, index): CompletionItem => {
    const { label, kind, text, span, around, detail, documentation } = completion;
    return {
      label,
      kind: KINDS[kind],
      sortText: String(index).padStart(4, "0"),
      labelDetails: { description: detail.length > 60 ? `${detail.slice(0, 59)}…` : detail },
      detail,
      ...(documentation === undefined ? {} : { documentation: { kind: "markdown", value: documentation } }),
      textEdit: { range: session.range({ file, ...span }), newText: text },
      ...(around ? { additionalTextEdits: around.map((edit) => edited(session, file, edit)) } : {}),
    };
  });
  return { isIncomplete: false, items };
}

function edited(session: Session, file: string, { start, end, text }: TextEdit) {
  return { range: session.range({ file, start, end }), newText: text };
}
