import { setImmediate } from "node:timers/promises";
import { type Change, sortByPath } from "../../btrfs/changes.ts";
import { type BytePath, pathBytes } from "../../btrfs/paths.ts";
import { servicesKeeping } from "../../catalogue/catalogue.ts";
import { hidesNothing, showsRoot } from "../mounts.ts";
import type { ConfiguredHost } from "../remote-command.ts";
import { byDirectory } from "./by-directory.ts";
import type { DiffRow } from "./diff-schema.ts";
import { filterOf } from "./filters.ts";
import type { HostFacts } from "./host-facts.ts";
import { isStructural } from "./structural.ts";

/** A change with what it means on this host. */
export interface RowSource {
  /** Paths from the root of what is compared, without a slash in front. */
  readonly changes: readonly (Omit<Change, "change"> & Pick<DiffRow, "change"> & { readonly filter?: string })[];
  readonly host: HostFacts;
  /** Whether it is the running root, so that mounts may hide parts of it. */
  readonly isLive: boolean;
  readonly configured: ConfiguredHost | undefined;
}

/** Rows that are made in one go. */
const AT_ONCE = 1000;
/** Filesystems that no reboot empties. */
const DISKS = /^(?:btrfs|bcachefs|ext[234]|xfs|f2fs|zfs)$/;

/** Makes the index of the catalogue, which the first row would wait for. */
export function prepareRows(): void {
  servicesKeeping("/");
}

/** All rows by path, those that a filter hides with its name. */
export async function rowsOf({ changes, host, isLive, configured }: RowSource): Promise<DiffRow[]> {
  const mounts = host.mounts.filter((mount) => mount.mountPoint !== "/" && !hidesNothing(mount, host.mounts));
  const mountPoints = new Set(mounts.map(({ mountPoint }) => mountPoint));
  const kept = mounts
    .filter((mount) => DISKS.test(mount.type) && !showsRoot(mount, host.mounts))
    .map(({ mountPoint }) => mountPoint);
  const enabled = enabledServices(configured);
  const renamed = new Map(changes.flatMap(({ path, from }) => (from === undefined ? [] : [[path, from] as const])));
  const mountAbove = byDirectory((directory) => mountAtOrAbove(directory, mountPoints));
  const movedDirectory = byDirectory((directory) => renamedAtOrAbove(directory, renamed));
  /** The mount point that hides a path; an empty place below its own mount hides nothing. */
  const mountOver = (path: string, { type, size }: Pick<Change, "type" | "size">) =>
    mountPoints.has(path) && type !== "directory" && size !== 0 ? path : mountAbove(path);
  const rowOf = (change: RowSource["changes"][number]): DiffRow => {
    const { path, exact } = decoded(change.path);
    const hiddenBelow = isLive ? mountOver(path, change) : undefined;
    // Set one by one: objects that are put together of others take several times as long.
    const row: DiffRow = { change: change.change, path, services: servicesAt(path, enabled) };
    if (!exact) row.pathBytes = base64(change.path);
    const from = change.from ?? movedFrom(change, movedDirectory(change.path));
    if (from !== undefined) Object.assign(row, fromOf(from));
    if (change.also !== undefined) row.also = change.also;
    addFacts(row, change, host);
    if (hiddenBelow !== undefined) row.hiddenBelow = hiddenBelow;
    const filter =
      change.filter ?? (change.change === "subvolume" ? undefined : filterOf(path, change, { mountPoints, kept }));
    if (filter !== undefined) row.filter = filter;
    return row;
  };
  const rows: DiffRow[] = [];
  for (const change of sortByPath([...changes])) {
    rows.push(rowOf(change));
    // Others use this thread, too: the language server answers its client here.
    if (rows.length % AT_ONCE === 0) await setImmediate();
  }
  hideDirectories(rows);
  return withFates(rows, configured);
}

function addFacts(row: DiffRow, facts: Omit<Change, "change">, host: HostFacts): void {
  const { type, size, uid, gid, mode, written, target } = facts;
  if (type !== undefined) row.type = type;
  if (size !== undefined) row.size = size;
  if (uid !== undefined) row.user = host.users.get(uid) ?? String(uid);
  if (gid !== undefined) row.group = host.groups.get(gid) ?? String(gid);
  if (mode !== undefined) row.mode = mode.toString(8).padStart(4, "0");
  if (written !== undefined) row.written = isoTime(written);
  if (target !== undefined) row.target = decoded(target).path.slice(1);
}

let lastTime = { seconds: Number.NaN, text: "" };

