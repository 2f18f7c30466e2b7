import { offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import { scriptCommands } from "../reading/script-commands.ts";
import { subvolumeCommand } from "../reading/subvolume-command.ts";
import { defineRule } from "../rule.ts";

/** `find DIR -maxdepth 1` lists DIR itself; a recursive delete of it takes every subvolume of the filesystem along. */
export const cleanUpOfTheParent = defineRule({
  code: "IMP502",
  name: "clean-up-of-the-parent",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const script of context.host.scripts) {
      const commands = scriptCommands(script);
      const actions = commands.map(subvolumeCommand);
      const recursive =
        actions.some((action) => action?.action === "list" && action.options.includes("-o")) &&
        actions.some((action) => action?.action === "delete");
      if (!recursive) continue;
      for (const command of commands) {
        const words = command.words.map(({ text }) => text);
        if (
          command.program !== "find" ||
          words.includes("-mindepth") ||
          words.some((word) => /^-i?(name|path|regex)$/.test(word))
        )
          continue;
        if (!words.some((word) => /^-[mca](time|min)$/.test(word))) continue;
        const depth = command.words.find(({ text }) => text === "-maxdepth");
        const at = script.placeOf(command.start, command.end) ?? script.place;
        context.report({
          at,
          message: `\`find ${command.words[1]?.shown ?? ""}\` without \`-mindepth 1\` also yields the directory itself once it is old enough. \`btrfs subvolume list -o\` of a plain directory lists all subvolumes around it, so the script then deletes them all, the persistent ones included.`,
          help: 'Add -mindepth 1 and skip what is no subvolume: btrfs subvolume show "$i" >/dev/null 2>&1 || continue',
          fixes: () =>
            depth
              ? offer(
                  replaceTextAt(context, script.placeOf(depth.start, depth.end), "-maxdepth", "-mindepth 1 -maxdepth"),
                  {
                    title: "Add -mindepth 1",
                    safety: "safe",
                    preferred: true,
                  },
                )
              : [],
        });
      }
    }
  },
});
