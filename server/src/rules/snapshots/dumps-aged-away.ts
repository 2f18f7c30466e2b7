import { defineRule } from "../rule.ts";

/** What it finds, in one sentence. */
export const dumpsAgedAway = defineRule({
  code: "IMP643",
  name: "dumps-aged-away",
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
