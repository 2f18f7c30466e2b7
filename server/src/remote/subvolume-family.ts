import { isBaseline } from "./live-paths.ts";
import type { Subvolume } from "./subvolumes.ts";

/** The ids of subvolumes that come from one tree, as far as their parents are known. */
export function relatives(of: Subvolume, all: readonly Subvolume[]): Set<number> {
  const ids = new Set([of.id]);
  const uuids = new Set([of.uuid, of.parentUuid, of.receivedUuid].filter((uuid) => uuid !== undefined));
  for (let before = -1; before < ids.size; ) {
    before = ids.size;
    for (const { id, uuid, parentUuid, receivedUuid } of all) {
      const own = [uuid, parentUuid, receivedUuid].filter((one) => one !== undefined);
      if (!own.some((one) => uuids.has(one))) continue;
      ids.add(id);
      for (const one of own) uuids.add(one);
    }
  }
  return ids;
}

/**
 * Whether a snapshot was taken of a subvolume, or of one that stood in its place before a rollback. That both were made of
 * one blank snapshot is not enough: a host may make all its subvolumes so.
 */
export function isSnapshotOf(snapshot: Subvolume, subvolume: Subvolume, all: readonly Subvolume[]): boolean {
  const byUuid = (uuid: string | undefined) => (uuid === undefined ? undefined : all.find((one) => one.uuid === uuid));
  const sources = new Set<string>();
  for (let at: string | undefined = snapshot.uuid; at !== undefined && !sources.has(at); at = byUuid(at)?.parentUuid) {
    if (isBaseline(byUuid(at)?.path ?? "")) break;
    sources.add(at);
  }
  if (subvolume.uuid !== undefined && sources.has(subvolume.uuid)) return true;
  // After a rollback, the subvolume is a copy of some snapshot of the one that was there.
  const seen = new Set<string>();
  for (let at = subvolume.parentUuid; at !== undefined && !seen.has(at); at = byUuid(at)?.parentUuid) {
    seen.add(at);
    const source = byUuid(at);
    if (at === snapshot.uuid) return true;
    if (source?.parentUuid !== undefined && sources.has(source.parentUuid)) return true;
  }
  return false;
}
