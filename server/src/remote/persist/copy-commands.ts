import type { PersistedEntry } from "../../edits/persistence-edit.ts";
import { singleQuoted } from "../script-input.ts";

/**
 * The commands that copy what is there today into a store, to be run by root on the host before the configuration is
 * switched: the mount would hide it. Directories on the way are copied with their owners; data is shared where the
 * filesystem can. Paths are quoted: nothing in a name is a command.
 */
export function copyCommands(store: string, entries: readonly PersistedEntry[]): string[] {
  return entries.map(
    ({ path }) => `cp --archive --reflink=auto --parents -- ${singleQuoted(path)} ${singleQuoted(store)}`,
  );
}
