import { type BackupJob, backupJobs, takesPath } from "../../host/backup-jobs.ts";
import { datasetJobs } from "../../host/dataset-jobs.ts";
import { type DatabaseEngine, dumpJobs } from "../../host/dump-jobs.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { isAtOrBelow, isBelow, joinPath } from "../../host/paths.ts";
import { readTexts } from "../../host/read-values.ts";
import { hasOtherBackups, hasOtherDumps } from "../reading/backup-coverage.ts";
import { defineRule } from "../rule.ts";

const ENGINES: readonly { readonly engine: DatabaseEngine; readonly title: string; readonly dump: string }[] = [
  { engine: "postgresql", title: "PostgreSQL", dump: "services.postgresqlBackup.enable = true" },
  { engine: "mysql", title: "MariaDB", dump: "services.mysqlBackup, with the names of the databases" },
];

/** The files of a running database are backed up one after the other, and nothing dumps it. */
export const liveDatabaseInBackup = defineRule({
  code: "IMP634",
  name: "live-database-in-backup",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    if (hasOtherBackups(host) || hasOtherDumps(host)) return;
    const dumps = dumpJobs(host.config);
    for (const { engine, title, dump } of ENGINES) {
      if (dumps.some((job) => job.engine === engine)) continue;
      const server = host.services.find(({ enable }) => enable === `services.${engine}.enable`);
      const state = server?.enabled.answer === "yes" ? server.state.find(({ kind }) => kind === "state") : undefined;
      if (!server || !state) continue;
      const taken = takenBy(host, state.path);
      if (!taken) continue;
      // Then there is a way back as long as this host's own disks are well.
      const hasSnapshots = mayBeSnapshotted(host, state.path);
      report({
        at: taken.place,
        ...(hasSnapshots ? { severity: "information" } : {}),
        message: `\`${taken.job.name}\` copies the files of ${title} in \`${state.path}\` while it runs, one after the other: they do not fit together, and it may refuse to start from such a copy. Nothing on this host dumps it${hasSnapshots ? "; snapshots would do where they outlive its disks" : ""}.`,
        help: `Dump it into a directory that is backed up (${dump}), stop it meanwhile, or back up a snapshot.`,
        related: [{ place: server.place, message: `${title} runs here` }],
      });
    }
  },
});

/** Whether something takes snapshots of what holds a path, to which one could go back instead. */
function mayBeSnapshotted(host: Host, path: string): boolean {
  const { persisted } = host.fateOf(path);
  const name = persisted?.store.path.known ? joinPath(persisted.store.path.value, path) : path;
  const fs = host.fileSystemAt(name);
  if (!fs?.fsType.known || fs.fsType.value === "zfs")
    return host.snapshotJobs.length > 0 || datasetJobs(host.config).length > 0;
  return host.snapshotJobs.some(
    ({ tool, sources }) =>
      (tool !== "sanoid" && sources.length === 0) ||
      sources.some((one) => !one.known || host.fileSystemAt(one.value) === fs || isSameVolume(host, one.value, fs)),
  );
}

/** The same subvolume may be mounted at several places, and the top level holds all. */
function isSameVolume(host: Host, source: string, fs: FileSystem): boolean {
  const other = host.fileSystemAt(source);
  if (!other?.subvolume?.known || !fs.subvolume?.known) return true;
  const below = source === other.mountpoint ? "" : source.slice(other.mountpoint.replace(/\/$/, "").length + 1);
  // One disk has many names, so that equal names of subvolumes are enough.
  return [other.subvolume.value, below].filter((part) => part !== "").join("/") === fs.subvolume.value;
}

/** Whether a job that stays on the filesystems of its paths leaves out what is mounted below them, as this path is. */
function staysOutside(host: Host, { node, paths }: BackupJob, path: string): boolean {
  const flags = ["extraBackupArgs", "extraCreateArgs"].flatMap((key) => readTexts(node.child(key)).texts);
  if (!flags.some(({ text }) => /(^|\s)(--one-file-system|-x)(\s|$)/.test(text))) return false;
  // The innermost path that is listed decides.
  const [listed] = paths.filter((one) => isAtOrBelow(path, one.path)).sort((a, b) => b.path.length - a.path.length);
  const { persisted } = host.fateOf(path);
  if (!listed || (persisted && isBelow(persisted.path, listed.path))) return listed !== undefined;
  return host.fileSystemAt(path) !== host.fileSystemAt(listed.path);
}

function takenBy(
  host: Host,
  path: string,
): { readonly job: BackupJob; readonly place: BackupJob["place"] } | undefined {
  const { persisted } = host.fateOf(path);
  const names = [path, ...(persisted?.store.path.known ? [joinPath(persisted.store.path.value, path)] : [])];
  for (const job of backupJobs(host.config)) {
    // What a job prepares, or is told at its start, may be a snapshot.
    if (job.open !== undefined) continue;
    const name = names.find((one) => takesPath(job, one) === "yes" && !staysOutside(host, job, one));
    const listed =
      name && job.paths.find((one) => name === one.path || name.startsWith(`${one.path}/`) || one.path === "/");
    if (listed) return { job, place: listed.place ?? job.place };
  }
  return undefined;
}
