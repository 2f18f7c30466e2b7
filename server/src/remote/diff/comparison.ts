import type { Change } from "../../btrfs/changes.ts";
import { hasOtherSnapshots, type Mount, showsRoot } from "../mounts.ts";
import { shown } from "../outputs.ts";
import { lookAt } from "../persist/look-at.ts";
import type { Subvolume } from "../subvolumes.ts";
import { TransportError } from "../transport-error.ts";
import { baselineOf, isRelated, sharesInodes } from "./baseline.ts";
import type { Compared } from "./compared.ts";
import type { DiffCall, Place } from "./diff-call.ts";
import { type HostFacts, subvolumeCalled } from "./host-facts.ts";
import { lostOf, newestArchive } from "./last-reboot.ts";
import type { RowChange } from "./row-change.ts";

/** Two trees and how they differ. */
export interface Comparison {
  readonly of: string;
  readonly against: string | null;
  /** Why these two, in words. */
  readonly why: string;
  readonly compared: Compared;
  readonly changes: readonly RowChange[];
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
/** What a configuration says of a root that does not outlive a boot. */
const EMPTIED = /^(?:tmpfs|rollback|declared)$/;

/** What is on the root now against what it began with. */
export async function nextReboot(call: DiffCall, wishes: Wishes): Promise<Comparison | NothingLost> {
  const { host } = call;
  const { root, asRoot } = call.facts;
  if (!root) throw new TransportError("EPROTOCOL", `${host} does not show what is mounted at /.`);
  if (root.type === "btrfs" && asRoot) return btrfsRoot(call, wishes);
  const of = `/ (${root.type})`;
  const base = wishes.baseline === undefined || wishes.baseline === "none" ? undefined : wishes.baseline;
  if (base !== undefined && !base.startsWith("/") && root.type === "btrfs" && "why" in call.facts.subvolumes)
    throw new TransportError(
      "ECANNOT",
      `The subvolumes of ${host} are unknown, so ${base} is not found: ${call.facts.subvolumes.why}.`,
    );
  if (base !== undefined && !base.startsWith("/"))
    throw new TransportError("ENOTFOUND", `/ is ${root.type}: a baseline is a folder here, from /, or none.`);
  // Against a folder, what the overlay shows counts: what is as it was, is not in the upper directory.
  const isUpper = root.type === "overlay" && base === undefined;
  const folders = isUpper ? upperOf(host, root.options) : ["/"];
  const emptied = MEMORY.test(root.type) || hasOtherSnapshots(root) || root.type === "overlay" || root.type === "btrfs";
  const configured = EMPTIED.test(call.session.configured?.facts.ephemeralRoot.kind ?? "");
  if (!emptied && !configured && wishes.baseline === undefined) {
    const nothing = `/ is ${root.type}, which a reboot keeps unless something empties it (a script of the initrd, a snapshot of LVM), and that cannot be seen here`;
    return { of, nothing: `${nothing}; --baseline none lists what is on it` };
  }
  const compared = await call.folder({ folders, base, related: hasOtherSnapshots(root) });
  const why = MEMORY.test(root.type)
    ? `/ is a ${root.type}, which is empty after every boot`
    : `/ is ${root.type}${emptied || !configured ? "" : ", which a boot empties by the configuration"}`;
  if (!isUpper) return { of, against: base ?? null, why, compared, changes: compared.changes };
  const limits = [...compared.limits, UPPER_LIMIT];
  return { of, against: null, why, compared: { ...compared, limits }, changes: compared.changes.map(withWhiteout) };
}

async function btrfsRoot(call: DiffCall, wishes: Wishes): Promise<Comparison> {
  const subvolumes = seen(call);
  const { root, rootId } = rootOf(call);
  const own = subvolumes.find(({ id }) => id === rootId);
  const { subvolume, reason, related } =
    wishes.baseline === undefined ? baselineOf(rootId, subvolumes) : named(wishes.baseline, own, call.facts);
  const now = placeOfRoot(root, rootId, subvolumes);
  const compared = await call.subvolumes({ now, base: subvolume, related, listsOnly: wishes.lists === true });
  const nested = subvolumes
    .filter(({ parentId }) => parentId === rootId && rootId !== 5)
    .map(({ path }): RowChange => ({ change: "subvolume", path: latin1(path.slice((own?.path.length ?? 0) + 1)) }));
  const stubs = new Set(nested.map(({ path }) => path));
  // The list shows the place of a subvolume as a directory.
  const changes = [...compared.changes.filter(({ path }) => !stubs.has(path)), ...nested];
  return { of: `/ (${root.root})`, against: subvolume?.path ?? null, why: reason, compared, changes };
}

function named(name: string, root: Subvolume | undefined, facts: HostFacts) {
  if (name === "none") return { subvolume: undefined, reason: "as asked for, everything is shown", related: false };
  const subvolume = subvolumeCalled(name, facts);
  if (!subvolume.readOnly)
    throw new TransportError(
      "ECANNOT",
      `${subvolume.path} is writable (uuid ${subvolume.uuid}): what is in it now may not be what was in it then, so it is no baseline. --between compares two subvolumes as they are.`,
    );
  return {
    subvolume,
    reason: `against ${subvolume.path}, as asked for`,
    related: sharesInodes(subvolume, root, "why" in facts.subvolumes ? [] : facts.subvolumes),
  };
}

/** Two subvolumes as they are, the older one first. */
export async function between(
  call: DiffCall,
  [older, newer]: readonly [string, string],
  wishes: Wishes,
): Promise<Comparison> {
  const subvolumes = seen(call);
  const [base, now] = [subvolumeCalled(older, call.facts), subvolumeCalled(newer, call.facts)];
  const related = sharesInodes(base, now, subvolumes);
  const compared = await call.subvolumes({ now, base, related, listsOnly: wishes.lists === true });
  const origin = isRelated(base, now, subvolumes)
    ? "both were written to since they were one"
    : "they have no common origin";
  const why = related ? "both come from one subvolume" : `${origin}, so entries are compared by path`;
  return { of: now.path, against: base.path, why, compared, changes: compared.changes };
}

/** The newest archived root against its baseline, without what the boot after it made again. */
export async function lastReboot(call: DiffCall): Promise<Comparison | NothingLost> {
  const { host } = call;
  const { mounts } = call.facts;
  const subvolumes = seen(call);
  const { root, rootId } = rootOf(call);
  const archive = newestArchive(rootId, subvolumes, mounts);
  if (!archive)
    throw new TransportError(
      "ENOTFOUND",
      `There are no archived roots (old_roots) on ${host}, so what the last reboot lost is gone without a trace.`,
    );
  const { subvolume, reason, related } = baselineOf(archive.id, subvolumes);
  const also: Place = placeOfRoot(root, rootId, subvolumes);
  const compared = await call.subvolumes({ now: archive, base: subvolume, also, related, listsOnly: true });
  const why = `the newest archived root, without what the boot made again; ${reason}`;
  const lost = lostOf(compared.changes, compared.also ?? []);
  const changes = await withoutMounted(call, lost, mounts);
  return { of: archive.path, against: subvolume?.path ?? null, why, compared, changes };
}

function rootOf({ host, facts: { root, rootId } }: DiffCall): { readonly root: Mount; readonly rootId: number } {
  if (root && rootId !== undefined) return { root, rootId };
  throw new TransportError("EPROTOCOL", `${host} does not name the subvolume of /.`);
}

/** The toplevel itself is in no list of subvolumes. */
function placeOfRoot(root: Mount, id: number, subvolumes: readonly Subvolume[]): Place {
  return subvolumes.find((one) => one.id === id) ?? { id, bytes: latin1(root.root.slice(1)), readOnly: false };
}

function seen({ host, facts: { root, subvolumes } }: DiffCall): readonly Subvolume[] {
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
  { host, session }: DiffCall,
  lost: readonly RowChange[],
  mounts: readonly Mount[],
): Promise<readonly RowChange[]> {
  const others = mounts.filter((mount) => mount.mountPoint !== "/" && !showsRoot(mount, mounts));
  const points = new Set(others.map(({ mountPoint }) => mountPoint));
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

const UPPER_LIMIT =
  "What was in a directory that was deleted and made anew, or renamed, is not seen in the upper directory of an overlay: --baseline with the folder of the lower one shows it.";

/** In the upper directory a deleted file is a character device without any permission. */
function withWhiteout(change: Change): Change {
  return change.type === "device" && change.mode === 0 ? { change: "deleted", path: change.path } : change;
}

function latin1(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
