import { type StorageCommand, storageCommands } from "../shell/btrfs-commands.ts";
import { type CommandUse, commands } from "../shell/sh-commands.ts";
import { readShell } from "../shell/sh-reader.ts";
import { type Scope, scopeOf } from "../shell/sh-values.ts";
import type { Script } from "./host.ts";

/** A script of the host as the shell reads it. Offsets are those of the script's text. */
export interface ScriptCommands {
  readonly shell: ReturnType<typeof readShell>;
  readonly scope: Scope;
  /** All simple commands, in the order of the text. */
  readonly all: readonly CommandUse[];
  /** Those that concern filesystems and snapshots. */
  readonly storage: readonly StorageCommand[];
}

const read = new WeakMap<Script, ScriptCommands>();

/** The commands of a script; parsed once for each script, whoever asks. */
export function commandsOf(script: Script): ScriptCommands {
  let found = read.get(script);
  if (!found) {
    const shell = readShell(script.text, { holes: script.holes.map(({ start, end }) => ({ start, end })) });
    const scope = scopeOf(shell);
    found = { shell, scope, all: commands(shell), storage: storageCommands(shell, scope) };
    read.set(script, found);
  }
  return found;
}
