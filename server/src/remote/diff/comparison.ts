import type { Change } from "../../btrfs/changes.ts";
import type { Mount } from "../mounts.ts";
import { shown } from "../outputs.ts";
import { lookAt } from "../persist/look-at.ts";
import type { RemoteSession } from "../remote-command.ts";
import type { Subvolume } from "../subvolumes.ts";
import { TransportError } from "../transport-error.ts";
import { baselineOf, isRelated, subvolumeCalled } from "./baseline.ts";
import { type Compared, compareFolder, compareSubvolumes } from "./compare-step.ts";
import type { DiffRow } from "./diff-schema.ts";
import type { HostFacts } from "./host-facts.ts";
import { lostOf, newestArchive } from "./last-reboot.ts";

/** A change, or a subvolume inside the root, with the filter that takes it away for what it is. */
export type RowChange = Omit<Change, "change"> & Pick<DiffRow, "change"> & { readonly filter?: string };

/** Two trees and how they differ. */
export interface Comparison {
  readonly of: string;
  readonly against: string | null;
  /** Why these two, in words. */
  readonly why: string;
  readonly compared: Compared;
  readonly changes: readonly RowChange[];
  /** The id of the subvolume that was looked at. */
  readonly now: number | undefined;
}

/** Why there is nothing to compare. */
export interface NothingLost {
  readonly of: string;
  readonly nothing: string;
}

/** What was asked, beside the question itself. */
export interface Wishes {
  readonly baseline?: string | undefined;
  readonly lists?: boolean | undefined;
}

/** Filesystems that a reboot empties. */
const MEMORY = /^(?:tmpfs|ramfs)$/;
/** Filesystems with snapshots or a rollback that this program cannot look into. */
const UNSEEN = /^(?:zfs|bcachefs)$/;

/** What is on the root now against what it began with. */
export async function nextReboot(
  host: string,
  session: RemoteSession,
  facts: HostFacts,
  wishes: Wishes,
): Promise<Comparison | NothingLost> {
  const { root, asRoot } = facts;
  if (!root) throw new TransportError("EPROTOCOL", `${host} does not show what is mounted at /.`);
  if (root.type === "btrfs" && asRoot) return btrfsRoot(host, session, facts, wishes);
  const of = `/ (${root.type})`;
  const base = wishes.baseline === undefined || wishes.baseline === "none" ? undefined : wishes.baseline;
  if (base !== undefined && !base.startsWith("/"))
    throw new TransportError("ENOTFOUND", `/ is ${root.type}: a baseline is a folder here, from /, or none.`);
  const folders = root.type === "overlay" ? upperOf(host, root.options) : ["/"];
  const emptied = MEMORY.test(root.type) || UNSEEN.test(root.type) || root.type === "overlay" || root.type === "btrfs";
  if (!emptied && wishes.baseline === undefined)
    return { of, nothing: `/ is ${root.type}, which a reboot keeps; --baseline none lists what is on it` };
  const compared = await compareFolder(host, session, { folders, base, related: UNSEEN.test(root.type) });
  const why = MEMORY.test(root.type) ? `/ is a ${root.type}, which is empty after every boot` : `/ is ${root.type}`;
  const changes = root.type === "overlay" ? compared.changes.map(withWhiteout) : compared.changes;
  return { of, against: base ?? null, why, compared, changes, now: undefined };
}

async function btrfsRoot(host: string, session: RemoteSession, facts: HostFacts, wishes: Wishes): Promise<Comparison> {
  const subvolumes = seen(host, facts);
  const { root, rootId } = facts;
  if (!root || rootId === undefined) throw new TransportError("EPROTOCOL", `${host} does not name the subvolume of /.`);
  const own = subvolumes.find(({ id }) => id === rootId);
  const { subvolume, reason, related } =
    wishes.baseline === undefined ? baselineOf(rootId, subvolumes) : named(wishes.baseline, own, subvolumes);
  const compared = await compareSubvolumes(host, session, {
    ...{ device: root.source, now: rootId, base: subvolume?.id, related },
    listsOnly: wishes.lists === true,
  });
  const nested = subvolumes
    .filter(({ parentId }) => parentId === rootId && rootId !== 5)
    .map(({ path }): RowChange => ({ change: "subvolume", path: latin1(path.slice((own?.path.length ?? 0) + 1)) }));
  const stubs = new Set(nested.map(({ path }) => path));
  // The list shows the place of a subvolume as a directory.
  const changes = [...compared.changes.filter(({ path }) => !stubs.has(path)), ...nested];
  return { of: `/ (${root.root})`, against: subvolume?.path ?? null, why: reason, compared, changes, now: rootId };
}

