import { fieldMistake } from "../reading/list-field.ts";
import { type ScriptCommand, scriptCommands } from "../reading/script-commands.ts";
import { subvolumeCommand, subvolumeScripts } from "../reading/subvolume-command.ts";
import { defineRule } from "../rule.ts";

/** A recursive delete that takes its argument for a subvolume without looking. */
export const unguardedRecursiveDelete = defineRule({
  code: "IMP503",
  name: "unguarded-recursive-delete",
  group: "rollback",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    for (const script of subvolumeScripts(host.scripts)) {
      const commands = scriptCommands(script);
      const guarded = commands.some(
        (command) =>
          subvolumeCommand(command)?.action === "show" ||
          (command.program === "stat" && command.words.some(({ text }) => text.includes("%i"))),
      );
      if (guarded) continue;
      for (const command of commands) {
        const list = subvolumeCommand(command);
        const name = command.inFunction;
        // A recursion that finds nothing deletes nothing; that it finds nothing is said by itself.
        if (fieldMistake(commands, command)) continue;
        if (list?.action !== "list" || !list.options.includes("-o") || name === undefined) continue;
        const own = commands.filter(({ inFunction }) => inFunction === name);
        const isRecursive = own.some(({ program }) => program === name);
        const deletes = own.some((candidate) => subvolumeCommand(candidate)?.action === "delete");
        if (!isRecursive || !deletes || isOnlyForSubvolumes(name, commands)) continue;
        report({
          at: script.placeOf(command.start, command.end) ?? script.place,
          message: `\`${name}\` deletes what \`btrfs subvolume list -o\` lists, without checking that its argument is a subvolume. For a plain directory (one restored from a backup, or made by hand) the command lists every subvolume around it, and all of them are deleted.`,
          help: 'Begin the function with: btrfs subvolume show "$1" >/dev/null 2>&1 || return',
        });
      }
    }
  },
});

/** A function that is only called for what the script itself makes as a subvolume gets no plain directory. */
function isOnlyForSubvolumes(name: string, commands: readonly ScriptCommand[]): boolean {
  const made = commands.flatMap((command) => {
    const found = subvolumeCommand(command);
    const target =
      found?.action === "create" ? found.operands[0] : found?.action === "snapshot" ? found.operands[1] : undefined;
    return target?.key === undefined ? [] : [target.key];
  });
  const calls = commands.filter(({ program, inFunction }) => program === name && inFunction !== name);
  return calls.length > 0 && calls.every(({ words }) => words[1]?.key !== undefined && made.includes(words[1].key));
}
