import {
  type Connection,
  type Diagnostic,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  type WorkspaceDiagnosticParams,
  type WorkspaceDiagnosticReport,
  type WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver";
import { methods, type Status } from "../protocol.ts";
import type { ClientCapabilities } from "./client-capabilities.ts";
import { fromUri, toDiagnostic, toUri } from "./convert.ts";
import type { Session } from "./session.ts";

/** Milliseconds without a change before findings are sent to clients that do not ask for them. */
const QUIET = 30;

/**
 * Brings findings to the client: sent after a short quiet time, or given when asked. Either way they are
 * computed from the texts of that moment, so an outdated finding is never shown.
 */
export class DiagnosticsChannel {
  private readonly connection: Connection;
  private readonly session: Session;
  private readonly client: ClientCapabilities;
  private timer: NodeJS.Timeout | undefined;
  /** What each file shows at the client, as sent. */
  private readonly sent = new Map<string, string>();
  private readonly results = new ResultIds();

  constructor(connection: Connection, session: Session, client: ClientCapabilities) {
    this.connection = connection;
    this.session = session;
    this.client = client;
  }

  /** Something changed: findings may be different now. */
  changed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), QUIET);
  }

  /** `textDocument/diagnostic` */
  document({ textDocument, previousResultId }: DocumentDiagnosticParams): DocumentDiagnosticReport {
    const file = fromUri(textDocument.uri);
    const items = file === undefined ? [] : (this.byFile().get(file) ?? []);
    const resultId = this.results.idOf(items);
    return resultId === previousResultId
      ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId }
      : { kind: DocumentDiagnosticReportKind.Full, resultId, items };
  }

  /** `workspace/diagnostic` */
  workspace({ previousResultIds }: WorkspaceDiagnosticParams): WorkspaceDiagnosticReport {
    const byFile = this.byFile();
    const before = new Map(previousResultIds.map(({ uri, value }) => [uri, value]));
    // Files that had findings and have none any more are named too, so that the client clears them.
    for (const uri of before.keys()) {
      const file = fromUri(uri);
      if (file !== undefined && !byFile.has(file)) byFile.set(file, []);
    }
    return {
      items: [...byFile].map(([file, items]): WorkspaceDocumentDiagnosticReport => {
        const uri = toUri(file);
        const resultId = this.results.idOf(items);
        const version = this.session.version(file);
        return before.get(uri) === resultId
          ? { kind: DocumentDiagnosticReportKind.Unchanged, uri, version, resultId }
          : { kind: DocumentDiagnosticReportKind.Full, uri, version, resultId, items };
      }),
    };
  }

  private settle(): void {
    this.sendStatus();
    if (this.client.pullDiagnostics) {
      if (this.client.refreshDiagnostics) this.connection.languages.diagnostics.refresh();
      return;
    }
    const byFile = this.byFile();
    for (const file of this.sent.keys()) if (!byFile.has(file)) byFile.set(file, []);
    for (const [file, diagnostics] of byFile) {
      const version = this.session.version(file) ?? undefined;
      const text = JSON.stringify(diagnostics);
      if (this.sent.get(file) === `${version} ${text}`) continue;
      this.sent.set(file, `${version} ${text}`);
      void this.connection.sendDiagnostics({
        uri: toUri(file),
        diagnostics,
        ...(version === undefined ? {} : { version }),
      });
    }
  }

  private byFile(): Map<string, Diagnostic[]> {
    const locations = this.session.locations();
    const byFile = new Map<string, Diagnostic[]>();
    for (const finding of this.session.findings()) {
      const { file } = finding.at;
      const list = byFile.get(file) ?? [];
      list.push(toDiagnostic(finding, locations, this.client));
      byFile.set(file, list);
    }
    return byFile;
  }

  private sendStatus(): void {
    if (!this.client.status) return;
    const analysis = this.session.analysis();
    const findings = this.session.findings();
    const files = this.session.openFiles.map((file) => {
      const hosts = analysis.hosts.filter((host) => host.files.has(file)).map(({ host }) => host.name);
      const own = findings.filter((finding) => finding.hosts.some((name) => hosts.includes(name)));
      return {
        uri: toUri(file),
        hosts,
        findings: own.length,
        findingsInFile: own.filter(({ at }) => at.file === file).length,
      };
    });
    const { elapsed } = this.session;
    const status: Status = { busy: false, files, ...(elapsed === undefined ? {} : { elapsed }) };
    void this.connection.sendNotification(methods.status, status);
  }
}

/** Short names for lists of diagnostics: the same list has the same name. */
class ResultIds {
  private readonly ids = new Map<string, string>();
  idOf(items: readonly Diagnostic[]): string {
    const text = JSON.stringify(items);
    let id = this.ids.get(text);
    if (!id) {
      if (this.ids.size > 2_000) this.ids.clear();
      id = `${++this.next}`;
      this.ids.set(text, id);
    }
    return id;
  }
  private next = 0;
}
