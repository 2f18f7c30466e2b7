import type { Analysis } from "../ide/analysis.ts";
import { withUserLevels } from "../ide/user-levels.ts";
import { Locations } from "../report/locations.ts";
import type { Finding } from "../rules/rule.ts";
import { defaultSettings, type Settings } from "../settings.ts";
import type { NixParser } from "../syntax/parser.ts";
import { DiskWorkspace } from "../workspace/disk-workspace.ts";
import { LiveAnalysis } from "../workspace/live-analysis.ts";
import { type ClientPlaces, toUri } from "./convert.ts";
import { rootsFor } from "./roots.ts";

/** An open document as the client names and counts it. */
export interface OpenDocument {
  readonly uri: string;
  readonly text: string;
  readonly version: number;
}

/** Results for one state of the texts and settings. */
interface Shown {
  readonly analysis: Analysis;
  readonly findings: readonly Finding[];
  readonly locations: Locations;
}

/** The state behind one connection: folders, open documents, settings, and the analysis of all that. */
export class Session implements ClientPlaces {
  private readonly parser: NixParser;
  private readonly documents = new Map<string, OpenDocument>();
  /** Folders as the client gave them. */
  private folders: readonly string[];
  /** Those and the folders of documents that lie in none of them. */
  private roots: readonly string[];
  private settings: Settings = defaultSettings;
  private workspace: DiskWorkspace;
  private live: LiveAnalysis;
  private shown: Shown | undefined;
  /** Milliseconds the last analysis took. */
  elapsed: number | undefined;

  constructor(parser: NixParser, folders: readonly string[]) {
    this.parser = parser;
    this.folders = folders;
    this.roots = folders;
    this.workspace = new DiskWorkspace(parser, folders);
    this.live = new LiveAnalysis(this.workspace);
  }

  get openFiles(): readonly string[] {
    return [...this.documents.keys()];
  }

  get files() {
    return this.workspace.files;
  }

  /** Why some files of the folders may not be looked at. */
  get problems(): readonly string[] {
    return this.workspace.problems;
  }

  get hoverEnabled(): boolean {
    return this.settings.hover.enable;
  }

  /** As the client counts it; null when the file is not open. */
  version(file: string): number | null {
    return this.documents.get(file)?.version ?? null;
  }

  /** As the client writes it, when it has the file open. */
  uri(file: string): string {
    return this.documents.get(file)?.uri ?? toUri(file);
  }

  range(place: { readonly file: string; readonly start: number; readonly end: number }) {
    return this.results().locations.range(place);
  }

  program(file: string) {
    return this.workspace.find(file);
  }

  /** A document was opened or edited. */
  open(file: string, document: OpenDocument): void {
    const isNew = !this.documents.has(file);
    this.documents.set(file, document);
    this.shown = undefined;
    if (!isNew || !this.updateRoots()) this.live.update(file, document.text);
  }

  close(file: string): void {
    this.documents.delete(file);
    this.shown = undefined;
    if (!this.updateRoots()) this.live.close(file);
  }

  /** Files changed on disk. Answers whether that may matter. */
  changedOnDisk(files: readonly string[]): boolean {
    if (!files.some((file) => !this.documents.has(file) && this.live.concerns(file))) return false;
    this.refresh();
    return true;
  }

  /** Anything may have changed on disk. */
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

  changeFolders(added: readonly string[], removed: readonly string[]): void {
    const kept = this.folders.filter((folder) => !removed.includes(folder));
    this.folders = [...new Set([...kept, ...added])];
    this.updateRoots();
  }

  /** The analysis of the current texts. */
  analysis(): Analysis {
    return this.results().analysis;
  }

  /** Its findings with the user's severities. The same array until something changes. */
  findings(): readonly Finding[] {
    return this.results().findings;
  }

  /** Line tables for the current texts. */
  locations(): Locations {
    return this.results().locations;
  }

  private results(): Shown {
    if (!this.shown) {
      const start = performance.now();
      const analysis = this.live.current();
      this.elapsed = performance.now() - start;
      const { workspace, settings, roots } = this;
      const locations = new Locations((file) => workspace.find(file)?.text, roots[0] ?? "/");
      this.shown = { analysis, findings: withUserLevels(analysis.findings, settings), locations };
    }
    return this.shown;
  }

  /** Starts anew when folders or open documents make other roots. Answers whether they did. */
  private updateRoots(): boolean {
    const roots = rootsFor(this.folders, this.openFiles);
    if (roots.length === this.roots.length && roots.every((root, index) => root === this.roots[index])) return false;
    this.roots = roots;
    this.rebuild();
    return true;
  }

  private rebuild(): void {
    this.workspace.dispose();
    this.workspace = new DiskWorkspace(this.parser, this.roots, this.settings.check.exclude);
    this.live = new LiveAnalysis(this.workspace);
    for (const [file, { text }] of this.documents) this.live.update(file, text);
    this.shown = undefined;
  }
}
