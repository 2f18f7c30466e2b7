import { HOLE } from "../../eval/value.ts";
import type { Host, Script } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { commandsOf } from "../../host/script-commands.ts";
import type { CommandUse } from "../../shell/sh-commands.ts";
import { walkCommands } from "../../shell/sh-walk.ts";
import { dateFormatsOf } from "../reading/date-names.ts";
import { handedTo } from "../reading/handed-to-delete.ts";
import { type ScriptCommand, scriptCommands } from "../reading/script-commands.ts";
import { scriptWrites } from "../reading/script-writes.ts";
import { defineRule } from "../rule.ts";

/** A clean-up that lists what there is by time, and deletes the end at which the newest are. */
export const cleanUpOfTheNewest = defineRule({
  code: "IMP645",
  name: "clean-up-of-the-newest",
  group: "snapshots",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const script of host.scripts) {
      if (!/\b(head|tail)\b/.test(script.text) || !/\b(delete|destroy|rm)\b/.test(script.text)) continue;
      for (const { parts, cut } of cutsOf(script)) {
        const lines = linesOf(cut);
        const order = lines && orderOf(host, script, parts);
        if (!lines || !order || lines.end !== (order === "oldest first" ? "last" : "first")) continue;
        if (!isDeleted(script, cut)) continue;
        const { keeps, takes } = lines;
        report({
          at: script.placeOf(cut.start, cut.end) ?? script.place,
          message:
            keeps === undefined
              ? `The list has the ${order}, and \`${wordsOf(cut)}\` takes the ${takes} at its ${lines.end === "last" ? "end" : "beginning"}: the newest are deleted, and the old ones stay for ever.`
              : `The list has the ${order}, and \`${wordsOf(cut)}\` leaves out the ${keeps} at its ${lines.end === "last" ? "beginning" : "end"}: the ${keeps} oldest stay for ever, and what is newer, the one just made as well, is deleted.`,
          help:
            order === "oldest first"
              ? `To keep the newest ${keeps ?? "ones"}, write head -n -${keeps ?? "NUMBER"}, or turn the list round before the cut.`
              : `To keep the newest ${keeps ?? "ones"}, write tail -n +${keeps === undefined ? "NUMBER" : keeps + 1}, or turn the list round before the cut.`,
        });
      }
    }
  },
});

interface Cut {
  /** What makes the list and puts it in order. */
  readonly parts: readonly ScriptCommand[];
  readonly cut: ScriptCommand;
}

/** Every `head` or `tail` of a pipeline of simple commands, with those in front of it. */
function cutsOf(script: Script): readonly Cut[] {
  const commands = scriptCommands(script);
  const found: Cut[] = [];
  walkCommands(commandsOf(script).shell, (node) => {
    if (node.kind !== "pipeline") return;
    const parts = node.commands.map((part) =>
      part.kind === "simple" ? commands.find((one) => one.start >= part.start && one.end <= part.end) : undefined,
    );
    const at = parts.findIndex((part) => part?.program === "head" || part?.program === "tail");
    const cut = parts[at];
    const before = parts.slice(0, at).filter((part) => part !== undefined);
    if (at > 0 && cut && before.length === at) found.push({ parts: before, cut });
  });
  return found;
}

interface Lines {
  /** The end of the list from which it passes on lines. */
  readonly end: "first" | "last";
  /** How many of the other end it leaves out, where it passes on all the rest. */
  readonly keeps: number | undefined;
  /** How many it passes on. */
  readonly takes: number | undefined;
}

/** Which lines `head` or `tail` passes on; one line is mostly looked at, not cleaned up. */
function linesOf({ program, words }: ScriptCommand): Lines | undefined {
  const text = words
    .slice(1)
    .map((word) => word.text)
    .join(" ");
  const count = /^(?:-n ?|--lines[= ])?([-+]?\d+)$/.exec(text)?.[1] ?? undefined;
  if (count === undefined) return undefined;
  const number = Math.abs(Number(count));
  const isPlain = /^-\d+$/.test(text);
  if (program === "tail")
    return count.startsWith("+")
      ? { end: "last", keeps: number - 1, takes: undefined }
      : { end: "last", keeps: undefined, takes: number };
  return count.startsWith("-") && !isPlain
    ? { end: "first", keeps: number, takes: undefined }
    : { end: "first", keeps: undefined, takes: number };
}

type Order = "oldest first" | "newest first";

/** Programs that leave lines where they are. */
const IN_PLACE = /^(awk|gawk|cut|grep|egrep|sed|tr|uniq)$/;

