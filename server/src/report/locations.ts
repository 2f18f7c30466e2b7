import type { Place } from "../eval/origin.ts";
import { LineIndex } from "../syntax/positions.ts";

export interface RangeJson {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/**
 * Turns offsets into lines and absolute paths into shown ones. It keeps line tables, which are wrong as soon as a text
 * changes: whoever keeps it over a change says which.
 */
export class Locations {
  private readonly indexes = new Map<string, LineIndex>();
  private readonly read: (path: string) => string | undefined;
  private readonly base: string;

  /** `read` gives the text the offsets belong to; `base` is the directory that shown paths start from. */
  constructor(read: (path: string) => string | undefined, base: string) {
    this.read = read;
    this.base = base.endsWith("/") ? base : `${base}/`;
  }

  /** The file has another text now. */
  forget(file: string): void {
    this.indexes.delete(file);
  }

  text(file: string): string {
    return this.read(file) ?? "";
  }

  /** One line of a file, without its line break; lines count from 0. */
  line(file: string, line: number): string {
    const index = this.index(file);
    return this.text(file).slice(index.lineStart(line), index.lineEnd(line));
  }

  range(place: Place): RangeJson {
    const index = this.index(place.file);
    return { start: index.position(place.start), end: index.position(place.end) };
  }

  /** Relative to the base when the file lies below it. */
  shown(file: string): string {
    return file.startsWith(this.base) ? file.slice(this.base.length) : file;
  }

  location(place: Place): { file: string; range: RangeJson } {
    return { file: this.shown(place.file), range: this.range(place) };
  }

  private index(file: string): LineIndex {
    let index = this.indexes.get(file);
    if (!index) {
      index = new LineIndex(this.text(file));
      this.indexes.set(file, index);
    }
    return index;
  }
}
