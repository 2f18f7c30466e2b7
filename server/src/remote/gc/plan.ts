import type { RetentionPolicy } from "../../shell/retention.ts";
import { applyRetention } from "../../shell/retention-decision.ts";
import { isBaseline } from "../live-paths.ts";
import { snapshotName } from "../snapshot-names.ts";
import type { Subvolume } from "../subvolumes.ts";

/** A subvolume as a plan sees it. */
export interface GcSubvolume extends Subvolume {
  readonly uuid: string;
  /** Index of the filesystem. */
  readonly index: number;
  readonly isDefault: boolean;
  readonly isMounted: boolean;
}

/** What becomes of a snapshot or an archived root. */
export interface PlanItem {
  readonly subvolume: GcSubvolume;
  /** `skip`: the policy has no say. */
  readonly action: "delete" | "keep" | "skip";
  readonly reason: string;
  /** Unix seconds that the policy counts from. */
  readonly taken: number | undefined;
  /** Subvolumes inside of an archived root, the innermost first. */
  readonly nested: readonly GcSubvolume[];
}

/** Seconds that name and creation may lie apart: names are often in a local time. */
const ZONES = 26 * 3600;
/** Seconds for which everything stays: somebody may have taken it for what they are doing. */
const FRESH = 3600;
/** Words in names that say that something is to stay. */
const PINNED =
  /(?:^|[-_. /])(?:pin(?:ned)?|keep|protected?|golden|manual|do-?not-?delete|rollback)(?:$|[-_. /])|\.new$/i;

/**
 * What a policy makes of the snapshots of a host, for each series (folder and name) on its own, the newest first. `now` is in
 * Unix seconds. Only what looks like nothing but an old snapshot is ever planned to be deleted, and what is kept for
 * another reason takes no place that the policy has.
 */
export function gcPlan(policy: RetentionPolicy, subvolumes: readonly GcSubvolume[], now: number): PlanItem[] {
  const series = new Map<string, PlanItem[]>();
  const all = familyOf(subvolumes);
  for (const subvolume of subvolumes) {
    const name = snapshotName(subvolume.path);
    if (!name && !(subvolume.readOnly && subvolume.parentUuid !== undefined)) continue;
    const taken = name?.naming === "old-roots" ? name.taken : subvolume.created;
    const nested = inside(subvolume, all);
    const why = whyUntouched(subvolume, nested, all, now) ?? wrongTime(name, taken, subvolume);
    const item: PlanItem = {
      subvolume,
      taken,
      nested,
      action: why === undefined ? "delete" : "skip",
      reason: why ?? "",
    };
    // Those that have no series come last.
    const key = `${name ? 0 : 1} ${subvolume.index} ${name?.naming ?? ""} ${name?.series ?? subvolume.path}`;
    const own = series.get(key);
    if (own) own.push(item);
    else series.set(key, [item]);
  }
  const groups = [...series].sort(([a], [b]) => (a < b ? -1 : 1));
  return groups.flatMap(([, items]) => decided(policy, outOfOrder(items, now), all, now));
}

function decided(policy: RetentionPolicy, items: readonly PlanItem[], { received }: Family, now: number): PlanItem[] {
  // In the order of creation: that of two snapshots of one second is not to depend on that of a list.
  const open = items.filter(({ action }) => action === "delete").sort((a, b) => (newer(a, b) ? 1 : -1));
  const decisions = new Map(applyRetention(policy, open, now).map((one) => [one.snapshot, one]));
  // An incremental send starts from what both sides have: the newest that has a copy elsewhere on this host.
  const lastSent = newestOf(open.filter(({ subvolume }) => received.has(subvolume.uuid)));
  const newest = newestOf(open);
  return items
    .map((item): PlanItem => {
      const decision = decisions.get(item);
      if (!decision) return item;
      if (decision.keep) return { ...item, action: "keep", reason: decision.reason };
      // The name of an archived root may say another order.
      if (item === newest) return { ...item, action: "keep", reason: "it is the newest" };
      if (item === lastSent)
        return {
          ...item,
          action: "keep",
          reason: "the next incremental send starts from it: a copy of it was received",
        };
      return { ...item, reason: decision.reason };
    })
    .sort((a, b) => (newer(a, b) ? -1 : 1));
}

function newer({ subvolume: a }: PlanItem, { subvolume: b }: PlanItem): boolean {
  if (a.createdGeneration !== b.createdGeneration) return a.createdGeneration > b.createdGeneration;
  return a.id > b.id;
}

function newestOf(items: readonly PlanItem[]): PlanItem | undefined {
  return items.reduce<PlanItem | undefined>((best, one) => (best && newer(best, one) ? best : one), undefined);
}

