import { backupJobs } from "../../host/backup-jobs.ts";
import { readTexts } from "../../host/read-values.ts";
import { resticFlags } from "../reading/restic-flags.ts";
import { defineRule } from "../rule.ts";

/** A number or an age in `pruneOpts` that restic does not read. */
export const invalidBackupRetention = defineRule({
  code: "IMP631",
  name: "invalid-backup-retention",
  group: "snapshots",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const job of backupJobs(host.config)) {
      if (job.tool !== "restic") continue;
      for (const { flag: name, value, place } of resticFlags(readTexts(job.node.child("pruneOpts")).texts)) {
        const flag = KEPT.exec(name)?.[1];
        // What the shell fills in is not known.
        const problem = flag === undefined || /[$`%{]/.test(value) ? undefined : problemOf(flag, value);
        if (flag === undefined || !problem) continue;
        report({
          at: place,
          message: `restic refuses \`--keep-${flag} ${value}\`: ${problem} After every backup of \`${job.name}\` the job fails, and nothing is forgotten.`,
          help: flag.startsWith("within")
            ? "Write for example --keep-within 14d."
            : `Write for example --keep-${flag} 7.`,
        });
      }
    }
  },
});

const KEPT = /^keep-(last|hourly|daily|weekly|monthly|yearly|within(?:-(?:hourly|daily|weekly|monthly|yearly))?)$/;

function problemOf(flag: string, value: string): string | undefined {
  if (flag.startsWith("within")) {
    if (/^(-?\d+[hdmy])+$/.test(value)) return undefined;
    return /^\d+$/.test(value)
      ? "an age needs a unit, as in 14d."
      : "an age consists of numbers with h, d, m (months) or y.";
  }
  return /^(-?\d+|unlimited)$/.test(value) ? undefined : "it is a number of snapshots, without a unit.";
}
