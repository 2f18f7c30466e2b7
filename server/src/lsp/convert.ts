import {
  type CodeDescription,
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  type Location,
  type TextEdit as LspTextEdit,
  type Range,
  type TextDocumentEdit,
  type WorkspaceEdit,
} from "vscode-languageserver";
import { URI } from "vscode-uri";
import type { FixPlan } from "../edits/fix-plan.ts";
import type { TextEdit } from "../edits/text-edit.ts";
import type { Place } from "../eval/origin.ts";
import type { Locations } from "../report/locations.ts";
import { ruleUrl } from "../report/rule-url.ts";
import type { Finding, Severity } from "../rules/rule.ts";
import type { ClientCapabilities } from "./client-capabilities.ts";

/** The only place where offsets, paths and findings become what the protocol has for them. */

export function toUri(file: string): string {
  return URI.file(file).toString();
}

/** The path of a `file:` document; undefined for other schemes. */
export function fromUri(uri: string): string | undefined {
  const parsed = URI.parse(uri);
  return parsed.scheme === "file" ? parsed.fsPath.replaceAll("\\", "/") : undefined;
}

export function toRange(place: Place, locations: Locations): Range {
  return locations.range(place);
}

export function toLocation(place: Place, locations: Locations): Location {
  return { uri: toUri(place.file), range: toRange(place, locations) };
}

const SEVERITIES: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export function toDiagnostic(finding: Finding, locations: Locations, client: ClientCapabilities): Diagnostic {
  const related: DiagnosticRelatedInformation[] = finding.related.map(({ place, message }) => ({
    location: toLocation(place, locations),
    message,
  }));
  const description: CodeDescription = { href: ruleUrl(finding.rule) };
  return {
    range: toRange(finding.at, locations),
    severity: SEVERITIES[finding.severity],
    code: finding.code,
    source: "impermanence",
    message: finding.help ? `${finding.message}\n${finding.help}` : finding.message,
    ...(client.codeDescription ? { codeDescription: description } : {}),
    ...(client.relatedInformation && related.length > 0 ? { relatedInformation: related } : {}),
  };
}

/** The edits of a fix; `version` gives the version of open documents, so that a stale edit is refused. */
export function toWorkspaceEdit(
  plan: Pick<FixPlan, "edits">,
  locations: Locations,
  client: ClientCapabilities,
  version: (file: string) => number | null,
): WorkspaceEdit {
  const entries = [...plan.edits].map(([file, edits]) => ({ file, edits: toTextEdits(file, edits, locations) }));
  if (!client.documentChanges) {
    return { changes: Object.fromEntries(entries.map(({ file, edits }) => [toUri(file), edits])) };
  }
  const documentChanges: TextDocumentEdit[] = entries.map(({ file, edits }) => ({
    textDocument: { uri: toUri(file), version: version(file) },
    edits,
  }));
  return { documentChanges };
}

export function toTextEdits(file: string, edits: readonly TextEdit[], locations: Locations): LspTextEdit[] {
  return edits.map((edit) => ({
    range: toRange({ file, start: edit.start, end: edit.end }, locations),
    newText: edit.text,
  }));
}
