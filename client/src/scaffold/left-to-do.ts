import * as vscode from "vscode";
import { showDocument } from "../show-document.ts";

/** Milliseconds in which the editor of the preview may still open. */
const PATIENCE = 15_000;

/** What a person has to do besides stays open beside the files: a notification would be gone before it is done. */
export async function showWhatIsLeft(host: string, notes: readonly string[]): Promise<void> {
  const content = [`# Before ${host} boots with the modules`, ...notes.map(paragraph)].join("\n");
  const document = await vscode.workspace.openTextDocument({ language: "markdown", content: `${content}\n` });
  // The editor of the preview may open while this one does.
  const show = async () => {
    const isInFront = await showDocument(document, { preview: false });
    if (!isInFront) await showDocument(document, { preview: false });
  };
  const late = vscode.window.tabGroups.onDidChangeTabs(({ opened }) => {
    if (!opened.some(isPreview)) return;
    // Once: what a person opens after that stays in front.
    late.dispose();
    void show();
  });
  setTimeout(() => late.dispose(), PATIENCE);
  await show();
}

/**
 * Whether it is the editor of the refactoring preview, which VS Code opens in its own time: on a busy machine after the changes are
 * made, in front of what is left to do. It shows several files, for which the interface has no class that an extension may name.
 */
function isPreview({ input }: vscode.Tab): boolean {
  const named = [
    ...[vscode.TabInputText, vscode.TabInputTextDiff, vscode.TabInputCustom, vscode.TabInputWebview],
    ...[vscode.TabInputNotebook, vscode.TabInputNotebookDiff, vscode.TabInputTerminal],
  ];
  return input !== undefined && !named.some((one) => input instanceof one);
}

/** A point of a list, or a command, which Markdown takes for code behind an empty line. */
function paragraph(note: string, index: number, notes: readonly string[]): string {
  if (!note.startsWith("    ")) return `\n- ${note}`;
  return notes[index - 1]?.startsWith("    ") ? `  ${note}` : `\n  ${note}`;
}
