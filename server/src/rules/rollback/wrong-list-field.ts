import { offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import { fieldMistake } from "../reading/list-field.ts";
import { scriptCommands } from "../reading/script-commands.ts";
import { subvolumeScripts } from "../reading/subvolume-command.ts";
import { defineRule } from "../rule.ts";

/** A script that takes a word of the listing for the path of a subvolume. */
export const wrongListField = defineRule({
  code: "IMP525",
  name: "wrong-list-field",
  group: "rollback",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    for (const script of subvolumeScripts(host.scripts)) {
      const commands = scriptCommands(script);
      for (const command of commands) {
        const wrong = fieldMistake(commands, command);
        if (!wrong) continue;
        const { taken, field, cutter, word } = wrong;
        report({
          at: script.placeOf(word.start, word.end) ?? script.place,
          message: `\`${cutter}\` takes field ${field} of what \`btrfs subvolume list\` prints, which is ${taken}: the path is field 9 ("ID 257 gen 12 top level 5 path NAME"). What the script does for every listed subvolume it does for none; nested ones stay, and what holds them cannot be deleted.`,
          help: "Take field 9: cut -d ' ' -f 9- (with the dash, also names with spaces).",
          fixes: () =>
            cutter === "cut"
              ? offer(
                  replaceTextAt(
                    context,
                    script.placeOf(word.start, word.end),
                    word.text,
                    word.text.replace(/\d+-?$/, "9-"),
                  ),
                  {
                    title: "Take field 9, the path",
                    safety: "unsafe",
                    note: "The script then deletes what it did not find before: look at what that is.",
                  },
                )
              : [],
        });
      }
    }
  },
});
