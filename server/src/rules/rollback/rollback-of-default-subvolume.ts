import { offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { readRollback } from "../../shell/rollback-reader.ts";
import { defineRule } from "../rule.ts";

/** A mount without a subvolume shows the default one, and that is the top only as long as nobody changes it. */
export const rollbackOfDefaultSubvolume = defineRule({
  code: "IMP510",
  name: "rollback-of-default-subvolume",
  group: "rollback",
  severity: "hint",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    for (const script of host.scripts) {
      if (!host.rollbacks.some((one) => one.technique === "btrfs" && one.option.join() === script.option.join()))
        continue;
      const { shell, scope, storage } = commandsOf(script);
      const reading = readRollback(shell, scope);
      if (reading.kind !== "btrfs") continue;
      for (const command of storage) {
        if (command.kind !== "mount" || command.changesExisting || command.moreOptions || !command.device) continue;
        if (command.fsType !== undefined && command.fsType !== "btrfs") continue;
        if (!reading.evidence.some(({ start }) => start === command.start)) continue;
        if (command.options.some(({ name }) => name === "subvol" || name === "subvolid")) continue;
        const name = command.words[0];
        context.report({
          at: script.placeOf(command.start, command.end) ?? script.place,
          message:
            "This mounts the default subvolume, which is the top level only until somebody calls `btrfs subvolume set-default`. Then the script finds no root to empty, makes one inside of the real root, and the root is never wiped again.",
          help: "Mount the top level by its number: mount -o subvolid=5 …",
          fixes: () =>
            name && command.options.length === 0
              ? offer(replaceTextAt(context, script.placeOf(name.end - 5, name.end), "mount", "mount -o subvolid=5"), {
                  title: "Mount the top level (subvolid=5)",
                  safety: "safe",
                })
              : [],
        });
      }
    }
  },
});
