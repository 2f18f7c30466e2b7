import { type ChildProcess, spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import {
  type ClientCapabilities,
  createProtocolConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type InitializeParams,
  type InitializeResult,
  type Position,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
  type TextDocumentContentChangeEvent,
  type WorkspaceDiagnosticReport,
} from "vscode-languageserver/node";
import { builtCli } from "../cli/run-cli.ts";

/** What a client that takes findings as they are sent can do. */
export const pushing: ClientCapabilities = {
  textDocument: {
    publishDiagnostics: { versionSupport: true, relatedInformation: true, codeDescriptionSupport: true },
  },
  workspace: { workspaceFolders: true },
};

/** What a client that asks for findings can do. */
export const pulling: ClientCapabilities = {
  textDocument: { diagnostic: { relatedDocumentSupport: false }, codeAction: { isPreferredSupport: true } },
  workspace: {
    workspaceFolders: true,
    workspaceEdit: { documentChanges: true },
    diagnostics: { refreshSupport: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
  },
};

/** A client of the built language server, over stdio as editors do it. */
export class ServerClient {
  readonly child: ChildProcess;
  readonly connection: ProtocolConnection;
  /** What was sent last for each document. */
  readonly published = new Map<string, PublishDiagnosticsParams>();
  readonly registrations: string[] = [];
  /** How often the server asked for findings to be fetched again. */
  refreshes = 0;
  /** Answer to `workspace/configuration`. */
  settings: unknown = null;
  initialized!: InitializeResult;
  private readonly listeners = new Set<() => void>();

  private constructor(child: ChildProcess) {
    this.child = child;
    const reader = new StreamMessageReader(child.stdout as NodeJS.ReadableStream);
    const writer = new StreamMessageWriter(child.stdin as NodeJS.WritableStream);
    this.connection = createProtocolConnection(reader, writer);
    this.connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
      this.published.set(params.uri, params);
      for (const listener of this.listeners) listener();
    });
    this.connection.onRequest("workspace/diagnostic/refresh", () => {
      this.refreshes++;
      for (const listener of this.listeners) listener();
      return null;
    });
    this.connection.onRequest("workspace/configuration", () => [this.settings]);
    this.connection.onRequest("client/registerCapability", (params: { registrations: { method: string }[] }) => {
      this.registrations.push(...params.registrations.map(({ method }) => method));
      return null;
    });
    this.connection.listen();
    // Whoever waits for an answer hears that none will come. What the server prints is part of a test's output.
    child.once("exit", () => this.connection.dispose());
    child.stderr?.pipe(process.stderr);
  }

  static async start(
    folders: readonly string[],
    capabilities: ClientCapabilities,
    more: Partial<InitializeParams> & { settings?: unknown; env?: NodeJS.ProcessEnv; cli?: string } = {},
  ): Promise<ServerClient> {
    const { settings, env = process.env, cli = builtCli, ...params } = more;
    const child = spawn(process.execPath, [cli, "lsp", "--stdio"], { stdio: ["pipe", "pipe", "pipe"], env });
    const client = new ServerClient(child);
    if (settings !== undefined) client.settings = settings;
    client.initialized = await client.connection.sendRequest<InitializeResult>("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities,
      workspaceFolders: folders.map((folder) => ({ uri: uriOf(folder), name: "test" })),
      ...params,
    });
    await client.connection.sendNotification("initialized", {});
    return client;
  }

  open(file: string, text: string, version = 1): Promise<void> {
    const textDocument = { uri: uriOf(file), languageId: "nix", version, text };
    return this.connection.sendNotification("textDocument/didOpen", { textDocument });
  }

  change(file: string, version: number, contentChanges: TextDocumentContentChangeEvent[]): Promise<void> {
    const textDocument = { uri: uriOf(file), version };
    return this.connection.sendNotification("textDocument/didChange", { textDocument, contentChanges });
  }

  close(file: string): Promise<void> {
    return this.connection.sendNotification("textDocument/didClose", { textDocument: { uri: uriOf(file) } });
  }

  /** Tells of changes on disk: 1 created, 2 changed, 3 deleted. */
  watched(...changes: readonly (readonly [file: string, type: 1 | 2 | 3])[]): Promise<void> {
    const params = { changes: changes.map(([file, type]) => ({ uri: uriOf(file), type })) };
    return this.connection.sendNotification("workspace/didChangeWatchedFiles", params);
  }

  pull(file: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
    return this.request("textDocument/diagnostic", { textDocument: { uri: uriOf(file) }, previousResultId });
  }

  async pulled(file: string): Promise<Diagnostic[]> {
    const report = await this.pull(file);
    return report.kind === "full" ? report.items : [];
  }

  pullWorkspace(previousResultIds: { uri: string; value: string }[] = []): Promise<WorkspaceDiagnosticReport> {
    return this.request("workspace/diagnostic", { previousResultIds });
  }

  at<T>(method: string, file: string, position: Position): Promise<T> {
    return this.request(method, { textDocument: { uri: uriOf(file) }, position });
  }

  request<T>(method: string, params: unknown): Promise<T> {
    return this.connection.sendRequest<T>(method, params);
  }

  /** Waits until what the server sent makes a condition true. */
  async until<T>(condition: () => T | undefined | false, milliseconds = 10_000): Promise<T> {
    const now = condition();
    if (now !== undefined && now !== false) return now;
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.listeners.delete(check);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`not within ${milliseconds} ms: ${condition}\n${JSON.stringify([...this.published])}`));
      }, milliseconds);
      const check = () => {
        const found = condition();
        if (found === undefined || found === false) return;
        done();
        resolve(found);
      };
      this.listeners.add(check);
    });
  }

  /** What was sent for a version of a document. */
  pushed(file: string, version?: number): Promise<Diagnostic[]> {
    return this.until(() => {
      const sent = this.published.get(uriOf(file));
      return sent && (version === undefined || sent.version === version) ? sent.diagnostics : undefined;
    });
  }

  /** The exit code of the process. */
  ended(): Promise<number | null> {
    const { exitCode } = this.child;
    if (exitCode !== null) return Promise.resolve(exitCode);
    return new Promise((resolve) => this.child.once("exit", resolve));
  }

  /** Ends the process as the protocol says. Answers with its exit code. */
  async stop(): Promise<number | null> {
    const ended = this.ended();
    await this.connection.sendRequest("shutdown");
    await this.connection.sendNotification("exit");
    return ended;
  }
}

export function uriOf(file: string): string {
  return pathToFileURL(file).href;
}

/** The codes of findings, sorted. */
export function codes(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ code }) => String(code)).sort();
}
