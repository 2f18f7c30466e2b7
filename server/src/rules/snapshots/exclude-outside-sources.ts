import { mergeEdits } from "../../edits/combine-plans.ts";
import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import { type BackupJob, type BackupText, backupJobs, excludes } from "../../host/backup-jobs.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath, normalise } from "../../host/paths.ts";
import { defineRule } from "../rule.ts";

/** What a backup is to leave out is named where the running system has it, and the backup takes the store it lies in. */
export const excludeOutsideSources = defineRule({
  code: "IMP659",
  name: "exclude-outside-sources",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const jobs = backupJobs(host.config);
    for (const job of jobs) {
      const missed = job.listsOpen === undefined ? missedBy(host, job) : [];
      // A list that several jobs share may be meant for another one.
      const own = missed.filter(({ pattern }) => !jobs.some((other) => other !== job && sees(other, pattern.text)));
      const [first] = own;
      if (!first) continue;
      const named = own.slice(0, 4).map(({ pattern }) => `\`${pattern.text}\``);
      const several = own.length > 1;
      context.report({
        at: first.pattern.place ?? job.place,
        message: `${named.join(", ")}${own.length > 4 ? ` and ${own.length - 4} more` : ""} ${several ? "match" : "matches"} nothing that \`${job.name}\` takes: it walks ${sourcesInWords(job)}, and ${job.tool} compares patterns with the paths it walks, where ${several ? "these lie" : "this lies"} below \`${first.store}\`. All of it is backed up.`,
        help: `Name ${several ? "them" : "it"} in the store: \`${first.meant}\`${several ? " and so on" : ""}.`,
        related: own
          .slice(1, 6)
          .map(({ pattern }) => ({ place: pattern.place, message: `\`${pattern.text}\` as well` })),
        fixes: () =>
          offer(mergeEdits(...own.map(({ pattern, meant }) => replaceStringAt(context, pattern.place, meant))), {
            title: several ? `Leave out what these mean below ${first.store}` : `Leave out ${first.meant}`,
            safety: "unsafe",
            preferred: true,
            note: "From then on it is in no new backup.",
          }),
      });
    }
  },
});

interface Missed {
  readonly pattern: BackupText;
  readonly store: string;
  /** The pattern as it would match. */
  readonly meant: string;
}

/** The patterns that match nothing, where what they name is kept in a store that the job takes. */
function missedBy(host: Host, job: BackupJob): readonly Missed[] {
  if (job.paths.length === 0 || job.excludes.some(({ text }) => text.startsWith("!"))) return [];
  return job.excludes.flatMap((pattern): Missed[] => {
    const { text } = pattern;
    if (!text.startsWith("/") || sees(job, text)) return [];
    const fixed = fixedPart(text);
    for (const { path, directories, files, enabled } of host.stores) {
      if (!path.known || path.value === "/" || enabled.answer !== "yes") continue;
      const inside = joinPath(path.value, fixed);
      const meant = `${path.value.replace(/\/$/, "")}${text}`;
      // Lists often name a directory both ways.
      if (job.excludes.some((one) => one.text === meant || excludes(job.tool, one.text, inside))) return [];
      const kept = [...directories, ...files].some(
        ({ path: entry }) => isAtOrBelow(fixed, entry) || (fixed !== "/" && isAtOrBelow(entry, fixed)),
      );
      if (kept && job.paths.some((one) => isAtOrBelow(inside, one.path)))
        return [{ pattern, store: path.value, meant }];
    }
    return [];
  });
}

/** Whether a pattern may match something that the job takes. */
function sees(job: BackupJob, text: string): boolean {
  if (job.listsOpen !== undefined || !text.startsWith("/")) return true;
  const fixed = fixedPart(text);
  return job.paths.some(({ path }) => isAtOrBelow(fixed, path) || isAtOrBelow(path, fixed));
}

/** The directories of a pattern in front of its first wildcard. */
function fixedPart(text: string): string {
  const parts = text.split("/");
  const wild = parts.findIndex((part) => /[*?[\]{}\\]/.test(part));
  return normalise(wild < 0 ? text : parts.slice(0, wild).join("/") || "/");
}

function sourcesInWords({ paths }: BackupJob): string {
  const shown = paths.slice(0, 3).map(({ text }) => `\`${text}\``);
  return `${shown.join(", ")}${paths.length > 3 ? ` and ${paths.length - 3} more` : ""}`;
}
