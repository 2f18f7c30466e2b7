import path from "node:path";
import type { AnalysisSource } from "../ide/analysis.ts";
import type { Program } from "../syntax/expr.ts";
import type { NixParser } from "../syntax/parser.ts";
import { DiskFiles } from "./disk-files.ts";
import { findNixFiles } from "./find-nix-files.ts";
import { OverlayFiles } from "./overlay-files.ts";
import { ProgramStore } from "./program-store.ts";

/** Folders on disk with the documents an editor has open laid over them. */
export class DiskWorkspace implements AnalysisSource {
  readonly files: OverlayFiles;
  readonly programs: ProgramStore;
  /** Why some files may not be listed. */
  readonly problems: string[] = [];
  private readonly roots: readonly string[];
  private readonly exclude: readonly string[];
  private listed: readonly string[] | undefined;
  private readonly disk: DiskFiles;

  constructor(parser: NixParser, roots: readonly string[], exclude: readonly string[] = []) {
    this.roots = roots.map((root) => toSlashes(path.resolve(root)));
    this.exclude = exclude;
    this.disk = new DiskFiles(this.roots);
    this.files = new OverlayFiles(this.disk);
    this.programs = new ProgramStore(parser, this.files);
  }

  get nixFiles(): readonly string[] {
    if (!this.listed) {
      const found = this.roots.flatMap((root) => {
        const { files, problem } = findNixFiles(root, this.exclude);
        if (problem) this.problems.push(problem);
        return files;
      });
      this.listed = [...new Set([...found, ...this.files.openPaths()])].sort();
    }
    return this.listed;
  }

  find(file: string): Program | undefined {
    return this.programs.find(file);
  }

  openDocument(file: string, text: string): void {
    const known = this.files.kind(file) !== undefined;
    this.files.open(file, text);
    this.programs.openDocument(file, text);
    if (!known) this.listed = undefined;
  }

  closeDocument(file: string): void {
    this.files.close(file);
    this.programs.closeDocument(file);
    this.disk.refresh();
  }

  /** Files changed, appeared or went on disk. */
  refresh(): void {
    this.listed = undefined;
    this.problems.length = 0;
    this.disk.refresh();
    this.programs.refresh();
  }
}

export function toSlashes(file: string): string {
  return file.split(path.sep).join("/");
}
