import * as vscode from "vscode";
import type { ScaffoldFile } from "../../../server/src/protocol.ts";
import { changedRange } from "./changed-range.ts";

/**
 * One edit of all files, which opens the refactoring preview. New files are ticked there; changes of files that are there
 * need the person's tick, which is what makes the preview open. Without them the new files take no effect.
 */
export function toWorkspaceEdit(files: readonly ScaffoldFile[]): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, before, after } of files) {
    const at = vscode.Uri.parse(uri);
    if (before === null) {
      const contents = new TextEncoder().encode(after);
      const metadata = { needsConfirmation: false, label: "New files, which take effect with the changes" };
      // A file that appeared meanwhile stays as it is, and the whole edit is refused.
      edit.createFile(at, { contents, overwrite: false, ignoreIfExists: false }, metadata);
      continue;
    }
    const { start, end, text } = changedRange(before, after);
    const range = new vscode.Range(positionAt(before, start), positionAt(before, end));
    edit.replace(at, range, text, { needsConfirmation: true, label: "Changes: tick them to take them over" });
  }
  return edit;
}

function positionAt(text: string, offset: number): vscode.Position {
  const lines = text.slice(0, offset).split("\n");
  return new vscode.Position(lines.length - 1, lines.at(-1)?.length ?? 0);
}
