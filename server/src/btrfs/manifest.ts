import { type Change, type EntryType, sortByPath } from "./changes.ts";
import { type BytePath, pathOfBytes } from "./paths.ts";

/**
 * What `find` is asked to print for each entry; it ends with a zero byte. The target of a link stands right behind its
 * path: the size of a link is the length of its target, so both can be told apart whatever they hold.
 */
export const MANIFEST_FORMAT = "%i\\t%y\\t%m\\t%U\\t%G\\t%s\\t%T@\\t%C@\\t%P%l\\0";

/** One entry of a walk over a tree. */
export interface ManifestEntry {
  readonly inode: string;
  readonly type: EntryType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** mtime and ctime as printed, with all digits: a number would lose the nanoseconds. */
  readonly written: string;
  readonly changed: string;
  readonly path: BytePath;
  readonly target: BytePath;
}

/** A manifest that ends within a record, or holds what `find` does not print. */
export class ManifestError extends Error {}

const TYPES: Readonly<Record<string, EntryType>> = {
  f: "file",
  d: "directory",
  l: "symlink",
  p: "fifo",
  s: "socket",
  b: "device",
  c: "device",
};
const RECORD =
  /(\d{1,20})\t([fdlpsbc])\t([0-7]{1,4})\t(\d{1,10})\t(\d{1,10})\t(\d{1,19})\t(-?\d{1,20}(?:\.\d{1,12})?)\t(-?\d{1,20}(?:\.\d{1,12})?)\t/y;
/** A record holds two paths of at most 4 KiB and a few numbers; deeper trees have longer paths. */
const LONGEST = 1024 * 1024;
/** More entries than fit into the memory of a program: a list without an end is an error, not the end of an editor. */
const MOST = 4_000_000;

/**
 * Reads the records of `find -printf MANIFEST_FORMAT` as they arrive, in pieces of any size. Whoever runs `find` writes
 * a zero byte behind its last record: an empty record, which ends the list. A list of two trees has a tab in front of the
 * records of the second, as `comm -z -3` writes it.
 */
export class ManifestReader {
  readonly entries: ManifestEntry[] = [];
  /** The records with a tab in front. */
  readonly others: ManifestEntry[] = [];
  /** The end was read; bytes after it are left to the caller. */
  done = false;
  private pending = "";
  private records = 0;

  /**
   * @returns how many bytes belong to the list: fewer than given only when it ended
   * @throws ManifestError when a record is not one
   */
  push(chunk: Uint8Array): number {
    const text = pathOfBytes(chunk);
    let at = 0;
    while (at < text.length && !this.done) {
      const end = text.indexOf("\0", at);
      const part = text.slice(at, end < 0 ? text.length : end);
      at = end < 0 ? text.length : end + 1;
      const record = this.pending === "" ? part : this.pending + part;
      this.pending = end < 0 ? record : "";
      if (record.length > LONGEST) throw new ManifestError(`Record ${this.records + 1} of the list has no end.`);
      if (end >= 0) this.record(record);
    }
    return at;
  }

  /**
   * All entries. That the walk itself went well, only its exit status can say.
   *
   * @throws ManifestError when the end is missing
   */
  finish(): readonly ManifestEntry[] {
    if (!this.done) throw new ManifestError(`The list was cut off after ${this.records} entries.`);
    return this.entries;
  }

  private record(record: string): void {
    if (this.records >= MOST) throw new ManifestError(`The list has more than ${MOST} entries.`);
    if (record === "") this.done = true;
    else if (record.startsWith("\t")) this.others.push(this.entry(record, 1));
    else this.entries.push(this.entry(record, 0));
  }

  private entry(record: string, start: number): ManifestEntry {
    RECORD.lastIndex = start;
    const match = RECORD.exec(record);
    this.records++;
    const [, inode, kind, mode, uid, gid, size, written, changed] = (match ?? []) as unknown as string[];
    const type = TYPES[kind ?? ""];
    const targetLength = type === "symlink" ? Number(size) : 0;
    const at = RECORD.lastIndex;
    const end = record.length - targetLength;
    if (!match || !type || end < at) throw new ManifestError(`Record ${this.records} of the list cannot be read.`);
    return {
      inode: inode!,
      type,
      mode: Number.parseInt(mode!, 8),
      uid: Number(uid),
      gid: Number(gid),
      size: Number(size),
      written: written!,
      changed: changed!,
      path: record.slice(at, end),
      target: record.slice(end),
    };
  }
}

