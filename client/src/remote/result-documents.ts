import * as vscode from "vscode";
import { showDocument } from "../show-document.ts";

/** URI scheme of read-only documents with what a host answered: as text, and beside it as JSON. Save As writes them. */
export const resultScheme = "impermanence-host";

/** Answers of hosts, the last of each kind for each host. */
export class ResultDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly contents = new Map<string, string>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(resultScheme, this);

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.contents.get(uri.path) ?? "This answer is not kept any more. Run the command again.\n";
  }

  /** Keeps an answer. Its text opens by {@link show}. */
  keep(host: string, kind: string, result: unknown, text: string): vscode.Uri {
    this.set(uriOf(host, `${kind}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
    const uri = uriOf(host, `${kind}.txt`);
    this.set(uri, text);
    return uri;
  }

  async show(uri: vscode.Uri): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    await showDocument(document, { preview: true });
  }

  /** The JSON beside a text. */
  json(uri: vscode.Uri): vscode.Uri {
    return uri.with({ path: uri.path.replace(/\.txt$/, ".json") });
  }

  dispose(): void {
    this.registration.dispose();
    this.changes.dispose();
  }

  private set(uri: vscode.Uri, content: string): void {
    this.contents.set(uri.path, content);
    this.changes.fire(uri);
  }
}

/** The last part is the title of the tab. */
function uriOf(host: string, name: string): vscode.Uri {
  return vscode.Uri.from({ scheme: resultScheme, path: `/${encodeURIComponent(host)}/${name}` });
}
