import {
  type Connection,
  type InitializeResult,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { version } from "../../../package.json";
import { isConfigFile } from "../ide/project-config/project-config.ts";
import type { HostReference } from "../modules/configuration.ts";
import { loadBundledParser } from "../platform/node.ts";
import { hostKey, LIST_OF_HOSTS, type StoppedHost } from "../workspace/live-analysis.ts";
import { type ClientCapabilities, readCapabilities } from "./client-capabilities.ts";
import { folderPaths } from "./client-folders.ts";
import { ConfigurationChannel } from "./configuration.ts";
import { fromUri } from "./convert.ts";
import { DiagnosticsChannel } from "./diagnostics.ts";
import { OpenDocuments } from "./open-documents.ts";
import { onceCurrent, unlessOutdated } from "./outdated.ts";
import { codeAction, KINDS } from "./requests/code-action.ts";
import { codeLens } from "./requests/code-lens.ts";
import { askedPlace, completionAt, TRIGGERS } from "./requests/completion.ts";
import { definitionAt } from "./requests/definition.ts";
import { answerExtras } from "./requests/extras.ts";
import { hoverAt } from "./requests/hover.ts";
import { answerInside } from "./requests/inside.ts";
import { Session } from "./session.ts";
import type { Work } from "./thread-messages.ts";
import type { ThreadLine } from "./thread-transport.ts";
import { watchFiles } from "./watched-files.ts";

/** What the evaluating thread lends to its server. */
export interface ServerOptions {
  readonly line: Pick<ThreadLine, "working">;
  /** Hosts not to try as they are. */
  readonly stopped: readonly StoppedHost[];
}

/** Milliseconds that the first findings wait for settings: some clients can be asked for them and never answer. */
const SETTINGS_PATIENCE = 2_000;

/** Connects a session to one client. */
export function serve(connection: Connection, { line, stopped }: ServerOptions): void {
  const documents = new OpenDocuments();
  let client: ClientCapabilities;
  let session: Session;
  let diagnostics: DiagnosticsChannel;
  let configuration: ConfigurationChannel;

  connection.onInitialize(async (params): Promise<InitializeResult> => {
    client = readCapabilities(params);
    session = new Session(await loadBundledParser(), folderPaths(params), {
      stopped,
      onWork: (host) => line.working(workOn(host)),
    });
    diagnostics = new DiagnosticsChannel(connection, session, client);
    configuration = new ConfigurationChannel(connection, session, client);
    return { serverInfo: { name: "nix-impermanence", version }, capabilities: serverCapabilities(client) };
  });

  connection.onInitialized(async () => {
    if (client.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        session.changeFolders(
          added.flatMap(({ uri }) => fromUri(uri) ?? []),
          removed.flatMap(({ uri }) => fromUri(uri) ?? []),
        );
        diagnostics.changed();
      });
    }
    if (client.watchedFiles) void watchFiles(connection);
    const unanswered = setTimeout(() => diagnostics.changed(), SETTINGS_PATIENCE);
    await configuration.start();
    clearTimeout(unanswered);
    diagnostics.changed();
  });

  connection.onDidChangeConfiguration(async ({ settings }) => {
    await configuration.changed(settings);
    diagnostics.changed();
  });

  connection.onDidChangeWatchedFiles(({ changes }) => {
    if (session.changedOnDisk(changes.flatMap(({ uri }) => session.file(uri) ?? []))) diagnostics.changed();
  });

  /** The path of a Nix file on disk; undefined for every other document. */
  const nixFile = (uri: string): string | undefined => {
    const file = session.file(uri);
    return file?.endsWith(".nix") ? file : undefined;
  };
  /** The path of a document whose text counts: a Nix file or a configuration. */
  const readFile = (uri: string): string | undefined => {
    const file = session.file(uri);
    return file !== undefined && (file.endsWith(".nix") || isConfigFile(file)) ? file : undefined;
  };

  const changed = (document: TextDocument | undefined) => {
    const file = document && readFile(document.uri);
    if (!document || file === undefined) return;
    session.open(file, { uri: document.uri, text: document.getText(), version: document.version });
    diagnostics.changed();
  };
  connection.onDidOpenTextDocument((params) => changed(documents.open(params)));
  connection.onDidChangeTextDocument((params) => changed(documents.change(params)));

  connection.onDidCloseTextDocument((params) => {
    const document = documents.close(params);
    const file = document && readFile(document.uri);
    if (file === undefined) return;
    // The same file may be open by another name as well.
    const other = documents.all().findLast(({ uri }) => readFile(uri) === file);
    if (other) return changed(other);
    session.close(file);
    diagnostics.changed();
  });

  connection.onDidSaveTextDocument(({ textDocument }) => {
    // Of what else changed on disk, a client that does not watch files says nothing; saving is a good moment to look.
    if (client.watchedFiles || nixFile(textDocument.uri) === undefined) return;
    session.refresh();
    diagnostics.changed();
  });

  const at = <P extends { textDocument: { uri: string } }, R>(answer: (file: string, params: P) => R) => {
    return (params: P): R | null => {
      const file = nixFile(params.textDocument.uri);
      return file === undefined ? null : unlessOutdated(() => answer(file, params));
    };
  };
  connection.onHover(at((file, params) => hoverAt(session, client, file, params.position)));
  connection.onCompletion(({ textDocument, position }, token) => {
    const file = nixFile(textDocument.uri);
    const asked = file === undefined ? undefined : askedPlace(session, file, position);
    return asked ? onceCurrent(token, () => completionAt(session, client, asked)) : null;
  });
  connection.onCodeLens(at((file) => codeLens(session, file)));
  connection.onDefinition(at((file, params) => definitionAt(session, file, params.position)));
  connection.onCodeAction(at((file, params) => codeAction(session, client, file, params)));
  connection.languages.diagnostics.on((params, token) => onceCurrent(token, () => diagnostics.document(params)));
  connection.languages.diagnostics.onWorkspace((params, token) =>
    onceCurrent(token, () => diagnostics.workspace(params)),
  );
  answerExtras(connection, () => session);
  answerInside(
    connection,
    () => session,
    () => client,
  );

  connection.listen();
}

function serverCapabilities(client: ClientCapabilities): ServerCapabilities {
  return {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
    hoverProvider: true,
    completionProvider: { triggerCharacters: TRIGGERS },
    codeLensProvider: {},
    definitionProvider: true,
    codeActionProvider: client.codeActionLiterals ? { codeActionKinds: KINDS } : true,
    ...(client.pullDiagnostics
      ? {
          diagnosticProvider: { identifier: "impermanence", interFileDependencies: true, workspaceDiagnostics: true },
        }
      : {}),
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  };
}

function workOn(host: HostReference | undefined): Work {
  if (!host) return { host: { key: LIST_OF_HOSTS, name: "the list of hosts", file: "all entries" } };
  return { host: { key: hostKey(host), name: `the host \`${host.name}\``, file: host.entry } };
}