/**
 * Clocks can be set to anything; a date that ISO 8601 writes with four digits is all that is promised. What was written together
 * has mostly the same.
 */
function isoTime(seconds: number): string {
  if (seconds === lastTime.seconds) return lastTime.text;
  const most = Date.UTC(9999, 11, 31) / 1000;
  const date = new Date(Math.max(-62_135_596_800, Math.min(seconds, most)) * 1000);
  lastTime = { seconds, text: date.toISOString().replace(".000Z", "Z") };
  return lastTime.text;
}

/** All bytes that are the same in UTF-8. */
const ASCII = /^[\0-\x7f]*$/;

function decoded(path: BytePath): { path: string; exact: boolean } {
  if (ASCII.test(path)) return { path: `/${path}`, exact: true };
  const bytes = Buffer.from(path, "latin1");
  const text = bytes.toString("utf8");
  return { path: `/${text}`, exact: Buffer.from(text, "utf8").equals(bytes) };
}

/** A directory that was renamed. */
type Moved = { readonly directory: BytePath; readonly from: BytePath };

/** Where something was whose own name stayed the same, but not that of a directory around it. */
function movedFrom({ change, path }: RowSource["changes"][number], moved: Moved | undefined) {
  if (!moved || (change !== "modified" && change !== "metadata")) return undefined;
  return `${moved.from}${path.slice(moved.directory.length)}`;
}

function renamedAtOrAbove(directory: BytePath, renamed: ReadonlyMap<BytePath, BytePath>): Moved | undefined {
  if (renamed.size === 0) return undefined;
  for (let at = directory; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    const from = renamed.get(at);
    if (from !== undefined) return { directory: at, from };
  }
  return undefined;
}

function fromOf(from: BytePath): Pick<DiffRow, "from" | "fromBytes"> {
  const { path, exact } = decoded(from);
  return { from: path, ...(exact ? {} : { fromBytes: base64(from) }) };
}

/** From /, as the text is. */
function base64(path: BytePath): string {
  return Buffer.concat([Buffer.from("/"), pathBytes(path)]).toString("base64");
}

/** The mount point that is a directory or one above it. */
function mountAtOrAbove(directory: string, mountPoints: ReadonlySet<string>): string | undefined {
  for (let at = directory; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) if (mountPoints.has(at)) return at;
  return undefined;
}

/** Services that are on, by the configuration; undefined when there is none. */
function enabledServices(configured: ConfiguredHost | undefined): ReadonlySet<string> | undefined {
  return configured && new Set(configured.facts.services.map(({ enable }) => enable));
}

/** A place that many services could own says nothing about any of them. */
const MOST_SERVICES = 4;

function servicesAt(path: string, enabled: ReadonlySet<string> | undefined): string[] {
  const all = servicesKeeping(path).map(({ enable }) => enable);
  const on = enabled ? all.filter((enable) => enabled.has(enable)) : [];
  const found = on.length > 0 ? on : all;
  return found.length > MOST_SERVICES ? [] : found;
}

/** Directories count when somebody would miss them: not those that are empty, or only lead to something. */
function hideDirectories(rows: DiffRow[]): void {
  const leads = new Set<string>();
  for (let index = rows.length - 1; index >= 0; index--) {
    const row = rows[index]!;
    if (row.filter !== undefined) continue;
    const isWhole = (row.change === "added" || row.change === "deleted") && row.type === "directory";
    if (isWhole && (isStructural(row.path) || !leads.has(row.path))) {
      rows[index] = { ...row, filter: "directories" };
      if (!leads.has(row.path)) continue;
    }
    for (let at = row.path.lastIndexOf("/"); at > 0; at = row.path.lastIndexOf("/", at - 1)) {
      const above = row.path.slice(0, at);
      if (leads.has(above)) break;
      leads.add(above);
    }
  }
}

/** What the configuration says of each path. What a mount hides lies on the root, whatever is mounted over it. */
async function withFates(rows: DiffRow[], configured: ConfiguredHost | undefined): Promise<DiffRow[]> {
  if (!configured) return rows;
  const paths = rows.map(({ path, hiddenBelow }) => (hiddenBelow === undefined ? path : "/"));
  const unique = [...new Set(paths)];
  const found = await configured.fates(unique);
  const byPlace = new Map(unique.map((path, index) => [path, found[index]!]));
  return rows.map((row, index) => {
    const { survives, by, why } = byPlace.get(paths[index]!)!;
    const below = row.hiddenBelow === undefined ? by : `below the mount ${row.hiddenBelow}: ${by}`;
    return { ...row, fate: { survives, by: below, ...(why === undefined ? {} : { why }) } };
  });
}
