import {
  type Connection,
  type Diagnostic,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  MessageType,
  ShowMessageNotification,
  type WorkspaceDiagnosticParams,
  type WorkspaceDiagnosticReport,
  type WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver";
import { Interrupted } from "../eval/budget.ts";
import type { Finding } from "../rules/rule.ts";
import type { ClientCapabilities } from "./client-capabilities.ts";
import { DiagnosticLists } from "./diagnostic-lists.ts";
import { ResultIds } from "./result-ids.ts";
import type { Session } from "./session.ts";
import { StatusChannel } from "./status.ts";

/**
 * Milliseconds without a change before findings are computed unasked: a part of what computing takes, so
 * that a small host answers at once and a large one is not computed for every letter of a word. A change ends what
 * is being computed, so it need not be long.
 */
const SHORTEST_QUIET = 1;
const LONGEST_QUIET = 50;

/**
 * Brings findings to the client: sent after a short quiet time, or given when asked. Either way they are
 * computed from the texts of that moment, so an outdated finding is never shown. Hosts that read the documents the
 * client has open come first, the others one by one behind them, with everything else that the client wants between.
 */
export class DiagnosticsChannel {
  private readonly connection: Connection;
  private readonly session: Session;
  private readonly client: ClientCapabilities;
  private readonly status: StatusChannel | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Counts changes, so that work for an earlier state notices that it is not wanted any more. */
  private state = 0;
  /** What was sent for each file, or announced to a client that asks: version and name of the result. */
  private readonly sent = new Map<string, string>();
  /** By which name it was sent, and for which file last by this name. */
  private readonly names = new Map<string, string>();
  private readonly holders = new Map<string, string>();
  /** What the user was told of the workspace as a whole. */
  private readonly told = new Set<string>();
  /** What a client that asks was given last for each file. */
  private readonly given = new Map<string, string>();
  private readonly ids = new ResultIds();
  private converted: { from: readonly Finding[]; byFile: ReadonlyMap<string, readonly Diagnostic[]> } | undefined;
  private readonly lists: DiagnosticLists;

  constructor(connection: Connection, session: Session, client: ClientCapabilities) {
    this.connection = connection;
    this.session = session;
    this.client = client;
    this.lists = new DiagnosticLists(session, client);
    this.status = client.status ? new StatusChannel(connection, session) : undefined;
  }

  /** Something changed: findings may be different now. */
  changed(): void {
    const quiet = (this.session.elapsed ?? LONGEST_QUIET) / 10;
    this.status?.busy();
    this.state++;
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => void this.settle(this.state),
      Math.min(LONGEST_QUIET, Math.max(SHORTEST_QUIET, quiet)),
    );
  }

  /** `textDocument/diagnostic` */
  document({ textDocument, previousResultId }: DocumentDiagnosticParams): DocumentDiagnosticReport {
    const file = this.session.file(textDocument.uri);
    const items = file === undefined ? [] : [...(this.byFile(this.session.findingsFor([file])).get(file) ?? [])];
    const resultId = this.ids.idOf(items);
    if (file !== undefined) this.given.set(file, resultId);
    return resultId === previousResultId
      ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId }
      : { kind: DocumentDiagnosticReportKind.Full, resultId, items };
  }

  /** `workspace/diagnostic` */
  workspace({ previousResultIds }: WorkspaceDiagnosticParams): WorkspaceDiagnosticReport {
    const byFile = new Map(this.byFile());
    const before = new Map<string, { uri: string; value: string }>();
    for (const previous of (previousResultIds as typeof previousResultIds | null | undefined) ?? []) {
      const file = this.session.file(previous.uri);
      if (file === undefined) continue;
      before.set(file, previous);
      // Files that had findings and have none any more are named too, so that the client clears them.
      if (!byFile.has(file)) byFile.set(file, []);
    }
    return {
      items: [...byFile].map(([file, items]): WorkspaceDocumentDiagnosticReport => {
        const uri = before.get(file)?.uri ?? this.session.uri(file);
        const version = this.session.version(file);
        const resultId = this.ids.idOf(items);
        this.given.set(file, resultId);
        return before.get(file)?.value === resultId
          ? { kind: DocumentDiagnosticReportKind.Unchanged, uri, version, resultId }
          : { kind: DocumentDiagnosticReportKind.Full, uri, version, resultId, items: [...items] };
      }),
    };
  }

  private async settle(state: number): Promise<void> {
    try {
      if (!this.client.pullDiagnostics) this.pushOpen();
      while (this.session.advance()) {
        await new Promise(setImmediate);
        if (state !== this.state) return;
      }
      const byFile = this.byFile();
      if (this.client.pullDiagnostics) this.announce(byFile);
      else this.push(byFile);
      this.tell();
      this.status?.ready();
    } catch (error) {
      // What interrupted it may turn out to change nothing.
      if (error instanceof Interrupted) return this.changed();
      // Outside of a request nobody catches it, and the process would end.
      this.connection.console.error(`The analysis failed: ${(error as Error)?.stack ?? error}`);
    }
  }

  /**
   * Lets a client that asks know that it has something outdated. It asks for a file it edits by itself, but
   * does not know that the edit changed what others show.
   */
  private announce(byFile: ReadonlyMap<string, readonly Diagnostic[]>): void {
    const nothing = this.ids.idOf([]);
    let outdated = false;
    for (const file of new Set([...byFile.keys(), ...this.given.keys(), ...this.sent.keys()])) {
      const id = this.ids.idOf(byFile.get(file) ?? []);
      if (id !== (this.given.get(file) ?? nothing) && id !== this.sent.get(file)) outdated = true;
      this.sent.set(file, id);
    }
    if (!outdated || !this.client.refreshDiagnostics) return;
    this.connection.languages.diagnostics.refresh().catch((error: unknown) => {
      this.connection.console.warn(`The client refused to ask for findings again: ${error}`);
    });
  }

  /** The documents that the client shows do not wait for hosts that have nothing to do with them. */
  private pushOpen(): void {
    const { openFiles } = this.session;
    const findings = this.session.findingsFor(openFiles);
    this.push(this.byFile(findings), openFiles);
  }

  private push(byFile: ReadonlyMap<string, readonly Diagnostic[]>, files?: readonly string[]): void {
    // Open files are answered for even when they have no findings, so that the client knows the version was checked.
    for (const file of files ?? new Set([...byFile.keys(), ...this.sent.keys(), ...this.session.openFiles])) {
      const diagnostics = byFile.get(file) ?? [];
      const version = this.session.version(file) ?? undefined;
      const uri = this.session.uri(file);
      this.clearOther(file, uri);
      const state = `${version ?? ""}:${this.ids.idOf(diagnostics)}`;
      if (this.sent.get(file) === state) continue;
      if (version === undefined && diagnostics.length === 0) this.sent.delete(file);
      else this.sent.set(file, state);
      // What the client shows by this name may be about another file by now.
      if (version === undefined && diagnostics.length === 0 && (this.holders.get(uri) ?? file) !== file) continue;
      this.names.set(file, uri);
      this.holders.set(uri, file);
      const params = { uri, diagnostics: [...diagnostics], ...(version === undefined ? {} : { version }) };
      void this.connection.sendDiagnostics(params);
    }
  }

  /** Files that are left out would look as if nothing were wrong with them. Each reason is told once. */
  private tell(): void {
    for (const problem of this.session.problems) {
      if (this.told.has(problem)) continue;
      this.told.add(problem);
      const message = `Nix Impermanence: ${problem}.`;
      void this.connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message });
    }
  }

  /** A client may open a file by another name than it was called before it was open: what that one shows is outdated. */
  private clearOther(file: string, uri: string): void {
    const before = this.names.get(file);
    if (before === undefined || before === uri) return;
    this.names.delete(file);
    if (this.sent.delete(file) && this.holders.get(before) === file)
      void this.connection.sendDiagnostics({ uri: before, diagnostics: [] });
  }

  private byFile(findings = this.session.findings()): ReadonlyMap<string, readonly Diagnostic[]> {
    if (this.converted?.from !== findings) {
      this.converted = { from: findings, byFile: this.lists.of(findings) };
    }
    return this.converted.byFile;
  }
}
