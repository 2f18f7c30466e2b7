import { backupJobs, takesPath } from "../../host/backup-jobs.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { isKnownState, isPartlyKept, mayMountItself } from "../reading/data-fate.ts";
import { dataPaths } from "../reading/data-paths.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { writtenCopies } from "../reading/written-copies.ts";
import { defineRule } from "../rule.ts";

/** A script makes backups in a directory of the root that is wiped. */
export const copyOnWipedRoot = defineRule({
  code: "IMP674",
  name: "copy-on-wiped-root",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (isStateless(host)) return;
    for (const { unit, program, directory, place } of writtenCopies(host)) {
      if (isKnownState(host, directory) || isPartlyKept(host, directory) || mayMountItself(host, directory)) continue;
      // A flag or an option that names it is spoken of there.
      if (dataPaths(host).some(({ path, isSure }) => isSure && isAtOrBelow(directory, path))) continue;
      if (backupJobs(host.config).some((job) => takesPath(job, directory) !== "no")) continue;
      const loss = uncoveredLoss(host, directory);
      if (loss.lost !== "yes") continue;
      context.report({
        at: place,
        message: `\`${unit}\` makes copies in \`${directory}\` with \`${program}\`, ${whereInWords(loss)}. What is there ${lossInWords(loss)}, so that after one there is nothing to restore from.`,
        help: "Write copies to another disk or host; at least to a directory of a store, or persist this one.",
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
        fixes: () =>
          persistFix(context, [{ kind: "directory", path: directory }]).map((plan) => ({
            ...plan,
            safety: "unsafe" as const,
            note: "On the disk of what they copy they help against mistakes, and not when the disk fails.",
          })),
      });
    }
  },
});
