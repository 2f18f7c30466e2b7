import type { List, Word, WordPart } from "./sh-ast.ts";
import { type CommandUse, commands } from "./sh-commands.ts";
import { reachableCommands } from "./sh-reach.ts";
import { resolveWord, type Scope } from "./sh-values.ts";
import { expandLists, isWordList } from "./sh-word-lists.ts";
import { unwrapCommand } from "./sh-wrappers.ts";

/** The commands of a script that may run, as the shell runs them. */
export function runningCommands(script: List, scope: Scope): CommandUse[] {
  return expandCommands(reachableCommands(commands(script)), scope);
}

/**
 * The commands with the program behind a variable (`$BTRFS subvolume …`, `"${cmd[@]}" delete …`) and with braces and
 * arrays as the words that the shell makes of them. A word that is made keeps the place of what it was made of.
 */
export function expandCommands(uses: readonly CommandUse[], scope: Scope): CommandUse[] {
  return uses.map((use) => expandCommand(use, scope));
}

function expandCommand(use: CommandUse, scope: Scope): CommandUse {
  const { words } = use.command;
  const program = use.nameWord ?? words[0];
  const hasUnknownProgram = use.name === undefined && program !== undefined;
  if (!hasUnknownProgram && !words.some(isWordList)) return use;
  const expanded = expandLists(words, scope).flatMap((word) =>
    hasUnknownProgram && word.start === program.start ? programWords(word, scope) : [word],
  );
  const { name: _, nameWord: __, ...rest } = use;
  return { ...rest, ...unwrapCommand(expanded) };
}

/** A program in a variable may bring its first arguments along: `$BTRFS` that holds `btrfs subvolume`. */
function programWords(word: Word, scope: Scope): Word[] {
  const { value } = resolveWord(word, scope);
  if (value === undefined || value === "" || word.literal !== undefined) return [word];
  const texts = word.parts.some(({ quoted }) => quoted)
    ? [value]
    : value.split(/[ \t\n]+/).filter((text) => text !== "");
  return texts.map((text) => literalWord(text, word));
}

function literalWord(text: string, { start, end }: Word): Word {
  const part: WordPart = { kind: "literal", start, end, quoted: true, value: text };
  return { kind: "word", start, end, parts: [part], literal: text, glob: false, brace: false };
}
