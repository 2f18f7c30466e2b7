import type { Subvolume } from "../subvolumes.ts";

/** What a root is compared with. */
export interface Baseline {
  /** Undefined: nothing, so everything counts as new. */
  readonly subvolume: Subvolume | undefined;
  /** In words, for people: where it comes from, or why there is none. */
  readonly reason: string;
  /** Whether a number of an inode means the same object in both, see `sharesInodes`. */
  readonly related: boolean;
}

/** How blank snapshots are called. */
const BLANK = /(?:^|\/)[^/]*(?:blank|empty|pristine)[^/]*$/i;
/** How archived roots are called. */
const ARCHIVED = /(?:^|\/)old[-_]?roots?\/[^/]+$/i;

/** Whether a filesystem shows that its root is thrown away at boot: archived roots, or a blank snapshot. */
export function looksWiped(subvolumes: readonly Subvolume[]): boolean {
  return subvolumes.some(({ path }) => BLANK.test(path) || isArchived(path));
}

/** Whether a path from the toplevel is that of a root of an earlier boot. */
export function isArchived(path: string): boolean {
  return ARCHIVED.test(path);
}

/**
 * What the next boot puts in the place of a root: the read-only snapshot that the root was made of, or one that is called
 * blank. A writable one may have changed since, so nothing is taken for unchanged because of it.
 */
export function baselineOf(rootId: number, subvolumes: readonly Subvolume[]): Baseline {
  const root = subvolumes.find(({ id }) => id === rootId);
  const source = root?.parentUuid && subvolumes.find(({ uuid }) => uuid === root.parentUuid);
  const blanks = subvolumes
    .filter((one) => BLANK.test(one.path) && one.id !== rootId && isBlankOf(one, root, subvolumes))
    .sort((one, other) => Number(isRelated(other, root, subvolumes)) - Number(isRelated(one, root, subvolumes)));
  const candidates = [...(source && BLANK.test(source.path) ? [source] : []), ...blanks, ...(source ? [source] : [])];
  const found = candidates.find(({ readOnly }) => readOnly);
  if (found) {
    const related = sharesInodes(found, root, subvolumes);
    const from = found === source ? "the snapshot that the root was made of" : "the blank snapshot";
    return { subvolume: found, reason: `${from}, ${found.path}`, related };
  }
  const [writable] = candidates;
  const reason = writable
    ? `${writable.path} is writable${writable.uuid ? ` (uuid ${writable.uuid})` : ""}, so it is not trusted: everything on / is shown`
    : "there is no blank snapshot: everything on / is shown";
  return { subvolume: undefined, reason, related: false };
}

/** Whether a blank snapshot is one of this root, by its origin or its name: there may be one of the homes as well. */
function isBlankOf(blank: Subvolume, root: Subvolume | undefined, all: readonly Subvolume[]): boolean {
  if (isRelated(blank, root, all)) return true;
  const [name = "", own = ""] = [blank, root].map((one) =>
    one?.path.split("/").at(-1)?.replace(/^@/, "").toLowerCase(),
  );
  return /root/.test(name) || (own !== "" && name.includes(own)) || /^(?:blank|empty|pristine)$/.test(name);
}

/** Whether two subvolumes come from one tree, as far as their parents are known. */
export function isRelated(
  one: Subvolume | undefined,
  other: Subvolume | undefined,
  all: readonly Subvolume[],
): boolean {
  const line = lineOf(one, all);
  return one !== undefined && [...lineOf(other, all)].some((uuid) => line.has(uuid));
}

/**
 * Whether a number of an inode means the same object in both: one is what the other was when it began, or both are states of one
 * subvolume, which gives no number twice. Two that were both written to since they were one give the same numbers to
 * different objects.
 */
export function sharesInodes(
  one: Subvolume | undefined,
  other: Subvolume | undefined,
  all: readonly Subvolume[],
): boolean {
  if (!one || !other) return false;
  const [own, others] = [writersOf(one, all), writersOf(other, all)];
  return isPartOf(own, others) || isPartOf(others, own);
}

/** A subvolume that was written to, up to a generation: 0 where nobody writes to it any more. */
interface Writer {
  readonly uuid: string;
  readonly until: number;
}

/** Whose writing made a subvolume what it is, the last first. A read-only snapshot is what it was made of, unless it was received. */
function writersOf(one: Subvolume, all: readonly Subvolume[]): Writer[] {
  const writers: Writer[] = [];
  let until = Number.POSITIVE_INFINITY;
  for (const at of ancestry(one, all)) {
    if (typeof at === "string") return [...writers, { uuid: at, until }];
    const { uuid, readOnly, parentUuid, receivedUuid, createdGeneration } = at;
    if (!readOnly || parentUuid === undefined || receivedUuid !== undefined)
      writers.push({ uuid: uuid ?? "", until: readOnly ? 0 : until });
    until = Math.min(until, createdGeneration);
  }
  return writers;
}

/** Whether what the first writers made is a part, or an earlier or later state, of what the others made. */
function isPartOf([last]: readonly Writer[], others: readonly Writer[]): boolean {
  const at = others.findIndex(({ uuid }) => uuid === last?.uuid);
  return at === 0 || (at > 0 && last!.until <= others[at]!.until);
}

/** The uuids of a subvolume, of what it was made of, and so on. */
function lineOf(one: Subvolume | undefined, all: readonly Subvolume[]): Set<string> {
  return new Set(ancestry(one, all).flatMap((at) => (typeof at === "string" ? at : (at.uuid ?? []))));
}

/** A subvolume, what it was made of, and so on. Of what is gone only the uuid is known. */
function ancestry(one: Subvolume | undefined, all: readonly Subvolume[]): (Subvolume | string)[] {
  const found = new Set<Subvolume | string>();
  for (let at: Subvolume | string | undefined = one; at !== undefined && !found.has(at); ) {
    found.add(at);
    if (typeof at === "string") break;
    const { parentUuid }: Subvolume = at;
    at = parentUuid === undefined ? undefined : (all.find(({ uuid }) => uuid === parentUuid) ?? parentUuid);
  }
  return [...found];
}
