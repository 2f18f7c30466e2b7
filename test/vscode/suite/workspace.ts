// The example host as the tests inside VS Code see it, and waiting for what the checker says about it.
import * as vscode from "vscode";

/** Opens the first Nix file of the workspace that holds a text, and puts the cursor there. */
export async function openFileWith(text: string): Promise<{ editor: vscode.TextEditor; range: vscode.Range }> {
  const files = await vscode.workspace.findFiles("**/*.nix");
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const file of files) {
    const document = await vscode.workspace.openTextDocument(file);
    const at = document.getText().indexOf(text);
    if (at < 0) continue;
    const editor = await vscode.window.showTextDocument(document);
    const range = new vscode.Range(document.positionAt(at), document.positionAt(at + text.length));
    editor.selection = new vscode.Selection(range.start, range.start);
    return { editor, range };
  }
  throw new Error(`No file of the example holds ${text}.`);
}

/** The checker's findings in a file. */
export function findings(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter((diagnostic) => codeOf(diagnostic).startsWith("IMP"));
}

export function codeOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === "object" ? code.value : (code ?? ""));
}

/** Waits until something is so, at most ten seconds, or as many as are given. */
export async function until<T>(
  what: string,
  get: () => T | undefined | false | Promise<T | undefined | false>,
  seconds = 10,
) {
  for (const end = Date.now() + seconds * 1000; ; ) {
    const value = await get();
    if (value) return value;
    if (Date.now() > end) throw new Error(`In ${seconds} seconds there was no ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Undoes what a test typed, so that the next one finds the example as it was. */
export async function revert(document: vscode.TextDocument): Promise<void> {
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand("workbench.action.files.revert");
}
