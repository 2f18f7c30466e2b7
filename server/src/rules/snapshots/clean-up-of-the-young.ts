import { offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import type { Script } from "../../host/host.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { handedToDelete } from "../reading/handed-to-delete.ts";
import { type ScriptCommand, scriptCommands } from "../reading/script-commands.ts";
import { defineRule } from "../rule.ts";

/** A clean-up by age whose sign is the wrong way round: it deletes what is young and keeps what is old. */
export const cleanUpOfTheYoung = defineRule({
  code: "IMP620",
  name: "clean-up-of-the-young",
  group: "snapshots",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const script of context.host.scripts) {
      if (!/-[mca](time|min)\s+-\d/.test(script.text)) continue;
      for (const find of scriptCommands(script)) {
        const age = find.program === "find" ? youngAge(find) : undefined;
        if (!age || !isDeleted(script, find)) continue;
        const at = script.placeOf(age.start, age.end);
        const older = age.text.replace("-", "+");
        context.report({
          at: at ?? script.placeOf(find.start, find.end) ?? script.place,
          message: `\`${age.option} ${age.text}\` finds what is *younger* than that: the clean-up deletes what was made last, and keeps the old for ever.`,
          help: `Write ${age.option} ${older}.`,
          fixes: () =>
            script.text.slice(age.start, age.end) === age.text
              ? offer(replaceTextAt(context, at, age.text, older), {
                  title: `Change to ${age.option} ${older}`,
                  safety: "unsafe",
                  note: "What is older is deleted from the next run on.",
                })
              : [],
        });
      }
    }
  },
});

/** An age with a minus in front, which no `!` turns round; with several tests nothing is said. */
function youngAge({ words }: ScriptCommand) {
  const tests = words.flatMap(({ text }, index) => (/^-([mca](time|min)|newer\w*)$/.test(text) ? [index] : []));
  const [index] = tests;
  if (index === undefined || tests.length > 1 || words.some(({ text }) => /^(!|-not|-o|-or|\()$/.test(text)))
    return undefined;
  const age = words[index + 1];
  return age && /^-\d+$/.test(age.text) ? { option: words[index]!.text, ...age } : undefined;
}

function isDeleted(script: Script, find: ScriptCommand): boolean {
  const words = find.words.map(({ text }) => text);
  if (words.includes("-delete")) return true;
  const read = commandsOf(script);
  const inside = read.storage.some(
    ({ kind, start, end }) => kind === "subvolume-delete" && start >= find.start && end <= find.end,
  );
  return inside || handedToDelete(find, read, script.text) !== undefined;
}
