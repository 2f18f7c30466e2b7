import { quote } from "../../edits/nix-text.ts";
import { listsOfOption } from "../../edits/option-edit.ts";
import { type PersistedEntry, persistedEntryText } from "../../edits/persistence-edit.ts";
import type { Host, PersistedPath, Store } from "../../host/host.ts";
import { homeOf } from "../../host/user-home.ts";
import type { ListExpr, Program } from "../../syntax/expr.ts";
import type { Completion } from "./completion.ts";
import { type Cursor, concerns } from "./cursor.ts";
import { type LostState, lostHomeStates, lostStates } from "./lost-states.ts";

/** A list of directories or files that a store keeps. */
interface EntryList {
  /** As if what stands at the cursor were not there. */
  readonly host: Host;
  readonly store: Store;
  readonly kind: PersistedPath["kind"];
  /** Whose entries they are: those of `users.<name>` are relative to the home. */
  readonly userName: string | undefined;
}

/** Paths that the next boot would delete, for the list of a store at the cursor. */
export function persistedPathCompletions(
  program: Program,
  cursor: Cursor,
  hosts: readonly Host[],
): readonly Completion[] {
  const lists = hosts.flatMap((host) => entryListAt(program, cursor, host) ?? []);
  const found = new Map<string, Completion>();
  for (const list of lists) {
    const on = lists.length > 1 ? `\`${list.host.name}\`: ` : "";
    for (const state of statesFor(list)) {
      const before = found.get(state.entry.path);
      const documentation = `${on}${state.why}`;
      const known = before && { ...before, documentation: `${before.documentation}\n\n${documentation}` };
      found.set(state.entry.path, known ?? completionOf(cursor, list, state, documentation));
    }
  }
  return [...found.values()];
}

/** The list that the cursor is in: an entry that is written there tells, or the option that is defined there. */
function entryListAt(program: Program, cursor: Cursor, whole: Host): EntryList | undefined {
  const { file } = cursor;
  for (const store of whole.stores) {
    const entry = [...store.directories, ...store.files].find((one) => isAtCursor(cursor, one));
    if (!entry) continue;
    const { kind, userName } = entry;
    const typed = cursor.in === "text" ? entry.place : { file, ...cursor.word };
    return { host: typed ? whole.withoutEntryAt(typed) : whole, store, kind, userName };
  }
  if (cursor.in === "text" || cursor.list.items.some(({ start }) => start !== cursor.word.start)) return undefined;
  return emptyListAt(program, cursor.list, whole.withoutEntryAt({ file, ...cursor.word }));
}

function isAtCursor(cursor: Cursor, { place, kind }: PersistedPath): boolean {
  if (concerns(cursor, place)) return true;
  // The path in an entry that is a set.
  if (cursor.in === "list" || cursor.name !== kind || place?.file !== cursor.file) return false;
  return place.start <= cursor.text.start && cursor.text.end <= place.end;
}

/** A list that holds nothing yet but what is being typed. */
function emptyListAt(program: Program, list: ListExpr, host: Host): EntryList | undefined {
  const context = { host, program: (path: string) => (path === program.path ? program : undefined) };
  const isHere = (option: readonly string[]) =>
    listsOfOption(context, option).some(({ literal }) => literal.start === list.start && literal.end === list.end);
  for (const store of host.stores) {
    const { option } = store;
    const users = host.config.at(...option, "users").names();
    const owners = [
      { userName: ownerOfHomeStore(option), at: option },
      ...users.map(({ name }) => ({ userName: name, at: [...option, "users", name] })),
    ];
    for (const [kind, name] of [["directory", "directories"] as const, ["file", "files"] as const]) {
      const owner = owners.find(({ at }) => isHere([...at, name]));
      if (owner) return { host, store, kind, userName: owner.userName };
    }
  }
  return undefined;
}

/** The person whose `home.persistence` of home-manager it is; undefined for stores of the system. */
function ownerOfHomeStore([top, , name]: readonly string[]): string | undefined {
  return top === "home-manager" ? name : undefined;
}

function statesFor({ host, kind, userName }: EntryList): readonly LostState[] {
  const states = userName === undefined ? lostStates(host) : lostHomeStates(host, userName);
  return states.filter(({ entry }) => entry.kind === kind);
}

function completionOf(cursor: Cursor, list: EntryList, state: LostState, documentation: string): Completion {
  const entry = writtenIn(list, state.entry);
  return {
    label: entry.path,
    kind: entry.kind,
    ...writtenAt(cursor, entry.path, persistedEntryText(list.store, entry)),
    detail: state.words,
    documentation,
    rank: state.rank,
  };
}

/** The path goes between the quotes that are there; the rest of a set goes around them. */
function writtenAt(cursor: Cursor, path: string, element: string): Pick<Completion, "text" | "span" | "around"> {
  if (cursor.in === "list") return { text: element, span: cursor.word };
  const [before, after] = element.split(quote(path));
  const inside = { text: quote(path).slice(1, -1), span: cursor.word };
  if (!cursor.isElement || !before || !after) return inside;
  const { start, end } = cursor.text;
  const around = [
    { start, end: start, text: before },
    { start: end, end, text: after },
  ];
  return { ...inside, around };
}

/** An entry as it is written in a list: below a home it is relative, and belongs to the person anyway. */
function writtenIn({ host, userName }: EntryList, entry: PersistedEntry): PersistedEntry {
  const home = userName === undefined ? undefined : homeOf(host.config, userName);
  if (!home?.known) return entry;
  return { ...entry, path: entry.path.slice(home.value.length + 1), user: undefined, group: undefined };
}
