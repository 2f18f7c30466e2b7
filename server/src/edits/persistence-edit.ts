import type { PersistedPath, Store } from "../host/host.ts";
import { setAttribute } from "./attrs-edit.ts";
import { elementWith } from "./locate.ts";
import { quote } from "./nix-text.ts";
import { appendToListOption, type EditContext, type FileEdits, listsOfOption } from "./option-edit.ts";
import { replaceStringAt } from "./place-edit.ts";

/** A directory or file to persist; owner and mode only where they differ from root and the module's default. */
export interface PersistedEntry {
  readonly kind: "directory" | "file";
  readonly path: string;
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  readonly mode?: string | undefined;
  /** preservation only: needed before stage 2. */
  readonly inInitrd?: boolean;
}

/**
 * Adds entries of one kind to the list a store already has, or gives the store such a list; of several lists to the
 * one in the module `near`. Undefined when the store's definition is computed.
 */
export function addPersistedEntries(
  context: EditContext,
  store: Store,
  entries: readonly PersistedEntry[],
  near?: string,
): FileEdits | undefined {
  const kind = entries[0]?.kind;
  if (!kind) return undefined;
  const option = [...store.option, kind === "directory" ? "directories" : "files"];
  // A module without a list of its own is not made one that has: most hosts keep all entries in one place.
  const isListed = listsOfOption(context, option).some(({ program }) => program.path === near);
  const texts = entries.map((entry) => persistedEntryText(store, entry));
  return appendToListOption(context, option, texts, isListed ? near : undefined);
}

/** Gives a persisted entry another path, in its string or in the `directory` or `file` of its set. */
export function changePersistedPath(context: EditContext, entry: PersistedPath, path: string): FileEdits | undefined {
  const { place } = entry;
  const program = place && context.program(place.file);
  const element = program && elementWith(program, place);
  if (element?.kind !== "attrs") return element && replaceStringAt(context, place, path);
  const edits = program && setAttribute(program, element, [entry.kind], quote(path));
  return edits && new Map([[program.path, edits]]);
}

/** The entry as Nix source: a string, or a set when owner or mode must be said. */
export function persistedEntryText(store: Pick<Store, "module">, entry: PersistedEntry): string {
  const attributes: string[] = [`${entry.kind} = ${quote(entry.path)};`];
  // impermanence gives files no owner of their own.
  const owned = entry.kind === "directory" || store.module === "preservation";
  const own = (key: string, value: string | undefined, standard: string) => {
    if (owned && value !== undefined && value !== standard) attributes.push(`${key} = ${quote(value)};`);
  };
  own("user", entry.user, "root");
  own("group", entry.group, "root");
  own("mode", entry.mode, entry.kind === "directory" ? "0755" : "0644");
  if (entry.inInitrd && store.module === "preservation") attributes.push("inInitrd = true;");
  return attributes.length === 1 ? quote(entry.path) : `{ ${attributes.join(" ")} }`;
}
