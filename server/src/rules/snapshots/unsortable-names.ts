import { HOLE } from "../../eval/value.ts";
import type { Script } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { commandsOf } from "../../host/script-commands.ts";
import type { SimpleCommand } from "../../shell/sh-ast.ts";
import { walkCommands } from "../../shell/sh-walk.ts";
import { dateFormatsOf } from "../reading/date-names.ts";
import { type ScriptCommand, scriptCommands } from "../reading/script-commands.ts";
import { type ScriptWrite, scriptWrites } from "../reading/script-writes.ts";
import { subvolumeCommand } from "../reading/subvolume-command.ts";
import { defineRule } from "../rule.ts";

/** A script deletes the oldest by the order of names in which the day or the month stands before the year. */
export const unsortableNames = defineRule({
  code: "IMP639",
  name: "unsortable-names",
  group: "snapshots",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const script of host.scripts) {
      if (!/\bdate\b/.test(script.text) || !/\b(head|tail)\b/.test(script.text)) continue;
      for (const { word, where, start, end, lists } of madeIn(script)) {
        const format = dateFormatsOf(script, word)?.find((one) => before(one) !== undefined);
        if (format === undefined) continue;
        const cut = cutByName(script, lists);
        if (!cut) continue;
        report({
          at: script.placeOf(cut.start, cut.end) ?? script.place,
          message: `The names ${where} are put in order by their letters, and ${before(format)} (\`${format}\`). What is taken for the oldest and deleted may be the newest.`,
          help: "Write the year first, which sorts by time: date +%Y-%m-%d_%H-%M-%S. Names from before have to be renamed or deleted by hand.",
          related: [{ place: script.placeOf(start, end), message: "the names are made here" }],
        });
        break;
      }
    }
  },
});

/** Names that a script makes, and what lists them. */
interface Made {
  readonly word: ScriptWrite["word"];
  /** "in `/backup`". */
  readonly where: string;
  readonly start: number;
  readonly end: number;
  readonly lists: (list: ScriptCommand, commands: readonly ScriptCommand[]) => boolean;
}

function madeIn(script: Script): readonly Made[] {
  const files = scriptWrites(script).map(({ word, directory, start, end }) => ({
    ...{ word, where: `in \`${directory}\``, start, end },
    lists: (list: ScriptCommand, commands: readonly ScriptCommand[]) => listsFiles(list, directory, commands),
  }));
  const snapshots = commandsOf(script).running.flatMap(({ name, args, command }): Made[] => {
    const word = args.find(({ literal }, at) => at > 0 && (literal === undefined || literal.includes("@")));
    if (name !== "zfs" || args[0]?.literal !== "snapshot" || !word) return [];
    return [{ word, where: "of the snapshots", start: command.start, end: command.end, lists: listsSnapshots }];
  });
  return [...files, ...snapshots];
}

/** Why the names of a format of date(1) do not sort by time; undefined where they do, or have no year. */
function before(format: string): string | undefined {
  const fields = [...format.matchAll(/%[-_0^#]?([A-Za-z])/g)].map(([, letter = ""]) => letter);
  const year = fields.findIndex((letter) => /[YGFDcxs]/.test(letter));
  const [first] = fields;
  if (year < 0 || first === undefined || fields[year] === "s") return undefined;
  const own = NAMES.find(([letters]) => letters.includes(first))?.[1];
  if (own !== undefined) return own;
  return fields.some((letter) => /[bBh]/.test(letter))
    ? "the month is in letters: 2025-Apr comes before 2025-Jan"
    : undefined;
}

const NAMES: readonly (readonly [string, string])[] = [
  ["dej", "begin with the day: 01-12-2025 comes before 31-01-2025"],
  ["mbBhDx", "begin with the month: 01-31-2026 comes before 12-01-2025"],
  ["aAuw", "begin with the day of the week: that of Friday comes before that of Monday"],
  ["HIklMSTRr", "begin with the time of day: 03:00 of today comes before 22:00 of last year"],
  ["VUW", "begin with the week: the first of this year comes before the last of the one before"],
];

/** The listing of a directory of which the first or the last lines are deleted, sorted by nothing but the names. */
function cutByName(script: Script, lists: Made["lists"]): { readonly start: number; readonly end: number } | undefined {
  const commands = scriptCommands(script);
  const deletes = commands.filter(isDelete);
  let found: { readonly start: number; readonly end: number } | undefined;
  walkCommands(commandsOf(script).shell, (node) => {
    if (node.kind !== "pipeline" || found) return;
    const parts = node.commands.flatMap((part) => (part.kind === "simple" ? [ofCommand(commands, part)] : []));
    const at = parts.findIndex((part) => part?.program === "head" || part?.program === "tail");
    const [list] = parts;
    if (at < 1 || !list || parts.includes(undefined)) return;
    const sorts = parts.slice(1, at).filter((part) => part?.program === "sort");
    const isSorted =
      sorts.length === 1 && sorts.every((sort) => sort?.words.slice(1).every(({ text }) => /^-[ru]+$/.test(text)));
    const isListed = list.program === "ls" && sorts.length === 0 && hasNoOrder(list);
    const isFound =
      /^(ls|find|printf|echo|zfs)$/.test(list.program) &&
      isSorted &&
      !/%[TCAB]/.test(list.words.map(({ text }) => text).join(" "));
    if (!isListed && !isFound) return;
    if (!lists(list, commands) || !deletes.some(({ start }) => start > node.start)) return;
    found = { start: node.start, end: node.end };
  });
  return found;
}

function ofCommand(commands: readonly ScriptCommand[], { start, end }: SimpleCommand): ScriptCommand | undefined {
  return commands.find((one) => one.start >= start && one.end <= end);
}

/** Whether `ls` puts names in the order of their letters. */
function hasNoOrder({ words }: ScriptCommand): boolean {
  return !words.slice(1).some(({ text }) => /^-[a-zA-Z]*[tcuSUvXf]|^--(sort|time)/.test(text));
}

/** Whether a command lists a directory: by its path, or as the one that the script has gone to. */
function listsFiles(
  { program, words, start }: ScriptCommand,
  directory: string,
  commands: readonly ScriptCommand[],
): boolean {
  if (program === "zfs") return false;
  const paths = words.slice(1).filter(({ text }) => text.startsWith("/"));
  if (paths.length > 0)
    return paths.some(({ text }) => {
      const known = text.split(HOLE)[0] ?? "";
      return known !== "/" && isAtOrBelow(normalise(known), directory);
    });
  const cd = commands.findLast((one) => one.program === "cd" && one.start < start);
  const to = cd?.words[1]?.text;
  return to?.startsWith("/") === true && normalise(to) === directory;
}

function listsSnapshots({ program, words }: ScriptCommand): boolean {
  const texts = words.slice(1).map(({ text }) => text);
  return program === "zfs" && texts[0] === "list" && texts.some((text) => /^(-\w*t)?(snapshot|snap)$/.test(text));
}

function isDelete(command: ScriptCommand): boolean {
  const { program, words } = command;
  return (
    (program === "zfs" && words[1]?.text === "destroy") ||
    program === "rm" ||
    program === "unlink" ||
    subvolumeCommand(command)?.action === "delete" ||
    (program === "find" && words.some(({ text }) => text === "-delete"))
  );
}
