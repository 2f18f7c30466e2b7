import { defineRule } from "../rule.ts";

/** What it finds, in one sentence. */
export const subvolumeLeftOut = defineRule({
  code: "IMP640",
  name: "subvolume-left-out",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const fileSystem of host.fileSystems) {
      report({
        at: fileSystem.place,
        message: `What is wrong with \`${fileSystem.mountpoint}\`, and why it bites.`,
        help: "What to do.",
      });
    }
  },
});
