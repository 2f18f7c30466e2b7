import { commandsOf } from "../../host/script-commands.ts";
import { resolveWord } from "../../shell/sh-values.ts";
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
      const { storage, scope } = commandsOf(script);
      for (const command of storage) {
        if (command.kind !== "find" || command.maxDepth || command.starts.length === 0) continue;
        const deletes = storage.some(
          (other) =>
            other.kind === "subvolume-delete" &&
            other.use === command.use &&
            other.start >= command.start &&
            other.end <= command.end,
        );
        if (!deletes) continue;
        const start = command.starts.map((word) => resolveWord(word, scope).value ?? "…").join(" ");
        report({
          at: script.placeOf(command.start, command.end) ?? script.place,
          message: `This \`find\` goes through every file of every snapshot below \`${start}\` to find those that it deletes, which takes as long as there are snapshots. A directory inside of one that fits its tests is handed to \`btrfs subvolume delete\` as well.`,
          help: "Add -mindepth 1 -maxdepth 1 in front of the tests.",
        });
      }
    }
  },
});
