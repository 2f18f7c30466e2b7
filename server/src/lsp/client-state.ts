import type {
  DidChangeTextDocumentParams,
  DidCloseTextDocumentParams,
  DidOpenTextDocumentParams,
  InitializeParams,
  Message,
  NotificationMessage,
  RequestMessage,
  WorkspaceFoldersChangeEvent,
} from "vscode-languageserver";
import { folderUris } from "./client-folders.ts";
import { fromUri } from "./convert.ts";
import { OpenDocuments } from "./open-documents.ts";

/** Methods after which an answer that is being computed is about something that is no more. */
const CHANGES: ReadonlySet<string> = new Set([
  "textDocument/didOpen",
  "textDocument/didChange",
  "textDocument/didClose",
  "textDocument/didSave",
  "workspace/didChangeConfiguration",
  "workspace/didChangeWatchedFiles",
  "workspace/didChangeWorkspaceFolders",
]);

export function changesSomething(message: Message): boolean {
  return CHANGES.has((message as NotificationMessage).method);
}

/** What the client has told: enough to bring a server that starts anew to where the last one was. */
export class ClientState {
  private initialize: RequestMessage | undefined;
  private isInitialized = false;
  private configuration: Message | undefined;
  private readonly documents = new OpenDocuments();

  /** The version of an open document. */
  version(uri: string): number | undefined {
    return this.documents.get(uri)?.version;
  }

  /** What the client said of itself; undefined before its first message. */
  get client(): InitializeParams | undefined {
    return this.initialize?.params as InitializeParams | undefined;
  }

  /** The settings as the client sent them last, if it did. */
  get sentSettings(): unknown {
    return (this.configuration as NotificationMessage | undefined)?.params;
  }

  /** Takes note of a message. One without sense is no news. */
  note(message: Message): void {
    const { method, params } = message as NotificationMessage;
    try {
      this.take(method, params, message);
    } catch {
      // The server says so to the client when it meets it.
    }
  }

  /** The first message for a server, with the folders of now. The parent process is watched by the main thread. */
  firstMessage(): RequestMessage | undefined {
    if (!this.initialize) return undefined;
    return { ...this.initialize, params: { ...(this.initialize.params as InitializeParams), processId: null } };
  }

  /** The messages that follow it once it is answered; without the documents named. */
  otherMessages(withheld: ReadonlySet<string>): Message[] {
    const notify = (method: string, params: object) => ({ jsonrpc: "2.0", method, params });
    const opened = this.documents.all().filter(({ uri }) => !withheld.has(uri));
    return [
      ...(this.isInitialized ? [notify("initialized", {})] : []),
      ...(this.configuration ? [this.configuration] : []),
      ...opened.flatMap(({ uri }) => this.opening(uri) ?? []),
    ];
  }

  /** The message that opens a document as it is now. */
  opening(uri: string): Message | undefined {
    const document = this.documents.get(uri);
    if (!document) return undefined;
    const { languageId, version } = document;
    const textDocument = { uri, languageId, version, text: document.getText() };
    const message: NotificationMessage = { jsonrpc: "2.0", method: "textDocument/didOpen", params: { textDocument } };
    return message;
  }

  private take(method: string, params: unknown, message: Message): void {
    switch (method) {
      case "initialize":
        // A script may leave out what it has nothing to say of.
        this.initialize = {
          ...(message as RequestMessage),
          params: { ...(params ?? {}), capabilities: (params as Partial<InitializeParams> | null)?.capabilities ?? {} },
        };
        return;
      case "initialized":
        this.isInitialized = true;
        return;
      case "workspace/didChangeConfiguration":
        this.configuration = message;
        return;
      case "workspace/didChangeWorkspaceFolders":
        this.changeFolders((params as { event: WorkspaceFoldersChangeEvent }).event);
        return;
      case "textDocument/didOpen":
        this.documents.open(params as DidOpenTextDocumentParams);
        return;
      case "textDocument/didChange":
        this.documents.change(params as DidChangeTextDocumentParams);
        return;
      case "textDocument/didClose":
        this.documents.close(params as DidCloseTextDocumentParams);
    }
  }

  private changeFolders({ added, removed }: WorkspaceFoldersChangeEvent): void {
    if (!this.initialize) return;
    const params = this.initialize.params as InitializeParams;
    const gone = new Set(removed.map(({ uri }) => fromUri(uri)));
    const before = folderUris(params).map((uri) => ({ uri, name: uri }));
    const workspaceFolders = [...before.filter(({ uri }) => !gone.has(fromUri(uri))), ...added];
    // The older words for a folder would count again where the last one is removed.
    this.initialize = { ...this.initialize, params: { ...params, rootUri: null, rootPath: null, workspaceFolders } };
  }
}
