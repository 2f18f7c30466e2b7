import type { Diagnostic } from "vscode-languageserver";
import type { Place } from "../eval/origin.ts";
import type { Finding } from "../rules/rule.ts";
import type { Program } from "../syntax/expr.ts";
import type { ClientCapabilities } from "./client-capabilities.ts";
import { type ClientPlaces, toDiagnostic } from "./convert.ts";
import type { Session } from "./session.ts";

interface FileList {
  readonly findings: readonly Finding[];
  readonly diagnostics: readonly Diagnostic[];
  /** The files that the findings point at, as they were. */
  readonly programs: ReadonlyMap<string, Program | undefined>;
}

/** What the lists are made from besides findings. */
export type Shown = ClientPlaces & Pick<Session, "program" | "documentChanges">;

/** Findings as the protocol has them. The list of a file stays the very same as long as it says the same. */
export class DiagnosticLists {
  private readonly session: Shown;
  private readonly client: ClientCapabilities;
  private before = new Map<string, FileList>();
  /** The documents by whose names the lists call files. */
  private documents: number | undefined;

  constructor(session: Shown, client: ClientCapabilities) {
    this.session = session;
    this.client = client;
  }

  /** The diagnostics of each file, in the order of the findings. */
  of(findings: readonly Finding[]): ReadonlyMap<string, readonly Diagnostic[]> {
    const byFile = new Map<string, Finding[]>();
    for (const finding of findings) {
      const list = byFile.get(finding.at.file);
      if (list) list.push(finding);
      else byFile.set(finding.at.file, [finding]);
    }
    const before = this.documents === this.session.documentChanges ? this.before : undefined;
    const now = new Map([...byFile].map(([file, own]) => [file, this.listOf(own, before?.get(file))]));
    this.before = now;
    this.documents = this.session.documentChanges;
    return new Map([...now].map(([file, { diagnostics }]) => [file, diagnostics]));
  }

  private listOf(findings: readonly Finding[], before: FileList | undefined): FileList {
    if (before && isSameList(before.findings, findings) && this.isCurrent(before)) return { ...before, findings };
    const files = findings.flatMap(({ at, related }) => [at.file, ...related.map(({ place }) => place.file)]);
    return {
      findings,
      diagnostics: findings.map((finding) => toDiagnostic(finding, this.session, this.client)),
      programs: new Map(files.map((file) => [file, this.program(file)])),
    };
  }

  /** Of files that are no Nix, such as impermanence.json, it cannot be told. */
  private isCurrent({ programs }: FileList): boolean {
    for (const [file, program] of programs) if (program === undefined || this.program(file) !== program) return false;
    return true;
  }

  private program(file: string): Program | undefined {
    return file.endsWith(".nix") ? this.session.program(file) : undefined;
  }
}

function isSameList(a: readonly Finding[], b: readonly Finding[]): boolean {
  return a.length === b.length && a.every((finding, index) => saysTheSame(finding, b[index] as Finding));
}

/** Whether two findings look the same; a rule that ran again tells its findings anew. Their fixes are asked for elsewhere. */
function saysTheSame(a: Finding, b: Finding): boolean {
  if (a === b) return true;
  if (a.code !== b.code || a.rule !== b.rule || a.severity !== b.severity || !isSamePlace(a.at, b.at)) return false;
  if (a.message !== b.message || a.help !== b.help || a.related.length !== b.related.length) return false;
  return a.related.every(({ place, message }, index) => {
    const other = b.related[index];
    return other !== undefined && message === other.message && isSamePlace(place, other.place);
  });
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.file === b.file && a.start === b.start && a.end === b.end;
}
