import {
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  type Location,
  type TextEdit as LspTextEdit,
  type MarkupContent,
  type MarkupKind,
  type Range,
  type TextDocumentEdit,
  type WorkspaceEdit,
} from "vscode-languageserver";
import { URI } from "vscode-uri";
import type { FixPlan } from "../edits/fix-plan.ts";
import type { TextEdit } from "../edits/text-edit.ts";
import type { Place } from "../eval/origin.ts";
import { normalisePath } from "../eval/path-name.ts";
import { plainText } from "../ide/plain-text.ts";
import { ruleUrl } from "../report/rule-url.ts";
import type { Finding, Severity } from "../rules/rule.ts";
import type { ClientCapabilities } from "./client-capabilities.ts";

/** The only place where offsets, paths and findings become what the protocol has for them. */

export function toUri(file: string): string {
  return URI.file(file).toString();
}

/** The path of a `file:` document, without a slash at its end; undefined for other schemes and for what is no URI. */
export function fromUri(uri: string): string | undefined {
  const path = pathOf(uri)?.replaceAll("\\", "/");
  // What does not begin with one slash has a drive or a server in front.
  if (path === undefined || !/^\/(?!\/)/.test(path)) return path?.replace(/(?<=[^/:])\/+$/, "");
  return normalisePath(path);
}

function pathOf(uri: string): string | undefined {
  // `localhost` is this machine, and so is a host without a name, which some write with two slashes too many.
  const local = uri.replace(/^file:\/\/(localhost(?=\/)|\/(?=\/))/i, "file://");
  try {
    const parsed = URI.parse(local);
    return parsed.scheme.toLowerCase() === "file" ? parsed.fsPath : undefined;
  } catch {
    return undefined;
  }
}

/** Where things are, in the words of the client. */
export interface ClientPlaces {
  range(place: Place): Range;
  uri(file: string): string;
  /** Null for a file that is not open. */
  version(file: string): number | null;
}

export function toLocation(place: Place, places: ClientPlaces): Location {
  return { uri: places.uri(place.file), range: places.range(place) };
}

const SEVERITIES: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export function toDiagnostic(finding: Finding, places: ClientPlaces, client: ClientCapabilities): Diagnostic {
  const related: DiagnosticRelatedInformation[] = finding.related.map(({ place, message }) => ({
    location: toLocation(place, places),
    message,
  }));
  const href = ruleUrl(finding);
  return {
    range: places.range(finding.at),
    severity: SEVERITIES[finding.severity],
    code: finding.code,
    source: "impermanence",
    message: finding.help ? `${finding.message}\n${finding.help}` : finding.message,
    ...(client.codeDescription && href ? { codeDescription: { href } } : {}),
    ...(client.relatedInformation && related.length > 0 ? { relatedInformation: related } : {}),
  };
}

/** The edits of a fix, for the versions the client has open, so that a stale edit is refused. */
export function toWorkspaceEdit(
  plan: Pick<FixPlan, "edits">,
  places: ClientPlaces,
  client: ClientCapabilities,
): WorkspaceEdit {
  const entries = [...plan.edits].map(([file, edits]) => ({ file, edits: toTextEdits(file, edits, places) }));
  if (!client.documentChanges) {
    return { changes: Object.fromEntries(entries.map(({ file, edits }) => [places.uri(file), edits])) };
  }
  const documentChanges: TextDocumentEdit[] = entries.map(({ file, edits }) => ({
    textDocument: { uri: places.uri(file), version: places.version(file) },
    edits,
  }));
  return { documentChanges };
}

function toTextEdits(file: string, edits: readonly TextEdit[], places: ClientPlaces): LspTextEdit[] {
  return edits.map(({ start, end, text }) => ({ range: places.range({ file, start, end }), newText: text }));
}

/** A text in the format that the client shows. */
export function markup(markdown: string, kind: MarkupKind): MarkupContent {
  return { kind, value: kind === "plaintext" ? plainText(markdown) : markdown };
}
