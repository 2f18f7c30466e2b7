import path from "node:path";
import type { AnalysisSource } from "../ide/analysis.ts";
import type { Program } from "../syntax/expr.ts";
import type { NixParser } from "../syntax/parser.ts";
import { DiskFiles } from "./disk-files.ts";
import { Exclusion } from "./exclusion.ts";
import { findNixFiles } from "./find-nix-files.ts";
import { OverlayFiles } from "./overlay-files.ts";
import { ProgramStore } from "./program-store.ts";

/** Folders on disk with the documents an editor has open laid over them. */
export class DiskWorkspace implements AnalysisSource {
  readonly files: OverlayFiles;
  readonly programs: ProgramStore;
  private readonly roots: readonly string[];
  private readonly exclusions: readonly Exclusion[];
  private readonly disk: DiskFiles;
  private listing: { readonly files: readonly string[]; readonly problems: readonly string[] } | undefined;

  constructor(parser: NixParser, roots: readonly string[], exclude: readonly string[] = []) {
    this.roots = [...new Set(roots.map((root) => toSlashes(path.resolve(root))))];
    this.exclusions = this.roots.map((root) => new Exclusion(root, exclude));
    this.disk = new DiskFiles(this.roots);
    this.files = new OverlayFiles(this.disk);
    this.programs = new ProgramStore(parser, this.files);
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
    return this.exclusions.some((exclusion) => exclusion.excludes(file));
  }

  /** An editor shows this text. */
  openDocument(file: string, text: string): void {
    if (this.files.kind(file) === undefined) this.listing = undefined;
    this.files.open(file, text);
    this.programs.openDocument(file, text);
  }

  /** What is on disk counts again, if there is anything. */
  closeDocument(file: string): void {
    this.files.close(file);
    this.programs.closeDocument(file);
    this.disk.refresh();
    if (this.files.kind(file) === undefined) this.listing = undefined;
  }

  /** Files changed, appeared or went on disk. */
  refresh(): void {
    this.listing = undefined;
    this.disk.refresh();
    this.programs.refresh();
  }

  /** Frees what the parser keeps for open documents; the workspace is not used afterwards. */
  dispose(): void {
    this.programs.dispose();
  }

  private list() {
    if (!this.listing) {
      const found = this.roots.map((root, index) => findNixFiles(root, this.exclusions[index] as Exclusion));
      const open = this.files.openPaths().filter((file) => this.files.covers(file) && !this.isExcluded(file));
      const files = [...new Set([...found.flatMap((one) => one.files), ...open])].sort();
      this.listing = { files, problems: found.flatMap(({ problem }) => problem ?? []) };
    }
    return this.listing;
  }
}

export function toSlashes(file: string): string {
  return file.split(path.sep).join("/");
}
