import {
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { version } from "../../../package.json";
import { loadBundledParser } from "../platform/node.ts";
import { readSettings } from "../settings.ts";
import { type ClientCapabilities, readCapabilities } from "./client-capabilities.ts";
import { fromUri } from "./convert.ts";
import { DiagnosticsChannel } from "./diagnostics.ts";
import { codeAction, FIX_ALL } from "./requests/code-action.ts";
import { definitionAt } from "./requests/definition.ts";
import { answerExtras } from "./requests/extras.ts";
import { hoverAt } from "./requests/hover.ts";
import { Session } from "./session.ts";

/** Connects a session to one client. The process ends when the client goes. */
export function serve(connection: Connection): void {
  const documents = new TextDocuments(TextDocument);
  let client: ClientCapabilities;
  let session: Session;
  let diagnostics: DiagnosticsChannel;

  connection.onInitialize(async (params): Promise<InitializeResult> => {
    client = readCapabilities(params);
    session = new Session(await loadBundledParser(), folders(params));
    diagnostics = new DiagnosticsChannel(connection, session, client);
    return {
      serverInfo: { name: "nix-impermanence", version },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        hoverProvider: true,
        definitionProvider: true,
        codeActionProvider: { codeActionKinds: ["quickfix", FIX_ALL] },
        ...(client.pullDiagnostics
          ? {
              diagnosticProvider: {
                identifier: "impermanence",
                interFileDependencies: true,
                workspaceDiagnostics: true,
              },
            }
          : {}),
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(async ({}) => {
    if (client.watchedFiles) {
      const watchers = ["**/*.nix", "**/flake.lock"].map((globPattern) => ({ globPattern }));
      await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    }
    if (client.configuration) {
      await connection.client.register(DidChangeConfigurationNotification.type, { section: "impermanence" });
      await readConfiguration();
    }
    diagnostics.changed();
  });

  connection.onDidChangeConfiguration(async ({ settings }) => {
    if (client.configuration) await readConfiguration();
    else useSettings((settings as { impermanence?: unknown } | undefined)?.impermanence);
    diagnostics.changed();
  });

  connection.onDidChangeWatchedFiles(({ changes }) => {
    const outside = changes.some(({ uri }) => {
      const file = fromUri(uri);
      return file !== undefined && !session.openFiles.includes(file);
    });
    if (!outside) return;
    session.refresh();
    diagnostics.changed();
  });

  documents.onDidChangeContent(({ document }) => {
    const file = fromUri(document.uri);
    if (file === undefined || !file.endsWith(".nix")) return;
    session.open(file, document.getText(), document.version);
    diagnostics.changed();
  });

  documents.onDidClose(({ document }) => {
    const file = fromUri(document.uri);
    if (file === undefined || !file.endsWith(".nix")) return;
    session.close(file);
    diagnostics.changed();
  });

  const at = <P extends { textDocument: { uri: string } }, R>(answer: (file: string, params: P) => R) => {
    return (params: P): R | null => {
      const file = fromUri(params.textDocument.uri);
      return file === undefined ? null : answer(file, params);
    };
  };
  connection.onHover(at((file, params) => hoverAt(session, file, params.position)));
  connection.onDefinition(at((file, params) => definitionAt(session, file, params.position)));
  connection.onCodeAction(at((file, params) => codeAction(session, client, file, params)));
  connection.languages.diagnostics.on((params) => diagnostics.document(params));
  connection.languages.diagnostics.onWorkspace((params) => diagnostics.workspace(params));
  answerExtras(connection, () => session);

  async function readConfiguration(): Promise<void> {
    try {
      useSettings(await connection.workspace.getConfiguration("impermanence"));
    } catch (error) {
      connection.console.warn(`The settings could not be read, defaults hold: ${error}`);
    }
  }

  function useSettings(section: unknown): void {
    const { settings, problems } = readSettings(section);
    for (const problem of problems) connection.console.warn(problem);
    session.applySettings(settings);
  }

  connection.onNotification("workspace/didChangeWorkspaceFolders", async () => {
    const current = (await connection.workspace.getWorkspaceFolders()) ?? [];
    session.changeRoots(current.flatMap(({ uri }) => fromUri(uri) ?? []));
    diagnostics.changed();
  });

  documents.listen(connection);
  connection.listen();
}

function folders(params: InitializeParams): string[] {
  const uris = params.workspaceFolders?.map(({ uri }) => uri) ?? (params.rootUri ? [params.rootUri] : []);
  return uris.flatMap((uri) => fromUri(uri) ?? []);
}
