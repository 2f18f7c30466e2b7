import type { Rollback, Script } from "../../host/host.ts";
import { type ScriptCommand, scriptCommands } from "../reading/script-commands.ts";
import { type SubvolumeCommand, subvolumeCommand } from "../reading/subvolume-command.ts";
import { defineRule } from "../rule.ts";

/** A rollback that deletes the subvolumes inside the root, but not those inside of these. */
export const oneLevelOfNestedSubvolumes = defineRule({
  code: "IMP515",
  name: "one-level-of-nested-subvolumes",
  group: "rollback",
  severity: "hint",
  since: "0.1.0",

  check({ host, report }) {
    for (const rollback of host.rollbacks) {
      const { script, technique, runs } = rollback;
      if (technique !== "btrfs" || runs.answer === "no") continue;
      const commands = scriptCommands(script);
      const actions = commands.flatMap((command) => subvolumeCommand(command) ?? []);
      if (actions.some(isRecursiveDelete) || commands.some((command) => calls(commands, command))) continue;
      for (const list of actions) {
        if (list.action !== "list" || !list.options.includes("-o")) continue;
        const target = list.operands[0];
        const removal = actions.find(
          ({ action, operands }) => action === "delete" && target?.key !== undefined && operands[0]?.key === target.key,
        );
        if (!target || !removal) continue;
        report({
          at: script.placeOf(list.command.start, list.command.end) ?? script.place,
          message: `\`btrfs subvolume list -o\` lists the subvolumes inside \`${target.shown}\`, but not those inside of them. Where one holds another (a machine below /var/lib/machines, snapper's .snapshots), it is not deleted, and neither is \`${target.shown}\`${afterwards(rollback, script, removal, actions)}`,
          help: `Delete all at once: btrfs subvolume delete -R "${target.shown}" (btrfs-progs 6.12 and newer), or let a function that looks at its argument with \`btrfs subvolume show\` call itself for each.`,
          related: [
            {
              place: script.placeOf(removal.command.start, removal.command.end),
              message: "it fails while something is left inside",
            },
          ],
        });
      }
    }
  },
});

function isRecursiveDelete({ action, options }: SubvolumeCommand): boolean {
  return action === "delete" && options.some((option) => option === "-R" || option === "--recursive");
}

/** Whether a function calls itself. */
function calls(commands: readonly ScriptCommand[], { program, inFunction }: ScriptCommand): boolean {
  return inFunction !== undefined && program === inFunction && commands.some((one) => one.inFunction === inFunction);
}

/** What the script does when the root is still there. */
function afterwards(
  { method, blank }: Rollback,
  script: Script,
  removal: SubvolumeCommand,
  actions: readonly SubvolumeCommand[],
): string {
  const rest = script.text.slice(removal.command.end).trimStart();
  if (rest.startsWith("&&") || /^\s*set\s+-\w*e/m.test(script.text))
    return ". The boot goes on with the old root, or stops.";
  const anew = actions.find(
    ({ action, operands: [, into] }) =>
      action === "snapshot" && into?.key !== undefined && into.key === removal.operands[0]?.key,
  );
  if (method !== "blank-snapshot" && !anew) return ": making it anew fails, and the boot goes on with the old root.";
  const source = method === "blank-snapshot" ? blank : anew?.operands[0]?.shown;
  return `: the snapshot of \`${source ?? "the blank"}\` then lands inside of the old root, without an error, and nothing is emptied.`;
}
