import * as vscode from "vscode";

/**
 * Shows a document in an editor. VS Code rejects that when another editor opens in the same moment, though the document has its
 * tab then: what somebody opened by hand stays in front, and no command fails for it.
 *
 * @returns whether the document is in front.
 */
export async function showDocument(
  shown: vscode.TextDocument | vscode.Uri,
  options: vscode.TextDocumentShowOptions,
): Promise<boolean> {
  // A file that cannot be opened at all is told here.
  const document = shown instanceof vscode.Uri ? await vscode.workspace.openTextDocument(shown) : shown;
  try {
    await vscode.window.showTextDocument(document, options);
    return true;
  } catch (error) {
    if (!hasTab(document.uri)) throw error;
    return false;
  }
}

function hasTab(uri: vscode.Uri): boolean {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());
}