function whyUntouched(
  subvolume: GcSubvolume,
  nested: readonly GcSubvolume[],
  { inUse }: Family,
  now: number,
): string | undefined {
  const { path, uuid, readOnly, parentUuid, receivedUuid, isDefault, isMounted, created } = subvolume;
  const naming = snapshotName(path)?.naming;
  const isArchive = naming === "old-roots";
  if (naming === "btrbk" || naming === "snapper") return `${naming} cleans up what it takes, by its own policy`;
  if (/(?:^|\/)\.nix-impermanence-[^/]*$/.test(path)) return "an unfinished run left it: the next one settles that";
  if (naming === undefined) return "its name says nothing of when it was taken";
  if (isMounted) return "it is mounted";
  if (isDefault) return "it is what the filesystem mounts by default";
  if (receivedUuid !== undefined) return "it was received from elsewhere: it may be the only copy";
  if (isBaseline(path)) return "by its name it is a baseline";
  if (PINNED.test(path)) return "by its name it is to stay";
  if (!isArchive && !readOnly) return "it is writable: somebody may work in it";
  if (!isArchive && parentUuid === undefined) return "it is no snapshot of anything";
  // An archived root, which need be no snapshot, is dated by its name.
  if (!isArchive && created === undefined) return "when it was made is not known";
  if (!isArchive && created !== undefined && created > now - FRESH && created <= now)
    return "it is younger than an hour";
  if (!isArchive && nested.length > 0) return `there is a subvolume inside of it: ${nested[0]?.path}`;
  const used = inUse.get(uuid);
  if (used) return `${used.path}, which is in use, was made from it`;
  for (const one of nested) {
    if (one.isMounted) return `${one.path} inside of it is mounted`;
    if (one.isDefault) return `${one.path} inside of it is what the filesystem mounts by default`;
    if (one.receivedUuid !== undefined) return `${one.path} inside of it was received from elsewhere`;
    if (isBaseline(one.path) || PINNED.test(one.path.slice(path.length))) return `${one.path} inside of it is to stay`;
  }
  return undefined;
}

function wrongTime(
  name: ReturnType<typeof snapshotName>,
  taken: number | undefined,
  { created }: GcSubvolume,
): string | undefined {
  if (!name) return undefined;
  if (name.taken === undefined) return "its name says no time that exists";
  if (name.naming === "old-roots") return undefined;
  if (taken === undefined || created === undefined) return "when it was made is not known";
  return Math.abs(name.taken - created) > ZONES ? "its name and its creation say different times" : undefined;
}

/**
 * The order of creation is certain, clocks are not: of two that are dated the other way round, one was made while the clock
 * was wrong, and nobody knows which. Dates in the future are known to be wrong, and doubt nothing else.
 */
function outOfOrder(items: readonly PlanItem[], now: number): PlanItem[] {
  // Archived roots are dated by when they were given up, and made before.
  if (snapshotName(items[0]?.subvolume.path ?? "")?.naming === "old-roots") return [...items];
  const byAge = items.filter(({ taken }) => taken !== undefined && taken <= now).sort((a, b) => (newer(a, b) ? 1 : -1));
  const conflicts = new Map<PlanItem, PlanItem>();
  const sweep = (ordered: readonly PlanItem[], isWrong: (taken: number, other: number) => boolean) => {
    let extreme: PlanItem | undefined;
    for (const item of ordered) {
      if (extreme && isWrong(item.taken as number, extreme.taken as number)) conflicts.set(item, extreme);
      else extreme = item;
    }
  };
  sweep(byAge, (taken, older) => taken < older);
  sweep(byAge.toReversed(), (taken, younger) => taken > younger);
  return items.map((item) => {
    const other = conflicts.get(item);
    if (!other || item.action !== "delete") return item;
    const reason = `it was made ${newer(item, other) ? "after" : "before"} ${other.subvolume.path}, but is dated the other way round: the clock was set`;
    return { ...item, action: "skip", reason };
  });
}

/** What a plan has to know of all subvolumes at once. A host can have many, and can make up more. */
interface Family {
  /** By index and id of what they lie in. */
  readonly children: ReadonlyMap<string, readonly GcSubvolume[]>;
  /** What is mounted or the default, by the uuid of what it was made from. */
  readonly inUse: ReadonlyMap<string, GcSubvolume>;
  /** UUIDs of which a copy was received. */
  readonly received: ReadonlySet<string>;
}

function familyOf(subvolumes: readonly GcSubvolume[]): Family {
  const children = new Map<string, GcSubvolume[]>();
  const inUse = new Map<string, GcSubvolume>();
  const received = new Set<string>();
  for (const one of subvolumes) {
    const own = children.get(`${one.index}.${one.parentId}`);
    if (own) own.push(one);
    else children.set(`${one.index}.${one.parentId}`, [one]);
    if (one.receivedUuid !== undefined) received.add(one.receivedUuid);
    if (one.parentUuid !== undefined && (one.isMounted || one.isDefault)) inUse.set(one.parentUuid, one);
  }
  return { children, inUse, received };
}

/** Subvolumes inside of one, at any depth, the innermost first. None is met twice, also where a host says that two lie in each other. */
function inside(outer: GcSubvolume, { children }: Family): GcSubvolume[] {
  const found = new Set([outer]);
  for (const one of found) for (const child of children.get(`${one.index}.${one.id}`) ?? []) found.add(child);
  found.delete(outer);
  return [...found].reverse();
}
