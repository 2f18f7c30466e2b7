import type { DiskoLayout, Host, PersistedPath } from "../host/host.ts";
import { mergeEdits } from "./combine-plans.ts";
import { insertSubvolume } from "./disko-edit.ts";
import { removeElement } from "./list-edit.ts";
import { entriesOf, listAround } from "./list-entries.ts";
import { removeEntry } from "./move-entry.ts";
import { quote } from "./nix-text.ts";
import { appendToListOption, type EditContext, type FileEdits } from "./option-edit.ts";
import { addNocowDirectory } from "./tmpfiles-edit.ts";

/**
 * Gives a persisted directory a subvolume of its own, mounted at its path, in the layout that holds its store, and takes the
 * entry out of the store. Owner and mode that the entry says become a rule of tmpfiles; with `nocow` the new directory is
 * marked. Undefined where the layout is computed, or the entry is in somebody's home, where a mount belongs to root.
 */
export function ownSubvolume(context: EditContext, entry: PersistedPath, nocow: boolean): FileEdits | undefined {
  const { host } = context;
  const layout = layoutOf(host, entry);
  const program = entry.editable && entry.place ? context.program(entry.place.file) : undefined;
  const list = program && entry.place && listAround(program, entry.place);
  const place = entry.place;
  if (!layout || !program || !list || !place || entry.kind !== "directory" || entry.userName !== undefined)
    return undefined;
  if (host.fileSystems.some(({ mountpoint }) => mountpoint === entry.path || mountpoint.startsWith(`${entry.path}/`)))
    return undefined;
  const found = entriesOf(program, list).find(
    ({ element }) => (element.outer ?? element).start <= place.start && place.end <= (element.outer ?? element).end,
  );
  const added = insertSubvolume(context, layout, { name: nameOf(entry.path), mountpoint: entry.path });
  if (!found || !added) return undefined;
  // What is said of the entry stays for its author to put where it belongs.
  const isBare = found.above.length === 0 && found.behind === "";
  const removed = isBare ? [removeEntry(program, found)] : removeElement(program, found.element);
  const clashes = (added.get(program.path) ?? []).some((edit) =>
    removed.some((removal) => edit.start < removal.end && removal.start < edit.end),
  );
  return clashes ? undefined : mergeEdits(new Map([[program.path, removed]]), added, ownership(context, entry, nocow));
}

function ownership(context: EditContext, entry: PersistedPath, nocow: boolean): FileEdits | undefined {
  const { user, group, mode, path } = entry;
  const said = [user, group, mode].some((attribute) => attribute?.known);
  const value = (known: PersistedPath["user"], usual: string) => (known?.known ? known.value : usual);
  const owner = value(user, "root");
  const given = { user: owner, group: value(group, owner), mode: value(mode, "0755") };
  if (nocow) return addNocowDirectory(context, { path, ...given, exists: !said }, entry.place?.file);
  const rule = `d ${path} ${given.mode} ${given.user} ${given.group} -`;
  return said
    ? appendToListOption(context, ["systemd", "tmpfiles", "rules"], [quote(rule)], entry.place?.file)
    : undefined;
}

/** The btrfs layout of disko that the entry's store lies on, when it is written where it can be edited. */
function layoutOf(host: Host, { store }: PersistedPath): DiskoLayout | undefined {
  const fs = store.path.known ? host.fileSystemAt(store.path.value) : undefined;
  const disko = fs?.disko;
  return host.layouts.find(
    ({ fsType, writtenAsList, open, subvolumes }) =>
      fsType === "btrfs" && !writtenAsList && open === undefined && disko !== undefined && subvolumes.includes(disko),
  );
}

/** `/var/lib/postgresql` becomes `postgresql`, as most name their subvolumes. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/^\.+/, "") || "data";
}
