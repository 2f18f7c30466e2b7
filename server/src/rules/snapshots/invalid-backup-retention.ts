import type { Place } from "../../eval/origin.ts";
import { backupJobs } from "../../host/backup-jobs.ts";
import { readTexts } from "../../host/read-values.ts";
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
      for (const { flag, value, place } of flagsOf(readTexts(job.node.child("pruneOpts")).texts)) {
        const problem = problemOf(flag, value);
        if (!problem) continue;
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

interface Flag {
  readonly flag: string;
  readonly value: string;
  readonly place: Place | undefined;
}

/** Flags with their values, which may be an element of the list of their own. */
function flagsOf(texts: readonly { readonly text: string; readonly place: Place | undefined }[]): Flag[] {
  const words = texts.flatMap(({ text, place }) =>
    text
      .split(/[\s=]+/)
      .filter((word) => word !== "")
      .map((word) => ({ word: word.replace(/^(["'])(.*)\1$/, "$2"), place })),
  );
  return words.flatMap(({ word, place }, index): Flag[] => {
    const flag =
      /^--keep-(last|hourly|daily|weekly|monthly|yearly|within(?:-(?:hourly|daily|weekly|monthly|yearly))?)$/.exec(
        word,
      );
    const value = words[index + 1]?.word;
    // What the shell fills in is not known.
    return flag && value !== undefined && !/[$`%{]/.test(value) ? [{ flag: flag[1] as string, value, place }] : [];
  });
}

function problemOf(flag: string, value: string): string | undefined {
  if (flag.startsWith("within")) {
    if (/^(-?\d+[hdmy])+$/.test(value)) return undefined;
    return /^\d+$/.test(value)
      ? "an age needs a unit, as in 14d."
      : "an age consists of numbers with h, d, m (months) or y.";
  }
  return /^(-?\d+|unlimited)$/.test(value) ? undefined : "it is a number of snapshots, without a unit.";
}
