import type { Analysis } from "../ide/analysis.ts";
import { withUserLevels } from "../ide/user-levels.ts";
import { Locations } from "../report/locations.ts";
import type { Finding } from "../rules/rule.ts";
import { defaultSettings, type Settings } from "../settings.ts";
import type { NixParser } from "../syntax/parser.ts";
import { NIX_STORE } from "../workspace/disk-files.ts";
import { DiskWorkspace } from "../workspace/disk-workspace.ts";
import { LinkedFolders } from "../workspace/linked-folders.ts";
import { LiveAnalysis, type LiveAnalysisOptions } from "../workspace/live-analysis.ts";
import { type ClientPlaces, fromUri, toUri } from "./convert.ts";
import { flatRoots, rootsFor } from "./roots.ts";

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
}

/** The state behind one connection: folders, open documents, settings, and the analysis of all that. */
export class Session implements ClientPlaces {
  private readonly parser: NixParser;
  private documents = new Map<string, OpenDocument>();
  /** Folders as the client gave them. */
  private folders: readonly string[];
  private links: LinkedFolders;
  /** Those and the folders of documents that lie in none of them. */
  private roots: readonly string[];
  private settings: Settings = defaultSettings;
  private workspace: DiskWorkspace;
  private live: LiveAnalysis;
  private shown: Shown | undefined;
  private lines: Locations | undefined;
  /** Grows when a document is opened or closed: then files may have other names for the client. */
  documentChanges = 0;
  /** Milliseconds the last analysis took. */
  elapsed: number | undefined;
  /** Milliseconds that went into the one under way. */
  private spent = 0;
  private readonly options: LiveAnalysisOptions;

  constructor(parser: NixParser, folders: readonly string[], options: LiveAnalysisOptions = {}) {
    this.parser = parser;
    this.folders = folders;
    this.links = new LinkedFolders(folders);
    this.roots = folders;
    this.options = options;
    this.workspace = new DiskWorkspace(parser, folders);
    this.live = new LiveAnalysis(this.workspace, options);
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

  get completionEnabled(): boolean {
    return this.settings.completion.enable;
  }

  get lensEnabled(): boolean {
    return this.settings.lens.enable;
  }

  /** As the client counts it; null when the file is not open. */
  version(file: string): number | null {
    return this.documents.get(file)?.version ?? null;
  }

  /** The file that a client means by a name; undefined for what is none on disk. */
  file(uri: string): string | undefined {
    const path = fromUri(uri);
    return path === undefined ? undefined : this.links.pathOf(path);
  }

  /** As the client writes it, when it has the file open. */
  uri(file: string): string {
    return this.documents.get(file)?.uri ?? toUri(file);
  }

  range(place: { readonly file: string; readonly start: number; readonly end: number }) {
    return this.locations().range(place);
  }

  program(file: string) {
    return this.workspace.find(file);
  }

  /** A document was opened or edited. */
  open(file: string, document: OpenDocument): void {
    const isNew = !this.documents.has(file);
    // A client may write the name of a document in another way.
    if (this.documents.get(file)?.uri !== document.uri) this.documentChanges++;
    this.documents.set(file, document);
    this.outdate(file);
    if (!isNew || !this.updateRoots()) this.live.update(file, document.text);
  }

  close(file: string): void {
    this.documents.delete(file);
    this.documentChanges++;
    this.outdate(file);
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
    this.outdate();
    this.live.refresh();
  }

  applySettings(settings: Settings): void {
    const sources = ({ check, readInputsFromStore }: Settings) => JSON.stringify([check, readInputsFromStore]);
    const rescan = sources(settings) !== sources(this.settings);
    this.settings = settings;
    this.outdate();
    if (rescan) this.rebuild();
  }

  changeFolders(added: readonly string[], removed: readonly string[]): void {
    const kept = this.folders.filter((folder) => !removed.includes(folder));
    this.folders = [...new Set([...kept, ...added])];
    this.links = new LinkedFolders(this.folders);
    this.documents = new Map(
      [...this.documents].map(([file, document]) => [this.file(document.uri) ?? file, document]),
    );
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

  /**
   * Findings of the hosts that read these files, which are computed first; other hosts may be missing. The same array
   * as that of {@link findings} when none is.
   */
  findingsFor(files: readonly string[]): readonly Finding[] {
    if (this.shown) return this.shown.findings;
    const analysis = this.timed(() => this.live.currentFor(files));
    if (this.live.isComplete) return this.findings();
    return this.withLevels(analysis.findings);
  }

  /** Computes a part of what is missing, about one host. Answers whether there was anything to do. */
  advance(): boolean {
    return !this.shown && this.timed(() => this.live.advance());
  }

  /**
   * Hands out the workspace, which may be shown other texts meanwhile, with the texts that editors show. Everything is
   * looked at anew afterwards.
   */
  withWorkspace<T>(use: (workspace: DiskWorkspace, shown: ReadonlyMap<string, string>) => T): T {
    const shown = new Map([...this.documents].map(([file, { text }]) => [file, text]));
    try {
      return use(this.workspace, shown);
    } finally {
      this.refresh();
    }
  }

  /** The folder of the workspace that a file lies in. */
  folderOf(file: string): string | undefined {
    return this.roots.find((root) => file.startsWith(`${root}/`));
  }

  /** Line tables for the current texts. */
  locations(): Locations {
    this.lines ??= this.newLocations();
    return this.lines;
  }

  private results(): Shown {
    if (!this.shown) {
      const analysis = this.timed(() => this.live.current());
      this.elapsed = this.spent;
      this.spent = 0;
      this.shown = { analysis, findings: this.withLevels(analysis.findings) };
    }
    return this.shown;
  }

  private withLevels(findings: readonly Finding[]): readonly Finding[] {
    const configFor = (file: string) => this.workspace.configFor(file);
    return withUserLevels(
      findings,
      this.settings,
      ({ code, at }) => configFor(at.file)?.levelOf(code, at.file) !== undefined,
    );
  }

  /** A file, or anything, changed: results and lines are those of earlier texts. */
  private outdate(file?: string): void {
    this.shown = undefined;
    if (file === undefined) this.lines = undefined;
    else this.lines?.forget(file);
    this.spent = 0;
  }

  private newLocations(): Locations {
    const { workspace, roots } = this;
    return new Locations((file) => workspace.text(file), roots[0] ?? "/");
  }

  private timed<T>(work: () => T): T {
    const start = performance.now();
    try {
      return work();
    } finally {
      this.spent += performance.now() - start;
    }
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
    const { check, readInputsFromStore } = this.settings;
    const store = readInputsFromStore ? NIX_STORE : undefined;
    const flat = flatRoots(this.roots, this.folders);
    this.workspace = new DiskWorkspace(this.parser, this.roots, check.exclude, store, flat);
    this.live = new LiveAnalysis(this.workspace, this.options);
    for (const [file, { text }] of this.documents) this.live.update(file, text);
    this.outdate();
  }
}
