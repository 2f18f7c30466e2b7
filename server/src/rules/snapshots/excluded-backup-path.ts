import { offer } from "../../edits/fix-plan.ts";
import { removeElementAt } from "../../edits/place-edit.ts";
import { backupJobs, excludes } from "../../host/backup-jobs.ts";
import { defineRule } from "../rule.ts";

/** A backup leaves out what it is told to take. */
export const excludedBackupPath = defineRule({
  code: "IMP632",
  name: "excluded-backup-path",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    for (const job of backupJobs(context.host.config)) {
      if (job.tool === "borgmatic" || job.excludes.some(({ text }) => text.startsWith("!"))) continue;
      for (const { path, text, place } of job.paths) {
        const pattern = job.excludes.find((one) => excludes(job.tool, one.text, path));
        if (!pattern) continue;
        context.report({
          at: place ?? job.place,
          message: `\`${job.name}\` is to take \`${text}\` and leaves out \`${pattern.text}\`, which comes first: nothing of \`${text}\` is in the backup, and ${job.tool} says nothing of it.`,
          help: "Take one of the two away, or exclude only what lies below.",
          related: [{ place: pattern.place, message: "left out here" }],
          fixes: () =>
            offer(removeElementAt(context, pattern.place), {
              title: `No longer exclude ${pattern.text}`,
              safety: "unsafe",
              note: "Everything below is then backed up.",
            }),
        });
      }
    }
  },
});
