import { type Cell, NixAttrs, Unknown } from "../eval/value.ts";
import type { OptionNode } from "../modules/option-node.ts";
import { serviceOfUnset } from "../modules/unset-option.ts";
import type { Gap } from "./gaps.ts";
import type { Known, PersistedPath, Store } from "./host.ts";
import { isBelow, joinPath, normalise } from "./paths.ts";
import { type Item, itemNode, readBoolean, readItems, readString } from "./read-values.ts";
import { unreadOfEntry } from "./store-options.ts";
import { known, notKnown, YES } from "./verdict.ts";

/** Whose entries are read: the system's (home is `/`) or those of `users.<name>`. */
export interface Owner {
  readonly home: Known<string>;
  readonly userName: string | undefined;
  /** `removePrefixDirectory` of home-manager's older stores: the first folder of an entry names a group of entries. */
  readonly removesPrefix?: Known<boolean> | undefined;
  /** Files become those of home-manager (`home.file`), which takes the home from the front of a path: so in older stores of homes. */
  readonly linksFiles?: boolean;
}

/** What a store or one of its users lists under `directories` or `files`, as far as it is known. */
export interface EntryList {
  readonly kind: PersistedPath["kind"];
  readonly owner: Owner;
  readonly entries: readonly Entry[];
  /** Whether each of them is listed. */
  readonly certain: readonly PersistedPath["certain"][];
}

/** Reads `directories` or `files`; what stays hidden goes to `gaps`. */
export function readEntries(
  node: OptionNode,
  kind: PersistedPath["kind"],
  module: Store["module"],
  owner: Owner,
  gaps: Gap[],
): EntryList {
  const { items, open } = readItems(node);
  const below = owner.home.known && owner.userName !== undefined ? { below: owner.home.value } : {};
  gaps.push(...open.map((reason) => ({ ...reason, ...below })));
  const strip = owner.removesPrefix ?? known(false);
  const entries: Entry[] = [];
  const certain: PersistedPath["certain"][] = [];
  for (const item of items) {
    const entry = entryOf(item, kind, node.path, module);
    const { written } = entry;
    for (const gap of entry.unread) gaps.push({ ...gap, ...below });
    if (!written.known || !owner.home.known || !strip.known) {
      const reason = [written, owner.home, strip].find((part) => !part.known);
      if (reason && !reason.known) {
        const service = reason === written ? serviceOfUnset(reason.why) : undefined;
        const only = service === undefined ? below : { ...below, ofService: service };
        gaps.push({ why: reason.why, place: reason.place ?? item.place, ...only });
      }
      continue;
    }
    entries.push(entry);
    certain.push(item.certain);
  }
  return { kind, owner, entries, certain };
}

/** The entries of a list as paths of a store. */
export function pathsOf({ kind, owner, entries, certain }: EntryList, store: Store): PersistedPath[] {
  const { home, userName, removesPrefix, linksFiles } = owner;
  const strips = removesPrefix?.known === true && removesPrefix.value;
  if (!home.known) return [];
  return entries.flatMap((entry, index): PersistedPath[] => {
    const { written, storage, atRoot } = entry;
    if (!written.known) return [];
    return [
      {
        path:
          home.value === "/" && !strips && atRoot !== undefined
            ? atRoot
            : linksFiles && kind === "file" && isBelow(normalise(written.value), home.value)
              ? normalise(written.value)
              : joinPath(home.value, strips ? withoutPrefix(written.value) : written.value),
        written: written.value,
        kind,
        // An entry may be kept in another place than the store's others.
        store: storage ? { ...store, path: storage } : store,
        certain: certain[index] ?? YES,
        place: entry.place,
        editable: entry.editable,
        userName,
        user: entry.user ?? (userName && entry.isSet ? known(userName) : undefined),
        group: entry.group,
        mode: entry.mode,
        parentMode: entry.parentMode,
        inInitrd: entry.inInitrd,
        linked: entry.linked,
        ...(entry.linked ? { makesTarget: entry.makesTarget } : {}),
      },
    ];
  });
}

