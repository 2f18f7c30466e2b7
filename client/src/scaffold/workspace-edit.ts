import * as vscode from "vscode";
import type { ScaffoldFile } from "../../../server/src/protocol.ts";
import { changedRange } from "./changed-range.ts";

/** One edit of all files, every part of which waits for the person's word in the refactoring preview. */
export function toWorkspaceEdit(files: readonly ScaffoldFile[]): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, path, before, after } of files) {
    const at = vscode.Uri.parse(uri);
    if (before === null) {
      const contents = new TextEncoder().encode(after);
      const metadata = { needsConfirmation: true, label: `Create ${path}` };
      // A file that appeared meanwhile stays as it is, and the whole edit is refused.
      edit.createFile(at, { contents, overwrite: false, ignoreIfExists: false }, metadata);
      continue;
    }
    const { start, end, text } = changedRange(before, after);
    const range = new vscode.Range(positionAt(before, start), positionAt(before, end));
    edit.replace(at, range, text, { needsConfirmation: true, label: `Change ${path}` });
  }
  return edit;
}

function positionAt(text: string, offset: number): vscode.Position {
  const lines = text.slice(0, offset).split("\n");
  return new vscode.Position(lines.length - 1, lines.at(-1)?.length ?? 0);
}
