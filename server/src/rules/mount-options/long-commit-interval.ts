import { btrfsDevices, splitOptions } from "../reading/btrfs-mounts.ts";
import { defineRule } from "../rule.ts";

/** Seconds from which on btrfs itself warns. Source: btrfs(5), "commit". */
const EXCESSIVE = 300;

/** What was written since the last commit is lost with the power. */
export const longCommitInterval = defineRule({
  code: "IMP113",
  name: "long-commit-interval",
  group: "mount-options",
  severity: "information",
  since: "0.1.0",

  check(context) {
    for (const { mounts } of btrfsDevices(context.host)) {
      // The first mount of a filesystem decides for all; that others differ is another rule's matter.
      const fs = mounts[0];
      if (!fs) continue;
      const last = splitOptions(fs.options).findLast(({ text, certain }) => certain && /^commit=\d+$/.test(text));
      const seconds = Number(last?.text.slice("commit=".length));
      if (!last || seconds <= EXCESSIVE) continue;
      context.report({
        at: last.place ?? fs.place,
        message: `\`${last.text}\` keeps up to ${Math.round(seconds / 60)} minutes of writes in memory. A crash or power cut loses all of them that no program synced, on every subvolume of the filesystem.`,
        help: `btrfs warns above ${EXCESSIVE} seconds. 30 is its default; 60 to 120 save most of what there is to save.`,
      });
    }
  },
});
