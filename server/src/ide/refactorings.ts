import { servicesKeeping } from "../catalogue/catalogue.ts";
import { type Ownership, writeAsSet, writeAsString } from "../edits/entry-form.ts";
import { hostKeysAsFiles, hostKeysInStore, hostKeyType } from "../edits/host-key-edit.ts";
import { listAround } from "../edits/list-entries.ts";
import { mayMove, moveEntry } from "../edits/move-entry.ts";
import type { EditContext, FileEdits } from "../edits/option-edit.ts";
import { parentInstead } from "../edits/parent-entry.ts";
import { sortEntries } from "../edits/sort-entries.ts";
import type { Host, PersistedPath, Store } from "../host/host.ts";
import { itemNode, readItems, readString } from "../host/read-values.ts";
import type { Program } from "../syntax/expr.ts";
import type { CheckedHost } from "./analysis.ts";
import { btrbkAt, modesAt, subvolumeFor } from "./host-refactorings.ts";
import { holdsOffset } from "./path-at.ts";

/** A change that keeps what a host does, or does it in another way; nobody says that the present way is wrong. */
export interface Refactoring {
  readonly title: string;
  /** `rewrite` keeps all data where it is; `move` leads to another place, which the title says. */
  readonly kind: "rewrite" | "move";
  readonly edits: FileEdits;
}

/** The refactorings for what stands at an offset, worked out for the first host that holds it. */
export function refactorings(
  program: Program,
  offset: number,
  hosts: readonly CheckedHost[],
  find: EditContext["program"],
): readonly Refactoring[] {
  const owners = hosts.filter(({ files }) => files.has(program.path));
  for (const { host } of owners) {
    const context: EditContext = { host, program: find };
    const entry = entryAt(host, program.path, offset);
    if (entry) return ofEntry(context, entry, owners.length > 1);
    const keys = hostKeysAt(context, program.path, offset);
    if (keys) return keys;
    const own = [...modesAt(context, program.path, offset), ...btrbkAt(context, program.path, offset)];
    if (own.length > 0) return own;
  }
  return [];
}

function entryAt(host: Host, file: string, offset: number): PersistedPath | undefined {
  for (const { directories, files } of host.stores) {
    const found = [...directories, ...files].find((entry) => holdsOffset(entry.place, file, offset));
    if (found) return found;
  }
  return undefined;
}

function ofEntry(context: EditContext, entry: PersistedPath, isShared: boolean): Refactoring[] {
  if (!entry.editable) return [];
  const found: Refactoring[] = [];
  const add = (kind: Refactoring["kind"], title: string, edits: FileEdits | undefined) => {
    if (edits && [...edits.values()].some((list) => list.length > 0)) found.push({ kind, title, edits });
  };
  add("rewrite", "Say owner and mode of this entry", writeAsSet(context, entry, ownership(context.host, entry)));
  add("rewrite", "Write this entry as a plain string", writeAsString(context, entry));
  const program = entry.place && context.program(entry.place.file);
  const list = program && entry.place && listAround(program, entry.place);
  const sorted = program && list ? sortEntries(program, list) : undefined;
  if (program && sorted)
    add("rewrite", "Sort this list by path and drop repeated entries", new Map([[program.path, sorted]]));
  const siblings = parentInstead(context, entry);
  if (siblings) {
    add("rewrite", `Persist ${siblings.parent} in place of ${siblings.count} entries below it`, siblings.edits);
  }
  for (const target of context.host.stores) {
    if (!mayMove(entry, target) || !target.path.known) continue;
    const title = `Move this entry to the store ${target.path.value} (move its data there, too)`;
    // What other hosts make of a list that they share is not looked at here.
    if (!isShared || sharesLists(entry.store, target)) add("move", title, moveEntry(context, entry, target));
  }
  // The layout of a disk is that of one host.
  if (!isShared) found.push(...subvolumeFor(context, entry));
  if (hostKeyType(entry.path.replace(/\.pub$/, "")) !== undefined) {
    const title = "Let sshd keep its host keys in the store itself (services.openssh.hostKeys)";
    add("rewrite", title, hostKeysInStore(context, entry.store));
  }
  return found;
}

/** Two stores that are written in one file are there for the same hosts. */
function sharesLists(a: Store, b: Store): boolean {
  return a.place !== undefined && a.place.file === b.place?.file;
}

/** What is known of who owns a path: from the services of the host, else from the catalogue. */
function ownership(host: Host, { path }: PersistedPath): Ownership {
  const own = host.services.flatMap(({ state }) => state).find((state) => state.path === path);
  if (own) return own;
  const states = servicesKeeping(path).flatMap((service) => service.states.filter((state) => state.path === path));
  return states.find(({ user }) => user !== undefined && !user.includes("*")) ?? {};
}

/** On `services.openssh.hostKeys`: entries for the files in place of it. */
function hostKeysAt(context: EditContext, file: string, offset: number): Refactoring[] | undefined {
  const node = context.host.config.at("services", "openssh", "hostKeys");
  const { items, open } = readItems(node);
  if (items.length === 0 || open.length > 0 || !items.some(({ place }) => holdsOffset(place, file, offset))) {
    return undefined;
  }
  const paths = items.map((item) => readString(itemNode(item, node.path).child("path")));
  const texts = paths.flatMap((path) => (path?.known ? [path.value] : []));
  if (texts.length !== items.length) return undefined;
  return context.host.stores.flatMap((store) => {
    const edits = hostKeysAsFiles(context, store, texts);
    const title = "Persist the host keys as files of /etc/ssh (mounted later than keys in the store)";
    return edits ? [{ kind: "rewrite" as const, title, edits }] : [];
  });
}
