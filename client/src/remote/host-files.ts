import * as vscode from "vscode";
import { shownName } from "./shown.ts";

/** URI scheme of the read-only files that show one side of a changed file of a host. */
export const hostFileScheme = "impermanence-file";

const GONE = "This content is not kept any more. Open it again from the diff.\n";
/** Bytes that are kept beside what editors show. */
const MOST_KEPT = 64 * 1024 * 1024;

/** One side of a changed file. */
export interface HostFile {
  /** What the side is called. */
  readonly label: string;
  readonly path: string;
  readonly text: string;
}

/** How a file of a host changed. */
export interface HostFilePair {
  readonly host: string;
  readonly title: string;
  readonly before: HostFile;
  readonly after: HostFile;
  /** Forgotten as soon as no editor shows it. */
  readonly secret: boolean;
}

interface Side {
  readonly uri: vscode.Uri;
  readonly content: Uint8Array;
  readonly time: number;
}

interface Kept {
  readonly title: string;
  readonly sides: readonly [before: Side, after: Side];
  readonly secret: boolean;
  /** It belongs to an earlier diff. */
  old: boolean;
}

/**
 * Files of hosts, read-only and in memory alone: nothing is written to a disk, and reading one asks no host. A URI names
 * what was kept before; one that names nothing says so in its text.
 */
export class HostFiles implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changes.event;
  /** By what they were asked for. Insertion is the order of age. */
  private readonly kept = new Map<string, Kept>();
  private readonly window = Math.random().toString(36).slice(2, 10);
  private count = 0;
  private readonly subscriptions = [
    vscode.workspace.registerFileSystemProvider(hostFileScheme, this, {
      isCaseSensitive: true,
      isReadonly: new vscode.MarkdownString("A file of a host, as it was when it was read. It cannot be changed here."),
    }),
    vscode.window.tabGroups.onDidChangeTabs(({ closed }) => closed.length > 0 && this.tidy()),
    this.changes,
  ];

  /** Shows what is kept for the same question in this diff. False: nothing is. */
  async showKept(key: string): Promise<boolean> {
    const found = this.kept.get(key);
    if (!found || found.old) return false;
    await open(found);
    return true;
  }

  /** Keeps both sides of a file and compares them in an editor. @param key what was asked for */
  async show(key: string, { host, title, before, after, secret }: HostFilePair): Promise<void> {
    const kept: Kept = { title, sides: [this.side(host, before), this.side(host, after)], secret, old: false };
    this.kept.delete(key);
    this.kept.set(key, kept);
    await open(kept);
    this.tidy();
  }

  /** A new diff: what editors do not show any more is forgotten, and nothing is taken for it that was read before. */
  forget(): void {
    for (const one of this.kept.values()) one.old = true;
    this.tidy();
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { content, time } = this.at(uri);
    const permissions = vscode.FilePermission.Readonly;
    return { type: vscode.FileType.File, ctime: time, mtime: time, size: content.length, permissions };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.at(uri).content;
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.kept.clear();
    for (const one of this.subscriptions) one.dispose();
  }

  private side(host: string, { label, path, text }: HostFile): Side {
    // The path is for people; the query alone says which one it is.
    const shown = [host, label, ...path.split("/")].filter((part) => part !== "").map(shownName);
    const uri = vscode.Uri.from({
      ...{ scheme: hostFileScheme, path: `/${shown.join("/")}`, query: `${this.window}-${++this.count}` },
    });
    return { uri, content: Buffer.from(text), time: Date.now() };
  }

  private at(uri: vscode.Uri): Pick<Side, "content" | "time"> {
    for (const { sides } of this.kept.values()) for (const side of sides) if (side.uri.query === uri.query) return side;
    return { content: Buffer.from(GONE), time: 0 };
  }

  private tidy(): void {
    const shown = shownFiles();
    let bytes = 0;
    for (const [key, { sides, old, secret }] of [...this.kept].reverse()) {
      bytes += sides.reduce((sum, { content }) => sum + content.length, 0);
      const isShown = sides.some(({ uri }) => shown.has(uri.query));
      if (!isShown && (old || secret || bytes > MOST_KEPT)) this.kept.delete(key);
    }
  }
}

function open({ title, sides: [before, after] }: Kept): Thenable<unknown> {
  return vscode.commands.executeCommand("vscode.diff", before.uri, after.uri, title, { preview: true });
}

/** The queries of our URIs in the tabs of all groups. */
function shownFiles(): Set<string> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const uris = tabs.flatMap(({ input }) => {
    if (input instanceof vscode.TabInputTextDiff) return [input.original, input.modified];
    return input instanceof vscode.TabInputText ? [input.uri] : [];
  });
  return new Set(uris.filter(({ scheme }) => scheme === hostFileScheme).map(({ query }) => query));
}
