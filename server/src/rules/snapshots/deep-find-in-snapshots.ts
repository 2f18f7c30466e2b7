import { commandsOf } from "../../host/script-commands.ts";
import type { StorageCommand } from "../../shell/btrfs-commands.ts";
import { resolveWord } from "../../shell/sh-values.ts";
import { handedToDelete } from "../reading/handed-to-delete.ts";
import { defineRule } from "../rule.ts";

/** `find` without a depth goes through every file of every snapshot, and finds names inside of them. */
export const deepFindInSnapshots = defineRule({
  code: "IMP611",
  name: "deep-find-in-snapshots",
  group: "snapshots",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    for (const script of host.scripts) {
      if (!script.text.includes("find") || !script.text.includes("subvolume")) continue;
      const read = commandsOf(script);
      const { storage, scope } = read;
      for (const command of storage) {
        if (command.kind !== "find" || command.maxDepth || command.starts.length === 0) continue;
        if (command.words.some((word) => resolveWord(word, scope).value === "-prune")) continue;
        const isOwn = storage.some((other) => isRunBy(command, other));
        if (!isOwn && !handedToDelete(command, read, script.text)) continue;
        const start = command.starts.map((word) => resolveWord(word, scope).value ?? "…").join(" ");
        // What a rollback does is done before every boot, and takes the time of the person who waits.
        const isRollback = host.rollbacks.some((rollback) => rollback.script.text === script.text);
        report({
          at: script.placeOf(command.start, command.end) ?? script.place,
          severity: isRollback ? "warning" : "information",
          message: `This \`find\` goes through every file of every ${isRollback ? "old root" : "snapshot"} below \`${start}\` to find those that it deletes, which takes as long as there are ${isRollback ? "files" : "snapshots"}${isRollback ? ", before every boot" : ""}. A directory inside of one that fits its tests is handed to \`btrfs subvolume delete\` as well.`,
          help: "Add -mindepth 1 -maxdepth 1 in front of the tests.",
        });
      }
    }
  },
});

/** Whether `find -exec` runs the command. */
function isRunBy(find: StorageCommand, other: StorageCommand): boolean {
  const { kind, use, start, end } = other;
  return kind === "subvolume-delete" && use === find.use && start >= find.start && end <= find.end;
}
