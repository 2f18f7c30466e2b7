import type { Subvolume } from "../subvolumes.ts";

/** What a root is compared with. */
export interface Baseline {
  /** Undefined: nothing, so everything counts as new. */
  readonly subvolume: Subvolume | undefined;
  /** In words, for people: where it comes from, or why there is none. */
  readonly reason: string;
  /** Whether both come from one tree, in which an object keeps its inode number. */
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
    const related = isRelated(found, root, subvolumes);
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

/** The uuids of a subvolume, of what it was made of, and so on. Those that are gone are known by name only. */
function lineOf(one: Subvolume | undefined, all: readonly Subvolume[]): Set<string> {
  const line = new Set<string>();
  for (let at = one; at?.uuid !== undefined && !line.has(at.uuid); ) {
    line.add(at.uuid);
    const { parentUuid } = at;
    if (parentUuid === undefined) break;
    at = all.find(({ uuid }) => uuid === parentUuid);
    if (!at) line.add(parentUuid);
  }
  return line;
}
