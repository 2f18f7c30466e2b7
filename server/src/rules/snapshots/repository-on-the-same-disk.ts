import { type BackupJob, type BackupPath, backupJobs, takesPath } from "../../host/backup-jobs.ts";
import { datasetJobs } from "../../host/dataset-jobs.ts";
import type { Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { readBoolean, readString } from "../../host/read-values.ts";
import { btrbkSends, hasOtherBackups } from "../reading/backup-coverage.ts";
import { diskOf } from "../reading/disk-of-path.ts";
import { defineRule } from "../rule.ts";

/** The only backup of data goes to the filesystem or pool on which the data is. */
export const repositoryOnTheSameDisk = defineRule({
  code: "IMP661",
  name: "repository-on-the-same-disk",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const jobs = backupJobs(host.config);
    if (jobs.length === 0 || jobs.some(({ repository }) => repository === undefined)) return;
    const local = jobs.map((job) => ({ job, path: localPath(host, job) }));
    if (local.every(({ path }) => path === undefined) || mayGoElsewhere(host)) return;
    for (const { job, path: repository } of local) {
      const disk = repository === undefined ? undefined : diskOf(host, repository);
      if (repository === undefined || disk === undefined) continue;
      const beside = (other: { readonly job: BackupJob; readonly path: string | undefined }) =>
        other.job !== job && (other.path === undefined || diskOf(host, other.path)?.key !== disk.key);
      const elsewhere = local.filter(beside).map((other) => other.job);
      // What takes the repository itself takes all that is in it.
      if (elsewhere.some((other) => takesPath(other, repository) !== "no")) continue;
      const same = job.paths.filter(
        ({ path }) =>
          diskOf(host, path)?.key === disk.key && !elsewhere.some((other) => takesPath(other, path) !== "no"),
      );
      const [first] = same;
      if (!first) continue;
      report({
        at: readString(job.node.child(job.tool === "borg" ? "repo" : "repository"))?.place ?? job.place,
        message: `The repository \`${repository}\` of \`${job.name}\` is on ${disk.shown}, and so ${same.length === 1 ? "is" : "are"} ${inWords(same)}, of which nothing here makes another backup: when ${disk.isPool ? "the pool" : "that filesystem"} is lost (a failed disk, a thief, a wrong \`mkfs\`), the data and its backup are gone together.`,
        help: "Send the backup to another machine or another disk as well. If another machine fetches it, nothing is wrong.",
        related: [{ place: first.place, message: `\`${first.text}\` is on ${disk.shown}, too` }],
      });
    }
  },
});

/** The directory of the host that a job writes to; undefined when it is elsewhere. */
function localPath({ config }: Host, { repository = "" }: BackupJob): string | undefined {
  const path = repository.replace(/^(?:local:|file:\/\/)/, "");
  if (path.startsWith("/")) return normalise(path);
  const server = config.at("services", "restic", "server");
  const enabled = readBoolean(server.child("enable"));
  const isOwn = /^rest:https?:\/\/(?:[^@/]*@)?(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/.test(path);
  if (!isOwn || !enabled?.known || !enabled.value) return undefined;
  const directory = readString(server.child("dataDir"));
  return directory === undefined ? "/var/lib/restic" : directory.known ? normalise(directory.value) : undefined;
}

/** Whether something else may carry the data, or the repository, to another machine. */
function mayGoElsewhere(host: Host): boolean {
  const syncthing = readBoolean(host.config.at("services", "syncthing", "enable"));
  return (
    hasOtherBackups(host) ||
    datasetJobs(host.config).some(({ kind }) => kind === "send") ||
    (syncthing !== undefined && (!syncthing.known || syncthing.value)) ||
    btrbkSends(host.config)
  );
}

function inWords(paths: readonly BackupPath[]): string {
  const shown = paths.slice(0, 3).map(({ text }) => `\`${text}\``);
  return `${shown.join(", ")}${paths.length > 3 ? ` and ${paths.length - 3} more` : ""}`;
}