/** By what time the list is in order; undefined where nothing proves it. */
function orderOf(host: Host, script: Script, parts: readonly ScriptCommand[]): Order | undefined {
  const [list, ...rest] = parts as readonly [ScriptCommand, ...ScriptCommand[]];
  let order = orderOfList(host, script, list);
  for (const part of rest) {
    const options = part.words.slice(1).map(({ text }) => text);
    if (part.program === "tac" && options.length === 0) order &&= turned(order);
    else if (part.program === "sort") {
      const isPlain = options.every((text) => /^(-[rnuV]+|--(reverse|unique|version-sort|numeric-sort))$/.test(text));
      const isTimed = list.program === "find" && list.words.some(({ text }) => /^%T@/.test(text));
      const isReverse = options.some((text) => /^-[nuV]*r|^--reverse$/.test(text));
      const sorted = isTimed || isNamedByDate(host, script, list);
      order = isPlain && sorted ? (isReverse ? "newest first" : "oldest first") : undefined;
    } else if (!IN_PLACE.test(part.program)) return undefined;
  }
  return order;
}

function orderOfList(host: Host, script: Script, list: ScriptCommand): Order | undefined {
  const options = list.words.slice(1).map(({ text }) => text);
  if (list.program === "zfs") {
    const at = options.findIndex((text) => /^-[sS]$/.test(text));
    if (options[0] !== "list" || at < 0 || options[at + 1] !== "creation") return undefined;
    return options[at] === "-s" ? "oldest first" : "newest first";
  }
  if (list.program !== "ls") return undefined;
  const letters = options.flatMap((text) => (/^-[a-zA-Z0-9]+$/.test(text) ? [...text.slice(1)] : []));
  if (options.some((text) => /^--(sort|time|reverse)/.test(text)) || letters.some((one) => /[cuSUvXf]/.test(one)))
    return undefined;
  const isReverse = letters.includes("r");
  if (letters.includes("t")) return isReverse ? "oldest first" : "newest first";
  if (!isNamedByDate(host, script, list)) return undefined;
  return isReverse ? "newest first" : "oldest first";
}

function turned(order: Order): Order {
  return order === "oldest first" ? "newest first" : "oldest first";
}

/** Whether a script of the host writes into the directory that is listed, under names that sort by time. */
function isNamedByDate(host: Host, script: Script, list: ScriptCommand): boolean {
  const directory = listed(script, list);
  if (directory === undefined) return false;
  const writes = host.scripts.flatMap((other) =>
    other.text.includes("date")
      ? scriptWrites(other)
          .filter((write) => write.directory === directory)
          .map((write) => dateFormatsOf(other, write.word))
      : [],
  );
  return writes.length > 0 && writes.every((formats) => formats?.length === 1 && /^\+?%[YFsG]/.test(formats[0] ?? ""));
}

/** The directory that a command lists: by its path, or as the one that the script has gone to. */
function listed(script: Script, { words, start }: ScriptCommand): string | undefined {
  const operands = words.slice(1).filter(({ text }) => !text.startsWith("-"));
  const path = operands.find(({ text }) => text.startsWith("/"))?.text;
  if (path !== undefined) {
    const known = path.split(HOLE)[0] ?? "";
    const folder = known === path && !/[*?[]/.test(known) ? known : known.replace(/[^/]*$/, "");
    return folder.length > 1 ? normalise(folder.replace(/[*?[].*$/, "")) : undefined;
  }
  if (operands.some(({ text }) => text.includes("/") || text.includes(HOLE))) return undefined;
  const cd = scriptCommands(script).findLast((one) => one.program === "cd" && one.start < start);
  const to = cd?.words[1]?.text;
  return to?.startsWith("/") ? normalise(to) : undefined;
}

/** Whether what is cut off is deleted, all of it: no test stands between. */
function isDeleted(script: Script, cut: ScriptCommand): boolean {
  return commandsOf(script).running.some((use) => {
    if (!deletes(use)) return false;
    const handing = handedTo(cut, use, script.text);
    return (
      handing !== undefined &&
      !/\b(head|tail|tac|sort|shuf)\b/.test(handing.through) &&
      !/\b(if|case|continue|test)\b|\[|&&|\|\|/.test(handing.before)
    );
  });
}

function deletes({ name, args }: CommandUse): boolean {
  const words = args.map(({ literal }) => literal);
  if (name === "rm") return true;
  if (name === "zfs") return words[0] === "destroy";
  return name === "btrfs" && words.includes("delete");
}

function wordsOf({ words }: ScriptCommand): string {
  return words.map(({ shown }) => shown).join(" ");
}
