import type { FileKind, FileSource } from "../eval/file-source.ts";

/** A file source with open documents in front of it: what an editor shows counts, saved or not. */
export class OverlayFiles implements FileSource {
  private readonly behind: FileSource;
  private readonly documents = new Map<string, string>();

  constructor(behind: FileSource) {
    this.behind = behind;
  }

  open(path: string, text: string): void {
    this.documents.set(path, text);
  }

  close(path: string): void {
    this.documents.delete(path);
  }

  /** The text of an open document. */
  openText(path: string): string | undefined {
    return this.documents.get(path);
  }

  openPaths(): string[] {
    return [...this.documents.keys()];
  }

  stored(narHash: string): string | undefined {
    return this.behind.stored?.(narHash);
  }

  covers(path: string): boolean {
    return this.behind.covers(path);
  }

  kind(path: string): FileKind | undefined {
    if (this.documents.has(path)) return "regular";
    return this.behind.kind(path) ?? (this.below(path).length > 0 ? "directory" : undefined);
  }

  read(path: string): { text: string } | { why: string } {
    const text = this.documents.get(path);
    return text === undefined ? this.behind.read(path) : { text };
  }

  list(path: string): ReadonlyMap<string, FileKind> | undefined {
    const entries = this.behind.list(path);
    const added = this.below(path);
    if (added.length === 0) return entries;
    return new Map([
      ...(entries ?? []),
      ...added.map((name): [string, FileKind] => {
        const [first = name, ...rest] = name.split("/");
        return [first, rest.length > 0 ? "directory" : "regular"];
      }),
    ]);
  }

  /** Documents below a folder, which may exist in no other way, by their path from there. */
  private below(path: string): string[] {
    const prefix = path === "/" ? "/" : `${path}/`;
    return [...this.documents.keys()].flatMap((file) => (file.startsWith(prefix) ? file.slice(prefix.length) : []));
  }
}
