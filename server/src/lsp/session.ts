import path from "node:path";
import type { Analysis } from "../ide/analysis.ts";
import { Locations } from "../report/locations.ts";
import type { Finding } from "../rules/rule.ts";
import { defaultSettings, levelOf, type Settings } from "../settings.ts";
import type { NixParser } from "../syntax/parser.ts";
import { DiskWorkspace } from "../workspace/disk-workspace.ts";
import { LiveAnalysis } from "../workspace/live-analysis.ts";

/** An open document as the client counts it. */
interface OpenDocument {
  readonly text: string;
  readonly version: number;
}

/** The state behind one connection: folders, open documents, settings, and the analysis of all that. */
export class Session {
  private readonly parser: NixParser;
  private readonly documents = new Map<string, OpenDocument>();
  private roots: readonly string[];
  private settings: Settings = defaultSettings;
  private workspace: DiskWorkspace;
  private live: LiveAnalysis;
  private shown: { analysis: Analysis; findings: readonly Finding[] } | undefined;
  /** Milliseconds the last analysis took. */
  elapsed: number | undefined;

  constructor(parser: NixParser, roots: readonly string[]) {
    this.parser = parser;
    this.roots = roots;
    this.workspace = new DiskWorkspace(parser, roots);
    this.live = new LiveAnalysis(this.workspace);
  }

  get openFiles(): readonly string[] {
    return [...this.documents.keys()];
  }

  get files() {
    return this.workspace.files;
  }

  get hoverEnabled(): boolean {
    return this.settings.hover.enable;
  }

  version(file: string): number | null {
    return this.documents.get(file)?.version ?? null;
  }

  program(file: string) {
    return this.workspace.find(file);
  }

  open(file: string, text: string, version: number): void {
    this.documents.set(file, { text, version });
    this.shown = undefined;
    if (this.adopt(file)) return;
    this.live.update(file, text);
  }

  close(file: string): void {
    this.documents.delete(file);
    this.shown = undefined;
    this.live.close(file);
  }

  refresh(): void {
    this.shown = undefined;
    this.live.refresh();
  }

  applySettings(settings: Settings): void {
    const rescan = JSON.stringify(settings.check) !== JSON.stringify(this.settings.check);
    this.settings = settings;
    this.shown = undefined;
    if (rescan) this.rebuild();
  }

  changeRoots(roots: readonly string[]): void {
    this.roots = roots;
    this.rebuild();
  }

  /** The analysis of the current texts. */
  analysis(): Analysis {
    return this.results().analysis;
  }

  /** Its findings with the user's severities. */
  findings(): readonly Finding[] {
    return this.results().findings;
  }

  findingsIn(file: string): readonly Finding[] {
    return this.findings().filter(({ at }) => at.file === file);
  }

  /** Line tables for the current texts. */
  locations(): Locations {
    return new Locations((file) => this.workspace.find(file)?.text, this.roots[0] ?? "/");
  }

  private results() {
    if (!this.shown) {
      const start = performance.now();
      const analysis = this.live.current();
      this.elapsed = performance.now() - start;
      this.shown = { analysis, findings: analysis.findings.flatMap((finding) => this.leveled(finding)) };
    }
    return this.shown;
  }

  private leveled(finding: Finding): Finding[] {
    const level = levelOf(this.settings, { code: finding.code, name: finding.rule });
    if (level === undefined || level === finding.severity) return [finding];
    if (level === "off") return [];
    return [Object.create(finding, { severity: { value: level, enumerable: true } }) as Finding];
  }

  /** A file opened without its folder brings its folder along. */
  private adopt(file: string): boolean {
    if (this.workspace.files.covers(file)) return false;
    this.roots = [...this.roots, path.posix.dirname(file)];
    this.rebuild();
    return true;
  }

  private rebuild(): void {
    this.workspace = new DiskWorkspace(this.parser, this.roots, this.settings.check.exclude);
    this.live = new LiveAnalysis(this.workspace);
    for (const [file, { text }] of this.documents) this.live.update(file, text);
    this.shown = undefined;
  }
}
