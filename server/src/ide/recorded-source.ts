import type { FileKind, FileSource } from "../eval/file-source.ts";
import type { ProgramSource } from "../eval/interpreter.ts";
import type { Program } from "../syntax/expr.ts";

interface Source {
  readonly files: FileSource;
  readonly programs: ProgramSource;
  readonly nixFiles: readonly string[];
}

/**
 * A source that notes what is read through it. Evaluation is lazy: a hover or a fix may read more files
 * long after the analysis, so the sets grow, and whoever asks whether a result is outdated asks them live.
 */
export class RecordedSource implements Source {
  /** Files whose content was asked for, whether there was any or not. */
  readonly asked = new Set<string>();
  /** Nix files that were read as programs. */
  readonly evaluated = new Set<string>();
  /** Files that were read as texts. */
  readonly texts = new Set<string>();
  readonly files: FileSource;
  readonly programs: ProgramSource;
  private readonly behind: Source;

  constructor(behind: Source) {
    this.behind = behind;
    this.files = new RecordedFiles(behind.files, this.asked, this.texts);
    this.programs = {
      program: (path) => this.program(path),
      parse: (path, text) => behind.programs.parse(path, text),
    };
  }

  get nixFiles(): readonly string[] {
    return this.behind.nixFiles;
  }

  private program(path: string): Program | { readonly why: string } {
    this.asked.add(path);
    const program = this.behind.programs.program(path);
    if (!("why" in program)) this.evaluated.add(path);
    return program;
  }
}

class RecordedFiles implements FileSource {
  private readonly behind: FileSource;
  private readonly asked: Set<string>;
  private readonly texts: Set<string>;

  constructor(behind: FileSource, asked: Set<string>, texts: Set<string>) {
    this.behind = behind;
    this.asked = asked;
    this.texts = texts;
  }

  stored(narHash: string): string | undefined {
    return this.behind.stored?.(narHash);
  }

  covers(path: string): boolean {
    return this.behind.covers(path);
  }

  kind(path: string): FileKind | undefined {
    return this.behind.kind(path);
  }

  read(path: string): { text: string } | { why: string } {
    this.asked.add(path);
    this.texts.add(path);
    return this.behind.read(path);
  }

  list(path: string): ReadonlyMap<string, FileKind> | undefined {
    return this.behind.list(path);
  }
}
