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
    found = new ReadScript(readShell(text, { holes }), environment);
    if (texts.size >= MOST_KEPT) texts.clear();
    texts.set(key, found);
  }
  return found;
}

/** Most scripts are asked for some of it only. */
class ReadScript implements ScriptCommands {
  readonly shell: ReturnType<typeof readShell>;
  readonly #environment: Script["environment"];
  #scope: Scope | undefined;
  #all: readonly CommandUse[] | undefined;
  #running: readonly CommandUse[] | undefined;
  #storage: readonly StorageCommand[] | undefined;

  constructor(shell: ReturnType<typeof readShell>, environment: Script["environment"]) {
    this.shell = shell;
    this.#environment = environment;
  }

  get scope(): Scope {
    this.#scope ??= { ...scopeOf(this.shell), ...(this.#environment ? { environment: this.#environment } : {}) };
    return this.#scope;
  }

  get all(): readonly CommandUse[] {
    this.#all ??= expandCommands(commands(this.shell), this.scope);
    return this.#all;
  }

  get running(): readonly CommandUse[] {
    this.#running ??= runningCommands(this.shell, this.scope);
    return this.#running;
  }

  get storage(): readonly StorageCommand[] {
    this.#storage ??= storageCommands(this.shell, this.scope, this.running);
    return this.#storage;
  }
}
