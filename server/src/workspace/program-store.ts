import type { FileSource } from "../eval/file-source.ts";
import type { ProgramSource } from "../eval/interpreter.ts";
import type { Program } from "../syntax/expr.ts";
import type { NixParser, ParsedFile } from "../syntax/parser.ts";

/**
 * Parsed files, kept as long as their text stays the same. Open documents replace what is on disk and are
 * parsed incrementally.
 */
export class ProgramStore implements ProgramSource {
  private readonly parser: NixParser;
  readonly files: FileSource;
  private readonly parsed = new Map<string, ParsedFile>();
  private readonly open = new Map<string, string>();
  /** Files whose text was compared with the cache since the last `refresh`. */
  private readonly fresh = new Set<string>();

  constructor(parser: NixParser, files: FileSource) {
    this.parser = parser;
    this.files = files;
  }

  program(path: string): Program | { readonly why: string } {
    const cached = this.parsed.get(path);
    if (cached && this.fresh.has(path)) return cached.program;
    const text = this.text(path);
    if (typeof text !== "string") {
      this.forget(path);
      return text;
    }
    this.fresh.add(path);
    if (cached?.program.text === text) return cached.program;
    const next = this.parser.parse(path, text, cached);
    if (!this.open.has(path)) next.dispose();
    this.parsed.set(path, next);
    return next.program;
  }

  /** The program, or undefined where `program` gives a reason. */
  find(path: string): Program | undefined {
    const program = this.program(path);
    return "why" in program ? undefined : program;
  }

  parse(path: string, text: string): Program {
    const parsed = this.parser.parse(path, text);
    parsed.dispose();
    return parsed.program;
  }

  /** An editor shows this text for the file, saved or not. */
  openDocument(path: string, text: string): void {
    this.open.set(path, text);
    this.fresh.delete(path);
  }

  closeDocument(path: string): void {
    this.open.delete(path);
    this.fresh.delete(path);
    this.parsed.get(path)?.dispose();
  }

  /** Frees all trees; the store is not used afterwards. */
  dispose(): void {
    for (const parsed of this.parsed.values()) parsed.dispose();
    this.parsed.clear();
    this.open.clear();
  }

  /** Files may have changed on disk: without paths, any of them. */
  refresh(paths?: readonly string[]): void {
    if (!paths) this.fresh.clear();
    for (const path of paths ?? []) this.fresh.delete(path);
  }

  private text(path: string): string | { why: string } {
    const open = this.open.get(path);
    if (open !== undefined) return open;
    const read = this.files.read(path);
    return "text" in read ? read.text : read;
  }

  private forget(path: string): void {
    this.parsed.get(path)?.dispose();
    this.parsed.delete(path);
    this.fresh.delete(path);
  }
}
