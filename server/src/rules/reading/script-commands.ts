import { HOLE } from "../../eval/value.ts";
import type { Script } from "../../host/host.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { readFind } from "../../shell/find-command.ts";
import type { Word } from "../../shell/sh-ast.ts";
import type { CommandUse } from "../../shell/sh-commands.ts";
import { resolveWord, type Scope } from "../../shell/sh-values.ts";
import { unwrapCommand } from "../../shell/sh-wrappers.ts";

/** A word of a command with its value; what is only known when the script runs is one HOLE character. */
export interface ScriptWord {
  readonly text: string;
  /** For messages: the value, or what the script writes where it is not known. */
  readonly shown: string;
  /** Equal for words that are certain to have the same value; undefined when nothing can be said. */
  readonly key: string | undefined;
  /** Offsets in the script's text. */
  readonly start: number;
  readonly end: number;
}

/** A simple command of a script, wherever it stands. */
export interface ScriptCommand {
  readonly script: Script;
  /** The last part of the program's path. */
  readonly program: string;
  /** The program is named without a directory, so PATH finds it. */
  readonly isBare: boolean;
  /** From the program on: what only runs it (`sudo`, `timeout 10`, `xargs -r`) is left out. */
  readonly words: readonly ScriptWord[];
  /** The function it stands in. */
  readonly inFunction: string | undefined;
  readonly start: number;
  readonly end: number;
}

/**
 * All simple commands of a script in order, those in substitutions, functions, texts (`sh -c`) and `find -exec` included.
 * Variables that have one value are filled in.
 */
export function scriptCommands(script: Script): readonly ScriptCommand[] {
  let found = listed.get(script);
  if (!found) {
    const { all, scope } = commandsOf(script);
    found = all.flatMap((use) => commandsOfUse(script, use, scope));
    listed.set(script, found);
  }
  return found;
}

/** Many rules ask for the commands of the same scripts. */
const listed = new WeakMap<Script, readonly ScriptCommand[]>();

function commandsOfUse(script: Script, use: CommandUse, scope: Scope): ScriptCommand[] {
  const { command, args, functionName: inFunction } = use;
  const nameWord = use.nameWord ?? command.words[0];
  if (!nameWord) return [];
  const own = commandOf(script, [nameWord, ...(use.nameWord ? args : command.words.slice(1))], inFunction, scope);
  if (use.name !== "find") return [own];
  const executed = readFind(args, scope).exec.flatMap((words) => {
    const inner = unwrapCommand(words);
    return inner.nameWord ? [commandOf(script, [inner.nameWord, ...inner.args], inFunction, scope)] : [];
  });
  return [own, ...executed];
}

function commandOf(
  script: Script,
  written: readonly Word[],
  inFunction: string | undefined,
  scope: Scope,
): ScriptCommand {
  const words = written.map((word) => scriptWord(script, word, scope));
  const first = words[0]!;
  return {
    script,
    program: first.text.split("/").at(-1) ?? "",
    isBare: !first.text.includes("/") && !first.text.includes(HOLE),
    words,
    inFunction,
    start: first.start,
    end: words.at(-1)!.end,
  };
}

function scriptWord(script: Script, word: Word, scope: Scope): ScriptWord {
  const { start, end } = word;
  const { pieces, key } = resolveWord(word, scope);
  // A pattern stands for itself: rules look at its text.
  if (word.literal !== undefined) return { text: word.literal, shown: word.literal, key: word.literal, start, end };
  const text = pieces.map((piece) => ("text" in piece ? piece.text : HOLE)).join("");
  const shown = text.includes(HOLE) ? script.text.slice(start, end).replaceAll(HOLE, "…") : text;
  return { text, shown, key, start, end };
}
