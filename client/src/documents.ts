import * as vscode from "vscode";
import {
  type ExplainParams,
  type ExplainResult,
  type FactsParams,
  type FactsResult,
  methods,
} from "../../server/src/protocol.ts";
import { type DocumentSubject, documentPath, documentScheme, documentSubject } from "./document-path.ts";
import type { CheckerServer } from "./language-client.ts";

/** URI of the read-only document about a host or a rule. */
export function documentUri(subject: DocumentSubject): vscode.Uri {
  return vscode.Uri.from({ scheme: documentScheme, path: documentPath(subject) });
}

/** Serves the read-only documents. An open facts document follows the configuration as it is edited. */
export function provideDocuments(server: CheckerServer): vscode.Disposable {
  const changes = new vscode.EventEmitter<vscode.Uri>();
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changes.event,
    async provideTextDocumentContent(uri, token) {
      const subject = documentSubject(uri.path);
      if (!subject) return "There is no such document.\n";
      try {
        return await content(server, subject, token);
      } catch (error) {
        return `${error instanceof Error ? error.message : error}\n`;
      }
    },
  };
  const refresh = () => {
    if (server.state.kind !== "running" || !server.status || server.status.busy) return;
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === documentScheme && documentSubject(uri.path)?.kind === "facts") changes.fire(uri);
    }
  };
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(documentScheme, provider),
    server.onDidChange(refresh),
    changes,
  );
}

async function content(
  server: CheckerServer,
  subject: DocumentSubject,
  token: vscode.CancellationToken,
): Promise<string> {
  if (subject.kind === "facts") {
    const params: FactsParams = { host: subject.host };
    const result = await server.ask<FactsResult | null>(methods.facts, params, token);
    return result
      ? `${JSON.stringify(result.facts, undefined, 2)}\n`
      : `There is no host "${subject.host}" any more.\n`;
  }
  const params: ExplainParams = { rule: subject.rule };
  const result = await server.ask<ExplainResult | null>(methods.explain, params, token);
  return result?.markdown ?? `There is no rule "${subject.rule}".\n`;
}