/** What one element says, whoever owns it. */
export type Entry = ReturnType<typeof fields> & {
  readonly written: Known<string>;
  /** The path of the entry where it is the system's. */
  readonly atRoot: string | undefined;
  readonly editable: boolean;
  /** Whether it is a set, and no mere path. */
  readonly isSet: boolean;
  /** `persistentStoragePath` of this one entry. */
  readonly storage: Known<string> | undefined;
  /** What it says that is not known here. */
  readonly unread: readonly Gap[];
  readonly place: Item["place"];
};

/** The elements that were read; as long as a host is edited, those that an edit does not reach stay. */
const readBefore = {
  impermanence: { directory: new WeakMap<Cell, Entry>(), file: new WeakMap<Cell, Entry>() },
  preservation: { directory: new WeakMap<Cell, Entry>(), file: new WeakMap<Cell, Entry>() },
};

function entryOf(item: Item, kind: PersistedPath["kind"], path: readonly string[], module: Store["module"]): Entry {
  const known = readBefore[module][kind];
  const before = known.get(item.cell);
  if (before) return before;
  const storage =
    item.value instanceof NixAttrs ? readString(itemNode(item, path).child("persistentStoragePath")) : undefined;
  const written = pathOf(item, kind, path);
  const atRoot = written.known ? joinPath("/", written.value) : undefined;
  const unread = unreadOfEntry(item.value, module, item.place);
  const entry = {
    written,
    atRoot,
    editable: isEditable(item),
    isSet: item.value instanceof NixAttrs,
    storage,
    unread,
    place: item.place,
    ...fields(item, path, kind),
  };
  // What cannot be known now may be known later.
  if (entry.written.known) known.set(item.cell, entry);
  return entry;
}

function withoutPrefix(path: string): string {
  return path.replace(/^\/*[^/]+\//, "");
}

function pathOf(item: Item, kind: PersistedPath["kind"], path: readonly string[]): Known<string> {
  const { value, place } = item;
  if (typeof value === "string") return known(value, place);
  if (value instanceof Unknown) return notKnown(value.why, value.place ?? place);
  if (!(value instanceof NixAttrs)) return notKnown("NixOS refuses an entry that is neither a text nor a set", place);
  return readString(itemNode(item, path).child(kind)) ?? notKnown(`the entry has no \`${kind}\``, place);
}

function fields(
  item: Item,
  path: readonly string[],
  kind: PersistedPath["kind"],
): Pick<PersistedPath, "user" | "group" | "mode" | "parentMode" | "inInitrd" | "linked" | "makesTarget"> {
  if (!(item.value instanceof NixAttrs)) {
    return {
      user: undefined,
      group: undefined,
      mode: undefined,
      parentMode: undefined,
      inInitrd: false,
      linked: false,
    };
  }
  const node = itemNode(item, path);
  // impermanence gives the owner of a file through its parent directory; preservation on the file itself.
  const holder =
    kind === "file" && node.child("parentDirectory").isDefined() === true ? node.child("parentDirectory") : node;
  const initrd = readBoolean(node.child("inInitrd"));
  const how = readString(node.child("how")) ?? readString(node.child("method"));
  const target = readBoolean(node.child("createLinkTarget"));
  return {
    user: readString(holder.child("user")),
    group: readString(holder.child("group")),
    mode: readString(holder.child("mode")),
    parentMode: readString(node.at("defaultPerms", "mode")),
    inInitrd: initrd !== undefined && (!initrd.known || initrd.value),
    linked: how?.known === true && how.value === "symlink",
    makesTarget: target === undefined ? false : target.known ? target.value : undefined,
  };
}

/** An edit may touch what is a literal of a list literal; results of functions are somebody else's text. */
function isEditable(item: Item): boolean {
  const { slot } = item.cell;
  return (
    slot !== undefined &&
    slot.copied !== true &&
    slot.name === undefined &&
    (slot.site.expr.kind === "string" || slot.site.expr.kind === "attrs")
  );
}

/** A user's home cannot be seen: every path below it may be persisted. */
export function gapBelow(home: Known<string>, why: string, place: Gap["place"]): Gap {
  return home.known ? { why, place, below: home.value } : { why, place };
}
