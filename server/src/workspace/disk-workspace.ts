import path from "node:path";
import { parentPath } from "../eval/path-name.ts";
import type { AnalysisSource } from "../ide/analysis.ts";
import { isConfigFile, type ProjectConfig } from "../ide/project-config/project-config.ts";
import type { Program } from "../syntax/expr.ts";
import type { NixParser } from "../syntax/parser.ts";
import { DiskFiles } from "./disk-files.ts";
import { Exclusion } from "./exclusion.ts";
import { findNixFiles } from "./find-nix-files.ts";
import { OverlayFiles } from "./overlay-files.ts";
import { ProgramStore } from "./program-store.ts";
import { ProjectConfigs } from "./project-configs.ts";
import { isTopOfProject } from "./project-root.ts";
import { readRegularFile } from "./read-regular-file.ts";

/** Folders on disk with the documents an editor has open laid over them. */
export class DiskWorkspace implements AnalysisSource {
  readonly files: OverlayFiles;
  readonly programs: ProgramStore;
  private readonly roots: readonly string[];
  private readonly flat: ReadonlySet<string>;
  private readonly exclusions: readonly Exclusion[];
  private readonly disk: DiskFiles;
  private readonly projectConfigs: ProjectConfigs;
  /** The files that were asked about, which are the same few hundred at every keystroke. */
  private readonly excluded = new Map<string, boolean>();
  private listing: { readonly files: readonly string[]; readonly problems: readonly string[] } | undefined;

  /**
   * `store` is the Nix store, when inputs of flakes may be read from it; `flat` are roots of which only the files right
   * in them are looked at, and what these import.
   */
  constructor(
    parser: NixParser,
    roots: readonly string[],
    exclude: readonly string[] = [],
    store?: string,
    flat: readonly string[] = [],
  ) {
    this.roots = [...new Set(roots.map((root) => toSlashes(path.resolve(root))))];
    this.flat = new Set(flat.map((root) => toSlashes(path.resolve(root))));
    this.exclusions = this.roots.map((root) => new Exclusion(root, exclude));
    this.disk = new DiskFiles(this.roots, store);
    this.files = new OverlayFiles(this.disk);
    this.programs = new ProgramStore(parser, this.files);
    this.projectConfigs = new ProjectConfigs({
      read: (path) => this.configText(path),
      isTop: (folder) => isTopOfProject(folder),
    });
  }

  configFor(file: string): ProjectConfig | undefined {
    return this.projectConfigs.for(file);
  }

  configs(): readonly ProjectConfig[] {
    const places = [...this.roots, ...this.nixFiles.map(parentPath)];
    return [...new Set(places.flatMap((folder) => this.projectConfigs.at(folder) ?? []))];
  }

  /** The text of a file, as the analysis reads it. */
  text(file: string): string | undefined {
    if (!isConfigFile(file)) return this.find(file)?.text;
    return this.configText(file);
  }

  get nixFiles(): readonly string[] {
    return this.list().files;
  }

  /** Why some files may not be listed. */
  get problems(): readonly string[] {
    return this.list().problems;
  }

  find(file: string): Program | undefined {
    return this.programs.find(file);
  }

  isExcluded(file: string): boolean {
    const known = this.excluded.get(file) ?? this.readIsExcluded(file);
    this.excluded.set(file, known);
    return known;
  }

  private readIsExcluded(file: string): boolean {
    // What others wrote and the store keeps is read, not judged.
    return (
      this.disk.isStored(file) ||
      this.exclusions.some((exclusion) => exclusion.excludes(file)) ||
      this.configFor(file)?.excludes(file) === true
    );
  }

  /** An editor shows this text. */
  openDocument(file: string, text: string): void {
    if (this.files.kind(file) === undefined) this.listing = undefined;
    this.files.open(file, text);
    if (isConfigFile(file)) this.refresh();
    else this.programs.openDocument(file, text);
  }

  /** What is on disk counts again, if there is anything. */
  closeDocument(file: string): void {
    this.files.close(file);
    this.programs.closeDocument(file);
    this.disk.refresh();
    this.excluded.clear();
    if (this.files.kind(file) === undefined) this.listing = undefined;
    if (isConfigFile(file)) this.refresh();
  }

  /** Files changed, appeared or went on disk. */
  refresh(): void {
    this.listing = undefined;
    this.excluded.clear();
    this.projectConfigs.refresh();
    this.disk.refresh();
    this.programs.refresh();
  }

  /** Frees what the parser keeps for open documents; the workspace is not used afterwards. */
  dispose(): void {
    this.programs.dispose();
  }

  /** Configurations may lie above the folders of the workspace, where nothing else is read. */
  private configText(file: string): string | undefined {
    const open = this.files.openText(file);
    if (open !== undefined) return open;
    const read = readRegularFile(file);
    return "text" in read ? read.text : undefined;
  }

  private list() {
    if (!this.listing) {
      const found = this.roots.map((root, index) =>
        findNixFiles(root, this.exclusions[index] as Exclusion, !this.flat.has(root)),
      );
      const open = this.files.openPaths().filter((file) => this.files.covers(file) && !this.isExcluded(file));
      const kept = found.flatMap((one) => one.files).filter((file) => this.configFor(file)?.excludes(file) !== true);
      const files = [...new Set([...kept, ...open.filter((file) => file.endsWith(".nix"))])].sort();
      this.listing = { files, problems: found.flatMap(({ problem }) => problem ?? []) };
    }
    return this.listing;
  }
}

export function toSlashes(file: string): string {
  return file.split(path.sep).join("/");
}
