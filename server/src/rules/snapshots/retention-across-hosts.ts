import { type BackupJob, backupJobs } from "../../host/backup-jobs.ts";
import type { Host } from "../../host/host.ts";
import { nameAt, readTexts } from "../../host/read-values.ts";
import { resticFlags } from "../reading/restic-flags.ts";
import { defineRule } from "../rule.ts";

/** Hosts that share a repository of restic, whose rules for what is kept count the snapshots of all as those of one. */
export const retentionAcrossHosts = defineRule({
  code: "IMP668",
  name: "retention-across-hosts",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  // One host by itself may group in any way. It is read here, within what one host may take, and known when hosts are compared.
  check({ host }) {
    for (const { job } of sharedJobs(host)) groupingOf(job);
  },

  compare(hosts, report) {
    const jobs = hosts.flatMap(sharedJobs);
    const said = new Set<string>();
    for (const own of jobs) {
      const grouping = groupingOf(own.job);
      if (!grouping || said.has(`${grouping.place?.file}:${grouping.place?.start}`)) continue;
      const others = jobs.filter(
        ({ job, name }) =>
          name !== own.name && job.repository === own.job.repository && sharesPaths(job, own.job, grouping.value),
      );
      if (others.length === 0) continue;
      said.add(`${grouping.place?.file}:${grouping.place?.start}`);
      const names = [...new Set([own.name, ...others.map(({ name }) => name)])].sort();
      report(
        {
          at: grouping.place ?? own.job.place,
          message: `${names.slice(0, 4).join(", ")}${names.length > 4 ? ` and ${names.length - 4} more` : ""} share the repository \`${own.job.repository}\`, and \`--group-by ${grouping.value}\` counts the snapshots of all of them as those of one: of each day, week or month that is to be kept, one snapshot of one host is left, and those of the others are deleted.`,
          help: "Leave --group-by out (it is host,paths), or give each host a repository of its own.",
          related: others
            .filter(({ job }) => job.place?.file !== own.job.place?.file || job.place?.start !== own.job.place?.start)
            .slice(0, 4)
            .map(({ job, name }) => ({ place: job.place, message: `the job of ${name}` })),
        },
        [own.host, ...others.map(({ host }) => host)],
      );
    }
  },
});

interface NamedJob {
  readonly host: Host;
  readonly name: string;
  readonly job: BackupJob;
}

/** The jobs of a host with a repository that others may use as well. */
function sharedJobs(host: Host): NamedJob[] {
  const { hostName, config } = host;
  if (!hostName.known || hostName.value === "") return [];
  return backupJobs(config).flatMap((job) =>
    job.tool === "restic" && job.repository !== undefined && !/^(\/|local:)|localhost|127\.0\.0\.1/.test(job.repository)
      ? [{ host, name: hostName.value, job }]
      : [],
  );
}

/** What the snapshots are grouped by, where it is not the host. */
function groupingOf({ node }: BackupJob) {
  const prune = node.child("pruneOpts");
  const { texts, open } = readTexts(prune);
  if (open.length > 0 || texts.some(({ text }) => /(^|\s)(--host|-H)\b/.test(text))) return undefined;
  const flag = resticFlags(texts).find(({ flag: name }) => name === "group-by");
  if (!flag || /\bhosts?\b/.test(flag.value)) return undefined;
  return { value: flag.value === "" ? '""' : flag.value, place: flag.place ?? nameAt(prune) };
}

/** Whether the snapshots of two jobs fall into one group: with the paths among it, only those of the same paths. */
function sharesPaths(a: BackupJob, b: BackupJob, grouping: string): boolean {
  if (!/\bpaths?\b/.test(grouping)) return true;
  if (a.listsOpen !== undefined || b.listsOpen !== undefined) return false;
  const paths = ({ paths: all }: BackupJob) =>
    all
      .map(({ path }) => path)
      .sort()
      .join("\n");
  return paths(a) === paths(b) && a.paths.length > 0;
}