/**
 * What changed between two walks over a subvolume and its snapshot, or between what differs of them, where an object keeps its inode number. An entry
 * is unchanged when inode, ctime, size and mode are the same. Without a baseline everything is new.
 */
export function compareManifests(base: readonly ManifestEntry[], now: readonly ManifestEntry[]): Change[] {
  /** By path, what is not found again; null for what was, as a list of what is in use may name something twice. */
  const before = new Map<BytePath, ManifestEntry | null>();
  for (const entry of base) if (entry.path !== "") before.set(entry.path, entry);
  const open: ManifestEntry[] = [];
  const rows: Change[] = [];
  for (const entry of now) {
    if (entry.path === "") continue;
    const old = before.get(entry.path);
    if (old && same(old, entry)) {
      before.set(entry.path, null);
      const also = difference(old, entry);
      if (also) rows.push(rowOf(also, entry));
    } else if (old !== null) open.push(entry);
  }
  const left = new Map<string, ManifestEntry[]>();
  for (const entry of before.values()) {
    if (!entry) continue;
    const names = left.get(entry.inode);
    if (names) names.push(entry);
    else left.set(entry.inode, [entry]);
  }
  let inodes: ReadonlySet<string> | undefined;
  const isAlive = ({ inode }: ManifestEntry) => {
    inodes ??= new Set(now.map((entry) => entry.inode));
    return inodes.has(inode);
  };
  const found = new Set<BytePath>();
  for (const entry of open) {
    const old = before.get(entry.path);
    const from = left.get(entry.inode)?.find((other) => !found.has(other.path) && other.type === entry.type);
    if (!from) {
      rows.push(rowOf(old ? "replaced" : "added", entry));
      continue;
    }
    found.add(from.path);
    const also = difference(from, entry);
    // The place is taken from an object that has no other now.
    const replaces = old && !isAlive(old);
    rows.push({
      ...rowOf(replaces ? "replaced" : "renamed", entry),
      ...{ from: from.path, ...(also ? { also } : {}) },
    });
  }
  for (const entry of open) found.add(entry.path);
  for (const entry of before.values()) if (entry && !found.has(entry.path)) rows.push(rowOf("deleted", entry));
  return sortByPath(rows);
}

function same(one: ManifestEntry, other: ManifestEntry): boolean {
  return one.inode === other.inode && one.type === other.type;
}

/**
 * A rename sets the ctime, so of a moved file the mtime tells whether it was written. In its place a file counts as
 * modified when only the ctime moved: its mtime may have been put back. Extended attributes of directories are not seen.
 */
function difference(old: ManifestEntry, entry: ManifestEntry): "modified" | "metadata" | undefined {
  const file = entry.type === "file";
  const time = old.path === entry.path ? "changed" : "written";
  if (file && old.size !== entry.size) return "modified";
  if (file && old[time] !== entry[time] && old.written !== entry.written) return "modified";
  if (old.mode !== entry.mode || old.uid !== entry.uid || old.gid !== entry.gid) return "metadata";
  return file && old[time] !== entry[time] ? "modified" : undefined;
}

function rowOf(change: Change["change"], entry: ManifestEntry): Change {
  return { change, path: entry.path, ...factsOf(entry) };
}

/** What a list says of an entry beside its name. Put together in one go, as there may be a row for every file of a host. */
export function factsOf(entry: ManifestEntry): Omit<Change, "change" | "path"> {
  const { type, uid, gid, mode, size, target } = entry;
  const written = Math.floor(Number(entry.written));
  if (type === "file") return { type, uid, gid, mode, written, size };
  return type === "symlink" ? { type, uid, gid, mode, written, target } : { type, uid, gid, mode, written };
}
