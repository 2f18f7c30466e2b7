import { type CodeAction, CodeActionKind, type CodeActionParams } from "vscode-languageserver";
import { fixAll, quickFixes } from "../../ide/code-actions.ts";
import { refactorings } from "../../ide/refactorings.ts";
import type { Program, Span } from "../../syntax/expr.ts";
import { LineIndex } from "../../syntax/positions.ts";
import type { ClientCapabilities } from "../client-capabilities.ts";
import { toDiagnostic, toWorkspaceEdit } from "../convert.ts";
import type { Session } from "../session.ts";

export const FIX_ALL = `${CodeActionKind.SourceFixAll}.impermanence`;

/** The kinds the server announces. */
export const KINDS = [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, CodeActionKind.RefactorMove, FIX_ALL];

/**
 * `textDocument/codeAction`: fixes for the findings in the range, refactorings of the persisted entry at its start, and
 * "fix all" of the file when asked for.
 */
export function codeAction(
  session: Session,
  client: ClientCapabilities,
  file: string,
  params: CodeActionParams,
): CodeAction[] {
  const program = session.program(file);
  if (!program) return [];
  const only = askedKinds(params);
  const actions: CodeAction[] = [];
  if (wants(only, CodeActionKind.QuickFix)) {
    const index = new LineIndex(program.text);
    const range = { start: index.offset(params.range.start), end: index.offset(params.range.end) };
    actions.push(...fixes(session, client, program, range));
  }
  if ([CodeActionKind.RefactorRewrite, CodeActionKind.RefactorMove].some((kind) => wants(only, kind))) {
    const offset = new LineIndex(program.text).offset(params.range.start);
    actions.push(...refactoringActions(session, client, program, offset).filter(({ kind }) => wants(only, kind ?? "")));
  }
  if (only?.some((kind) => covers(kind, FIX_ALL))) actions.push(...fixAllAction(session, client, file));
  return actions;
}

function fixes(session: Session, client: ClientCapabilities, program: Program, range: Span): CodeAction[] {
  return quickFixes(session.findings(), program, range).map(({ finding, plan, preferred }) => ({
    title: plan.safety === "safe" ? plan.title : `${plan.title} (look at the result)`,
    kind: CodeActionKind.QuickFix,
    diagnostics: [toDiagnostic(finding, session, client)],
    ...(client.isPreferred && preferred ? { isPreferred: true } : {}),
    edit: toWorkspaceEdit(plan, session, client),
  }));
}

function refactoringActions(
  session: Session,
  client: ClientCapabilities,
  program: Program,
  offset: number,
): CodeAction[] {
  const find = (path: string) => session.program(path);
  return refactorings(program, offset, session.analysis().hosts, find).map(({ title, kind, edits }) => ({
    title,
    kind: kind === "move" ? CodeActionKind.RefactorMove : CodeActionKind.RefactorRewrite,
    edit: toWorkspaceEdit({ edits }, session, client),
  }));
}

function fixAllAction(session: Session, client: ClientCapabilities, file: string): CodeAction[] {
  const edits = fixAll(session.findings(), file);
  if (edits.length === 0) return [];
  const edit = toWorkspaceEdit({ edits: new Map([[file, edits]]) }, session, client);
  return [{ title: "Apply all safe fixes of Nix Impermanence in this file", kind: FIX_ALL, edit }];
}

/** Undefined for a client that names none, be it by null or by an empty list. */
function askedKinds({ context }: CodeActionParams): readonly string[] | undefined {
  const only: readonly string[] | null | undefined = context.only;
  return only && only.length > 0 ? only : undefined;
}

/** A client that names no kinds gets quick fixes; "fix all" is for those who ask. */
function wants(only: readonly string[] | undefined, kind: string): boolean {
  return only === undefined || only.some((asked) => covers(asked, kind));
}

function covers(asked: string, kind: string): boolean {
  return asked === kind || kind.startsWith(`${asked}.`) || asked === "";
}
