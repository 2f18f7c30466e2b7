import { offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import type { Place } from "../../eval/origin.ts";
import { HOLE } from "../../eval/value.ts";
import type { Script } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { scriptCommands } from "../reading/script-commands.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** `find -mtime` takes a number of days; with a unit behind it find stops at once. */
export const invalidFindAge = defineRule({
  code: "IMP601",
  name: "invalid-find-age",
  group: "snapshots",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const found = new Map<string, Use[]>();
    for (const script of findingScripts(context.host.scripts)) {
      for (const { program, words } of scriptCommands(script)) {
        if (program !== "find") continue;
        for (const [index, word] of words.entries()) {
          const age = words[index + 1];
          if (!/^-[mca](time|min)$/.test(word.text) || !age || age.text.includes(HOLE)) continue;
          const match = /^([+-]?)(.*)$/s.exec(age.text);
          const number = match?.[2] ?? "";
          if (/^\d+$/.test(number)) continue;
          const sign = match?.[1] ?? "";
          // Offsets inside the word are exact only when the shell changes nothing in it.
          const exact = script.text.slice(age.start, age.end) === age.text;
          const from = exact ? age.start + sign.length : age.start;
          const at = script.placeOf(from, age.end) ?? script.place;
          const key = at ? `${at.file}:${at.start}` : "";
          const use = {
            at,
            option: word.text,
            number,
            sign,
            argument: script.placeOf(word.start, word.end) ?? script.place,
          };
          found.set(key, [...(found.get(key) ?? []), use]);
        }
      }
    }
    for (const uses of found.values()) report(context, uses);
  },
});

interface Use {
  readonly at: Place | undefined;
  readonly option: string;
  readonly number: string;
  readonly sign: string;
  readonly argument: Place | undefined;
}

function report(context: RuleContext, uses: readonly Use[]): void {
  const [first] = uses;
  if (!first) return;
  const { option, number, sign, at } = first;
  const meant = plainNumber(option, number);
  context.report({
    at,
    message: `\`find ${option} ${sign}${number}\` is refused: "invalid argument \`${sign}${number}' to \`${option}'". ${option.endsWith("time") ? "It counts in days, without a unit" : "It counts in minutes, without a unit"}. Nothing is ever cleaned up, and where errors are hidden nobody notices until the disk is full.`,
    help: meant ? `Write ${meant}.` : "Write a whole number.",
    related: uses
      .slice(0, 5)
      .map(({ argument }) => ({ place: argument, message: `used here as the age for \`${option}\`` })),
    fixes: () =>
      meant
        ? offer(replaceTextAt(context, at, number, meant), {
            title: `Change \`${number}\` to \`${meant}\``,
            safety: "unsafe",
            preferred: true,
            note: "Check the other uses of this value: it is now a plain number.",
          })
        : [],
  });
}

function plainNumber(option: string, text: string): string | undefined {
  const match = /^(\d+)\s*(m|min|h|d|days?|w|weeks?)$/.exec(text);
  if (!match) return undefined;
  const minutes = { m: 1, h: 60, d: 1440, w: 10080 }[match[2]?.[0] ?? ""] ?? 0;
  const value = (Number(match[1]) * minutes) / (option.endsWith("min") ? 1 : 1440);
  return Number.isInteger(value) && value > 0 ? String(value) : undefined;
}

const findingScripts = perItem((script: Script): readonly Script[] =>
  scriptCommands(script).some(({ program }) => program === "find") ? [script] : [],
);
