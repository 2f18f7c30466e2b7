import type { PersistedPath } from "../host/host.ts";
import { isAtOrBelow, isBelow, normalise } from "../host/paths.ts";
import { replaceExpression } from "./list-edit.ts";
import { entriesOf, listAround, pathOfElement } from "./list-entries.ts";
import { removeEntry } from "./move-entry.ts";
import { quote } from "./nix-text.ts";
import type { EditContext, FileEdits } from "./option-edit.ts";

/** The entries of one list that a parent directory would cover. */
export interface Siblings {
  /** As it is written in the list: absolute, or relative to a home. */
  readonly parent: string;
  readonly count: number;
  readonly edits: FileEdits;
}

/** Directories that hold more than one program's state, and what NixOS makes anew. */
const TOO_WIDE = new Set(["", "/", "/etc", "/var", "/home", "/usr", "/nix", "/run", "/boot"]);

/**
 * Persisting the parent in place of an entry and its siblings in the same list, when there are at least two. Entries
 * that say an owner or mode, or have comments, are left out: their parent would not say the same.
 */
export function parentInstead(context: EditContext, entry: PersistedPath): Siblings | undefined {
  const { place, kind } = entry;
  const program = entry.editable && kind === "directory" && place ? context.program(place.file) : undefined;
  const list = program && place && listAround(program, place);
  if (!program || !list || !place) return undefined;
  const entries = entriesOf(program, list);
  const own = entries.find(({ element }) => element.start <= place.start && place.end <= element.end);
  const written = own && own.element.kind === "string" ? pathOfElement(own.element)?.replace(/\/+$/, "") : undefined;
  if (!own || written === undefined) return undefined;
  const slash = written.lastIndexOf("/");
  const parent = slash < 0 ? "" : written.slice(0, slash);
  if (TOO_WIDE.has(parent) || (parent.startsWith("/") && parent.split("/").length < 3)) return undefined;
  const covered = entries.filter((other) => {
    const path = other.element.kind === "string" ? pathOfElement(other.element) : undefined;
    if (path === undefined || (other !== own && (other.above.length > 0 || other.behind !== ""))) return false;
    return path === parent || (isBelow(path, parent) && isReached(context, entry, path.slice(parent.length)));
  });
  if (covered.length < 2) return undefined;
  const [first = own, ...rest] = [own, ...covered.filter((other) => other !== own)];
  const edits = [
    ...replaceExpression(first.element, quote(parent)),
    ...rest.map((other) => removeEntry(program, other)),
  ];
  return { parent, count: covered.length, edits: new Map([[program.path, edits]]) };
}

/** Whether nothing else is mounted between the parent of the entry and a path below that parent. */
function isReached({ host }: EditContext, entry: PersistedPath, below: string): boolean {
  const parent = entry.path.slice(0, entry.path.lastIndexOf("/"));
  const path = normalise(parent + below);
  const isBetween = (at: string) => isBelow(at, parent) && isAtOrBelow(path, at);
  return (
    !host.fileSystems.some(({ mountpoint }) => isBetween(mountpoint)) &&
    !host.stores.some((store) => store !== entry.store && store.directories.some((other) => isBetween(other.path)))
  );
}