function named(name: string, root: Subvolume | undefined, subvolumes: readonly Subvolume[]) {
  if (name === "none") return { subvolume: undefined, reason: "as asked for, everything is shown", related: false };
  const subvolume = subvolumeCalled(name, subvolumes);
  if (!subvolume.readOnly)
    throw new TransportError(
      "ECANNOT",
      `${subvolume.path} is writable (uuid ${subvolume.uuid}): what is in it now may not be what was in it then, so it is no baseline. --between compares two subvolumes as they are.`,
    );
  return {
    subvolume,
    reason: `against ${subvolume.path}, as asked for`,
    related: isRelated(subvolume, root, subvolumes),
  };
}

/** Two subvolumes as they are, the older one first. */
export async function between(
  host: string,
  session: RemoteSession,
  facts: HostFacts,
  [older, newer]: readonly [string, string],
  wishes: Wishes,
): Promise<Comparison> {
  const subvolumes = seen(host, facts);
  const [base, now] = [subvolumeCalled(older, subvolumes), subvolumeCalled(newer, subvolumes)];
  const related = isRelated(base, now, subvolumes);
  const compared = await compareSubvolumes(host, session, {
    ...{ device: facts.root?.source ?? "", now: now.id, base: base.id, related, listsOnly: wishes.lists === true },
  });
  const why = related ? "both come from one subvolume" : "they have no common origin, so entries are compared by path";
  return { of: now.path, against: base.path, why, compared, changes: compared.changes, now: now.id };
}

/** The newest archived root against its baseline, without what the boot after it made again. */
export async function lastReboot(
  host: string,
  session: RemoteSession,
  facts: HostFacts,
): Promise<Comparison | NothingLost> {
  const subvolumes = seen(host, facts);
  const { root, rootId } = facts;
  if (!root || rootId === undefined) throw new TransportError("EPROTOCOL", `${host} does not name the subvolume of /.`);
  const archive = newestArchive(rootId, subvolumes, facts.mounts);
  if (!archive)
    throw new TransportError(
      "ENOTFOUND",
      `There are no archived roots (old_roots) on ${host}, so what the last reboot lost is gone without a trace.`,
    );
  const { subvolume, reason, related } = baselineOf(archive.id, subvolumes);
  const compared = await compareSubvolumes(host, session, {
    ...{ device: root.source, now: archive.id, base: subvolume?.id, also: rootId, related, listsOnly: true },
  });
  const why = `the newest archived root, without what the boot made again; ${reason}`;
  const lost = lostOf(compared.changes, compared.also ?? []);
  const changes = await withoutMounted(host, session, lost, facts.mounts);
  return { of: archive.path, against: subvolume?.path ?? null, why, compared, changes, now: archive.id };
}

function seen(host: string, { root, subvolumes }: HostFacts): readonly Subvolume[] {
  if ("why" in subvolumes) {
    const where = root?.type === "btrfs" ? "" : ` / is ${root?.type ?? "unknown"}, and`;
    throw new TransportError("ECANNOT", `The subvolumes of ${host} are unknown:${where} ${subvolumes.why}.`);
  }
  return subvolumes;
}

/** Beyond these, names would fill the script. */
const MOST_PATHS = 5000;

/** Marks what the running host has on another filesystem: what was lost with one root may be persisted since. */
async function withoutMounted(
  host: string,
  session: RemoteSession,
  lost: readonly RowChange[],
  mounts: readonly Mount[],
): Promise<readonly RowChange[]> {
  const points = new Set(mounts.map(({ mountPoint }) => mountPoint).filter((point) => point !== "/"));
  const isBelow = (path: string) => {
    for (let at = path; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) if (points.has(at)) return true;
    return false;
  };
  const nameOf = ({ path }: RowChange) => `/${shown(path)}`;
  const asked = lost.filter((row) => row.filter === undefined && isBelow(nameOf(row))).slice(0, MOST_PATHS);
  if (asked.length === 0) return lost;
  const found = await lookAt(host, session, asked.map(nameOf));
  const there = new Set(asked.filter((row) => found.get(nameOf(row))?.type === row.type));
  return lost.map((row) => (there.has(row) ? { ...row, filter: "kept" } : row));
}

/** Where an overlay keeps what was changed; the initrd, which mounts it, has the later root below a folder. */
function upperOf(host: string, mountOptions: readonly string[]): readonly string[] {
  const upper = mountOptions.map((option) => /^upperdir=(\/.*)$/.exec(option)?.[1]).find(Boolean);
  if (upper === undefined)
    throw new TransportError(
      "ECANNOT",
      `The overlay at / of ${host} has no upper directory: nothing can be written to it.`,
    );
  return [
    upper,
    ...["/sysroot", "/mnt-root", "/mnt"].flatMap((at) => (upper.startsWith(`${at}/`) ? [upper.slice(at.length)] : [])),
  ];
}

/** In the upper directory a deleted file is a character device. */
function withWhiteout(change: Change): Change {
  return change.type === "device" ? { change: "deleted", path: change.path } : change;
}

function latin1(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
