import { type BackupJob, type BackupPath, backupJobs, takesPath } from "../../host/backup-jobs.ts";
import { datasetJobs } from "../../host/dataset-jobs.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { readBoolean, readString } from "../../host/read-values.ts";
import { isSameDevice } from "../../host/rollback-target.ts";
import { btrbkSends, hasOtherBackups } from "../reading/backup-coverage.ts";
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

interface Disk {
  /** Equal for what is on one filesystem or pool. */
  readonly key: string;
  readonly shown: string;
  readonly isPool: boolean;
}

/** The device or pool that a path is on, where that is a disk of the host's own. */
function diskOf(host: Host, path: string): Disk | undefined {
  const fate = host.fateOf(path);
  const fs: FileSystem | undefined = fate.persisted?.store.path.known
    ? host.fileSystemAt(fate.persisted.store.path.value)
    : host.fileSystemAt(path);
  if (fs?.certain.answer !== "yes" || !fs.fsType.known || !fs.device.known || host.fileSystemsOpen !== undefined)
    return undefined;
  const { value: device } = fs.device;
  if (fs.fsType.value === "zfs") {
    const [pool = ""] = device.split("/");
    return { key: `zfs ${pool}`, shown: `the pool \`${pool}\``, isPool: true };
  }
  if (!/^(btrfs|bcachefs|ext[234]|xfs|f2fs)$/.test(fs.fsType.value)) return undefined;
  const layout = host.layouts.find(
    (one) => one.device.known && isSameDevice(device, one.device.value, one.label),
  )?.device;
  const key = layout?.known ? layout.value : device;
  return { key, shown: `${fs.fsType.value} of \`${device}\``, isPool: false };
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
