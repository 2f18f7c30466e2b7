import { offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import { type ScriptCommand, scriptCommands } from "../reading/script-commands.ts";
import { subvolumeCommand, subvolumeScripts } from "../reading/subvolume-command.ts";
import { defineRule } from "../rule.ts";

/** `find DIR -maxdepth 1` lists DIR itself; a recursive delete of it takes every subvolume of the filesystem along. */
export const cleanUpOfTheParent = defineRule({
  code: "IMP502",
  name: "clean-up-of-the-parent",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const script of subvolumeScripts(context.host.scripts)) {
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
        // What is put into a directory renews its time, so that the search a moment later finds it young.
        const renewed = words.some((word) => /^-[mc](time|min)$/.test(word)) && isRenewed(command, commands);
        const depth = command.words.find(({ text }) => text === "-maxdepth");
        const at = script.placeOf(command.start, command.end) ?? script.place;
        context.report({
          at,
          severity: renewed ? "information" : "error",
          message: renewed
            ? `\`find ${command.words[1]?.shown ?? ""}\` without \`-mindepth 1\` also yields the directory itself once it is old enough. Here the move before it renews its time at each boot; a boot that finds no root to move, a month after the last one that did, would delete all subvolumes of the filesystem, the persistent ones included.`
            : `\`find ${command.words[1]?.shown ?? ""}\` without \`-mindepth 1\` also yields the directory itself once it is old enough. \`btrfs subvolume list -o\` of a plain directory lists all subvolumes around it, so the script then deletes them all, the persistent ones included.`,
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

/** Whether the script moves something into the directory, or makes something there, before it searches it. */
function isRenewed(find: ScriptCommand, commands: readonly ScriptCommand[]): boolean {
  const folder = clean(find.words[1]?.text);
  return commands.some((command) => {
    if (command.start >= find.start) return false;
    // What another function does may never run, or later.
    if (command.inFunction !== undefined && command.inFunction !== find.inFunction) return false;
    const { action } = subvolumeCommand(command) ?? {};
    if (command.program !== "mv" && action !== "snapshot") return false;
    const target = clean(command.words.at(-1)?.text);
    return target === folder || target.slice(0, target.lastIndexOf("/")) === folder;
  });
}

function clean(path = ""): string {
  return path.replace(/\/+/g, "/").replace(/(?<=.)\/$/, "");
}
