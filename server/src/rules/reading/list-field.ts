import type { ScriptCommand, ScriptWord } from "./script-commands.ts";
import { subvolumeCommand } from "./subvolume-command.ts";

/** What cuts a word out of each line of `btrfs subvolume list`, and it is not the path. */
export interface WrongField {
  readonly cutter: "cut" | "awk";
  readonly field: number;
  /** What it takes instead. */
  readonly taken: string;
  /** The word that names the field. */
  readonly word: ScriptWord;
}

/** The words between the numbers of a line `ID 257 gen 12 top level 5 path NAME`, see btrfs-subvolume(8). */
const WORDS = new Map([
  [1, "ID"],
  [3, "gen"],
  [5, "top"],
  [6, "level"],
  [8, "path"],
]);
const PATH = 9;

/**
 * The mistake of what reads the listing that a command makes, if it is one that makes such lines and the next in the pipe
 * cuts one field out of them. Numbers (fields 2, 4 and 7) may be wanted as such.
 */
export function fieldMistake(commands: readonly ScriptCommand[], list: ScriptCommand): WrongField | undefined {
  const found = subvolumeCommand(list);
  // Other options put more words into the lines.
  if (found?.tool !== "btrfs" || found.action !== "list" || found.options.some((one) => !/^-[or]+$/.test(one))) return;
  const next = commands.find(({ script, start }) => {
    return start > list.end && /^[^\n;&|]*\|\s*$/.test(script.text.slice(list.end, start));
  });
  const cut = next?.program === "cut" ? fieldOfCut(next) : next?.program === "awk" ? fieldOfAwk(next) : undefined;
  if (!cut || cut.field === PATH) return undefined;
  const word = WORDS.get(cut.field);
  if (word === undefined && cut.field < PATH) return undefined;
  const taken = word === undefined ? "behind the path" : `the word \`${word}\``;
  return { cutter: next?.program === "cut" ? "cut" : "awk", field: cut.field, taken, word: cut.word };
}

interface Field {
  readonly field: number;
  readonly word: ScriptWord;
}

/** `cut -d ' ' -f N` or `-f N-`, with the values glued on or not. */
function fieldOfCut({ words }: ScriptCommand): Field | undefined {
  const wordOf = (option: string): ScriptWord | undefined => {
    const at = words.findIndex(({ text }) => text.startsWith(option));
    return words[at]?.text === option ? words[at + 1] : words[at];
  };
  const delimiter = wordOf("-d");
  const fields = wordOf("-f");
  if (!delimiter || !fields || !/^(-d)? $/.test(delimiter.text)) return undefined;
  const number = /^(?:-f)?(\d+)-?$/.exec(fields.text)?.[1];
  return number === undefined ? undefined : { field: Number(number), word: fields };
}

/** `awk '{print $N}'`. */
function fieldOfAwk({ words }: ScriptCommand): Field | undefined {
  const [, word] = words;
  const number = /^\s*\{\s*print\s+\$(\d+)\s*;?\s*\}\s*$/.exec(word?.text ?? "")?.[1];
  return word === undefined || number === undefined ? undefined : { field: Number(number), word };
}
