import { type CodeAction, CodeActionKind, type CodeActionParams } from "vscode-languageserver";
import { fixAll, quickFixes } from "../../ide/code-actions.ts";
import { LineIndex } from "../../syntax/positions.ts";
import type { ClientCapabilities } from "../client-capabilities.ts";
import { toDiagnostic, toWorkspaceEdit } from "../convert.ts";
import type { Session } from "../session.ts";

export const FIX_ALL = `${CodeActionKind.SourceFixAll}.impermanence`;

/** `textDocument/codeAction`: fixes for the findings in the range, and "fix all" of the file when asked for. */
export function codeAction(
  session: Session,
  client: ClientCapabilities,
  file: string,
  params: CodeActionParams,
): CodeAction[] {
  const program = session.program(file);
  if (!program) return [];
  const { only } = params.context;
  const actions: CodeAction[] = [];
  if (wants(only, CodeActionKind.QuickFix)) {
    const index = new LineIndex(program.text);
    actions.push(...fixes(session, client, file, index.offset(params.range.start), index.offset(params.range.end)));
  }
  if (only?.some((kind) => covers(kind, FIX_ALL))) actions.push(...fixAllAction(session, client, file));
  return actions;
}

function fixes(session: Session, client: ClientCapabilities, file: string, start: number, end: number): CodeAction[] {
  return quickFixes(session.findings(), file, start, end).map(({ finding, plan, preferred }) => ({
    title: plan.safety === "safe" ? plan.title : `${plan.title} (look at the result)`,
    kind: CodeActionKind.QuickFix,
    diagnostics: [toDiagnostic(finding, session, client)],
    ...(client.isPreferred && preferred ? { isPreferred: true } : {}),
    edit: toWorkspaceEdit(plan, session, client),
  }));
}

function fixAllAction(session: Session, client: ClientCapabilities, file: string): CodeAction[] {
  const edits = fixAll(session.findings(), file);
  if (edits.length === 0) return [];
  const edit = toWorkspaceEdit({ edits: new Map([[file, edits]]) }, session, client);
  return [{ title: "Apply all safe fixes of Nix Impermanence in this file", kind: FIX_ALL, edit }];
}

/** A client that names no kinds gets quick fixes; "fix all" is for those who ask. */
function wants(only: readonly string[] | undefined, kind: string): boolean {
  return only === undefined || only.some((asked) => covers(asked, kind));
}

function covers(asked: string, kind: string): boolean {
  return asked === kind || kind.startsWith(`${asked}.`) || asked === "";
}
