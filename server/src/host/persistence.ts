import { NixFunction, NixPath, Unknown } from "../eval/value.ts";
import { MergeNode } from "../modules/merge-node.ts";
import type { OptionNode } from "../modules/option-node.ts";
import type { Gap } from "./gaps.ts";
import type { Known, PersistedPath, Store, Verdict } from "./host.ts";
import { normalise } from "./paths.ts";
import { type EntryList, gapBelow, type Owner, pathsOf, readEntries } from "./persisted-entries.ts";
import {
  builtAt,
  childrenOf,
  nameAt,
  openOf,
  readBoolean,
  readExplicitBoolean,
  readString,
  setAt,
} from "./read-values.ts";
import { isSameFact } from "./same-fact.ts";
import { unreadOptions } from "./store-options.ts";
import { homeOf } from "./user-home.ts";
import { allOf, known, NO, verdictOf, YES } from "./verdict.ts";

export interface Persistence {
  readonly stores: readonly Store[];
  /** Why more stores than listed may exist, for the whole host or below a directory. */
  readonly gaps: readonly Gap[];
}

/**
 * All stores of impermanence (also those of home-manager) and preservation. `unread` lists the modules
 * that could not be read of the sets of modules at or below an option: home-manager's users are such sets,
 * whose modules are only met when a user is looked at. `ownHomeModule`: impermanence is one of before January 2026, with a
 * module of home-manager's own.
 */
export function readPersistence(
  root: OptionNode,
  unread: (option: readonly string[]) => readonly Gap[] = () => [],
  ownHomeModule = false,
): Persistence {
  const stores: Store[] = [];
  const gaps: Gap[] = [];
  const system: Owner = { home: known("/"), userName: undefined };

  const impermanence = root.at("environment", "persistence");
  readStores(impermanence, "impermanence", system, YES, root, stores, gaps);

  const preservation = root.child("preservation");
  const preserveAt = preservation.child("preserveAt");
  if (preserveAt.isDefined() !== false) {
    const enabled = readBoolean(preservation.child("enable"));
    readStores(preserveAt, "preservation", system, enabled ? verdictOf(enabled) : NO, root, stores, gaps);
  }

  const users = root.at("home-manager", "users");
  gaps.push(...unread(impermanence.path), ...unread(preserveAt.path));
  const hidden = openOf(users);
  if (hidden) gaps.push({ ...reasonOf(hidden), below: "/home" });
  for (const { name, node, certain } of childrenOf(users)) {
    const value = node.value();
    const home = readString(node.at("home", "homeDirectory")) ?? homeOf(root, name);
    if (value instanceof NixFunction || value instanceof NixPath || value instanceof Unknown) {
      const why = value instanceof Unknown ? value.why : `the home-manager configuration of ${name} cannot be read`;
      gaps.push(gapBelow(home, why, builtAt(node)));
      continue;
    }
    const owner: Owner = { home, userName: name, linksFiles: ownHomeModule };
    readStores(node.at("home", "persistence"), "impermanence", owner, certain, root, stores, gaps);
    gaps.push(...unread(node.path).map(({ why, place }) => gapBelow(home, why, place)));
  }
  return { stores, gaps };
}

function readStores(
  node: OptionNode,
  module: Store["module"],
  owner: Owner,
  around: Verdict,
  root: OptionNode,
  stores: Store[],
  gaps: Gap[],
): void {
  const open = openOf(node);
  if (open) {
    gaps.push(owner.userName === undefined ? reasonOf(open) : gapBelow(owner.home, open.why, open.place));
  }
  for (const child of childrenOf(node)) {
    stores.push(readStore(child.node, child.name, module, owner, allOf(around, child.certain), root));
  }
}

/** All that a store is made of. */
interface StoreParts {
  readonly own: Omit<Store, "directories" | "files" | "open">;
  readonly lists: readonly EntryList[];
  readonly open: readonly Gap[];
}

function readStore(
  node: OptionNode,
  name: string,
  module: Store["module"],
  owner: Owner,
  around: Verdict,
  root: OptionNode,
): Store {
  const open: Gap[] = [];
  const enable = readExplicitBoolean(node.child("enable"));
  const own: StoreParts["own"] = {
    module,
    name,
    path: storagePath(node, name),
    place: nameAt(node),
    enabled: allOf(around, enable ? verdictOf(enable) : YES),
    option: node.path,
  };
  const hidden = openOf(node);
  if (hidden) {
    open.push(owner.userName === undefined ? reasonOf(hidden) : gapBelow(owner.home, hidden.why, hidden.place));
  }
  open.push(...unreadOptions(node, module, "store"));
  const lists: EntryList[] = [];
  const readLists = (of: OptionNode, whose: Owner): void => {
    lists.push(readEntries(of.child("directories"), "directory", module, whose, open));
    lists.push(readEntries(of.child("files"), "file", module, whose, open));
  };
  const prefix = node.child("removePrefixDirectory");
  readLists(node, prefix.isDefined() === false ? owner : { ...owner, removesPrefix: readBoolean(prefix) });
  const users = node.child("users");
  const hiddenUsers = openOf(users);
  if (hiddenUsers && !hidden) open.push({ ...reasonOf(hiddenUsers), below: "/home" });
  for (const child of childrenOf(users)) {
    const home = readString(child.node.child("home")) ?? homeOf(root, child.name);
    open.push(...unreadOptions(child.node, module, "user").map(({ why, place }) => gapBelow(home, why, place)));
    readLists(child.node, { home, userName: child.name });
  }
  return storeOf(node, { own, lists, open });
}

/** The stores that were made of options, and what of. */
const madeBefore = new WeakMap<OptionNode, { readonly parts: StoreParts; readonly store: Store }>();

/** The very store that was there before an edit when it is made of the same: most edits reach one of hundreds of entries. */
function storeOf(node: OptionNode, parts: StoreParts): Store {
  const before = madeBefore.get(node) ?? (node instanceof MergeNode && node.before && madeBefore.get(node.before));
  const made = before && isSameFact(before.parts, parts) ? before : { parts, store: makeStore(parts) };
  madeBefore.set(node, made);
  return made.store;
}

function makeStore({ own, lists, open }: StoreParts): Store {
  const directories: PersistedPath[] = [];
  const files: PersistedPath[] = [];
  const store: Store = { ...own, directories, files, open };
  for (const list of lists) (list.kind === "directory" ? directories : files).push(...pathsOf(list, store));
  return store;
}

function reasonOf({ why, place }: Unknown): Gap {
  return { why, place };
}

function storagePath(node: OptionNode, name: string): Known<string> {
  const path = readString(node.child("persistentStoragePath")) ?? known(name, nameAt(node) ?? setAt(node));
  return path.known ? { ...path, value: normalise(path.value) } : path;
}
