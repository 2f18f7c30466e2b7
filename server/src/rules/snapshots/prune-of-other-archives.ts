import { offer } from "../../edits/fix-plan.ts";
import { removeBindingAt } from "../../edits/place-edit.ts";
import { type BackupJob, backupJobs } from "../../host/backup-jobs.ts";
import { bindingAt, nameAt, readTexts } from "../../host/read-values.ts";
import { archiveName, prunePrefix } from "../reading/borg-archives.ts";
import { defineRule } from "../rule.ts";

/** A job that prunes the archives of another one in the same repository. */
export const pruneOfOtherArchives = defineRule({
  code: "IMP628",
  name: "prune-of-other-archives",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const jobs = backupJobs(host.config);
    for (const job of jobs) {
      const others = jobs.filter(
        (other) => other !== job && other.tool === job.tool && job.repository && other.repository === job.repository,
      );
      if (others.length === 0) continue;
      if (job.tool === "restic") {
        const option = mixingGroup(job);
        const mixed = others.filter(
          ({ paths }) => paths.map((one) => one.path).join() !== job.paths.map((one) => one.path).join(),
        );
        if (!option || mixed.length === 0) continue;
        report({
          at: option.place ?? job.place,
          message: `\`${option.text}\` throws the snapshots of all jobs of this host in \`${job.repository}\` together: where \`${job.name}\` keeps one a day, that is one of ${quoted([job, ...mixed])}, and the others of that day are forgotten.`,
          help: "Group by host and paths, which is what restic does by itself, or give each job a tag and its own `--tag`.",
          related: mixed.slice(0, 3).map(({ name, place }) => ({ place, message: `\`${name}\` writes there as well` })),
        });
        continue;
      }
      if (job.tool !== "borg") continue;
      const prefix = prunePrefix(host, job);
      if (prefix === undefined) continue;
      const swept = others.filter((other) => {
        const name = archiveName(host, other);
        return name?.startsWith(prefix.text) === true;
      });
      if (swept.length === 0) continue;
      const explicit = prefix.isSet;
      report({
        at: nameAt(job.node.at("prune", "prefix")) ?? nameAt(job.node.at("prune", "keep")) ?? job.place,
        message: `\`${job.name}\` prunes every archive in \`${job.repository}\`${prefix.text === "" ? ", whatever it is called" : ` whose name starts with \`${prefix.text}\``}, and with it those of ${quoted(swept)}: they are deleted by the numbers of \`${job.name}\`, not by their own.`,
        help: explicit
          ? "Leave prune.prefix out: the module then takes the archives of this job alone."
          : `Give the jobs names none of which starts with that of another, or set prune.prefix = "${prefix.text}-2" (the date follows the name).`,
        related: swept.slice(0, 3).map(({ name, place }) => ({ place, message: `\`${name}\` writes there as well` })),
        fixes: () => {
          const binding = explicit ? bindingAt(job.node.at("prune", "prefix")) : undefined;
          const own = archiveName(host, job, true);
          // Without the prefix the rule of the module must not sweep the others either.
          if (own === undefined || swept.some((other) => archiveName(host, other)?.startsWith(own))) return [];
          return offer(removeBindingAt(context, binding), {
            title: "Prune the archives of this job alone",
            safety: "safe",
            preferred: true,
          });
        },
      });
    }
  },
});

function quoted(jobs: readonly BackupJob[]): string {
  return jobs.map(({ name }) => `\`${name}\``).join(", ");
}

/** The option that groups snapshots of a whole host, where nothing narrows down which ones are meant. */
function mixingGroup({ node }: BackupJob) {
  const { texts, open } = readTexts(node.child("pruneOpts"));
  if (open.length > 0) return undefined;
  const line = texts.map(({ text }) => text).join(" ");
  if (/--(tag|path|keep-tag)\b/.test(line)) return undefined;
  const group = /--group-by[= ]+(?:"([^"]*)"|'([^']*)'|(\S*))/.exec(line);
  if (!group) return undefined;
  const by = group[1] ?? group[2] ?? group[3] ?? "";
  return /path|tag/.test(by) ? undefined : texts.find(({ text }) => text.includes("--group-by"));
}
