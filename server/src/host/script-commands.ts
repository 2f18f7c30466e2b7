import { type StorageCommand, storageCommands } from "../shell/btrfs-commands.ts";
import { type CommandUse, commands } from "../shell/sh-commands.ts";
import { expandCommands, runningCommands } from "../shell/sh-expand.ts";
import { readShell } from "../shell/sh-reader.ts";
import { type Scope, scopeOf } from "../shell/sh-values.ts";
import type { Script } from "./host.ts";

/** A script of the host as the shell reads it. Offsets are those of the script's text. */
export interface ScriptCommands {
  readonly shell: ReturnType<typeof readShell>;
  readonly scope: Scope;
  /** All simple commands, in the order of the text. */
  readonly all: readonly CommandUse[];
  /** Those that may run. */
  readonly running: readonly CommandUse[];
  /** Those that concern filesystems and snapshots. */
  readonly storage: readonly StorageCommand[];
}

const read = new WeakMap<Script, ScriptCommands>();
/** Scripts of earlier analyses, by text: an edit elsewhere leaves most of a host's scripts as they were. */
const texts = new Map<string, ScriptCommands>();
const MOST_KEPT = 10_000;

/** The commands of a script; each text is parsed once, whoever asks. */
export function commandsOf(script: Script): ScriptCommands {
  let found = read.get(script);
  if (!found) {
    found = commandsOfText(script);
    read.set(script, found);
  }
  return found;
}

function commandsOfText({ text, holes: unknown, environment }: Script): ScriptCommands {
  const holes = unknown.map(({ start, end }) => ({ start, end }));
  const key = `${JSON.stringify([holes, environment])}${text}`;
  let found = texts.get(key);
  if (!found) {
    const shell = readShell(text, { holes });
    const scope = { ...scopeOf(shell), ...(environment ? { environment } : {}) };
    const written = commands(shell);
    found = {
      shell,
      scope,
      all: expandCommands(written, scope),
      running: runningCommands(shell, scope),
      storage: storageCommands(shell, scope),
    };
    if (texts.size >= MOST_KEPT) texts.clear();
    texts.set(key, found);
  }
  return found;
}
