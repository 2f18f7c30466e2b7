import { backupJobs, takesPath } from "../../host/backup-jobs.ts";
import { datasetJobs, takesDataset } from "../../host/dataset-jobs.ts";
import type { DatabaseEngine } from "../../host/dump-jobs.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { isAtOrBelow, isBelow, joinPath, normalise } from "../../host/paths.ts";
import { childrenOf, readBoolean, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { autoSnapshotTakes, mayAutoSnapshot } from "./auto-snapshot.ts";
import { lossOf } from "./wiped-root.ts";

/** Whether a path of the host is in a backup, as far as the configuration says: "no" only when nothing may take it. */
export type Coverage = "yes" | "no" | "unknown";

/** Whether a backup job, or one that sends snapshots elsewhere, takes a path. */
export function backupCoverage(host: Host, path: string): Coverage {
  if (hasOtherCopies(host)) return "unknown";
  const names = namesOf(host, path);
  const answers = backupJobs(host.config).flatMap((job) => names.map((name) => takesPath(job, name)));
  if (answers.includes("yes")) return "yes";
  const replicated = replication(host, names);
  if (replicated === "yes") return "yes";
  if (replicated === "unknown" || answers.some((answer) => answer !== "no")) return "unknown";
  return mayBeTakenElsewhere(host, path) ? "unknown" : "no";
}

/** The names of one path: where it is used, and where it lies in a store. */
export function namesOf(host: Host, path: string): readonly string[] {
  const names = [path];
  const { persisted } = host.fateOf(path);
  if (persisted?.store.path.known) names.push(joinPath(persisted.store.path.value, path));
  for (const { path: store, directories } of host.stores) {
    if (!store.known || !isBelow(path, store.value)) continue;
    const used = normalise(path.slice(store.value.length));
    if (directories.some((entry) => isAtOrBelow(used, entry.path))) names.push(used);
  }
  return names;
}

/** What snapshots of filesystems do for a path. Those that stay on the host may be fetched by another one. */
function replication(host: Host, names: readonly string[]): Coverage {
  const [path] = names;
  if (path === undefined) return "unknown";
  let answer: Coverage = "no";
  const stays = lossOf(host, path).lost !== "yes";
  const jobs = datasetJobs(host.config);
  for (const name of names) {
    const fs = host.fileSystemAt(name);
    if (!fs?.fsType.known || !fs.device.known) {
      if (jobs.length > 0 || host.snapshotJobs.length > 0 || mayAutoSnapshot(host)) answer = "unknown";
      continue;
    }
    const { value: dataset } = fs.device;
    if (fs.fsType.value === "zfs") {
      const taking = jobs.filter((job) => takesDataset(job, dataset));
      if (taking.some(({ kind }) => kind === "send")) return "yes";
      const isSnapshotted = taking.length > 0 || autoSnapshotTakes(host, dataset) !== "no";
      if ((isSnapshotted && stays && !isSentByJobs(host, fs)) || jobs.some(({ open }) => open !== undefined))
        answer = "unknown";
      continue;
    }
    const around = host.snapshotJobs.some(({ tool, sources }) =>
      tool === "sanoid"
        ? false
        : sources.some((one) => !one.known || (isAtOrBelow(name, one.value) && host.fileSystemAt(one.value) === fs)),
    );
    if (around && stays && !isSentByJobs(host, fs)) answer = "unknown";
  }
  return answer;
}

/**
 * Whether the host itself sends what is on a filesystem elsewhere by backup jobs, so that snapshots which stay on the same
 * disk are no second way: nobody is seen to fetch them.
 */
function isSentByJobs(host: Host, fs: FileSystem): boolean {
  const { config, snapshotJobs } = host;
  const tools = new Set(snapshotJobs.map(({ tool }) => tool));
  // Policies and scripts may send what they take in ways of their own.
  if (tools.has("script") || tools.has("policy") || btrbkSends(config)) return false;
  return backupJobs(config).some(
    ({ repository, paths }) =>
      repository !== undefined &&
      !/^(\/|local:|file:)/.test(repository) &&
      paths.some(({ path }) => host.fileSystemAt(path) === fs),
  );
}

/** Whether btrbk sends snapshots anywhere, or lets another host fetch them. */
export function btrbkSends(config: OptionNode): boolean {
  const btrbk = config.at("services", "btrbk");
  return btrbk.child("sshAccess").isDefined() !== false || hasTarget(btrbk.child("instances"), 6);
}

function hasTarget(node: OptionNode, depth: number): boolean {
  return childrenOf(node).some(
    ({ name, node: child }) => name === "target" || (depth > 0 && hasTarget(child, depth - 1)),
  );
}

/** A job may take a filesystem by another of its mountpoints, such as one of the top level of btrfs. */
function mayBeTakenElsewhere(host: Host, path: string): boolean {
  const { fileSystem } = host.fateOf(path);
  if (!fileSystem?.device.known) return false;
  const { value: device } = fileSystem.device;
  return backupJobs(host.config).some(({ paths }) =>
    paths.some((one) => {
      const other = host.fileSystemAt(one.path);
      if (!other?.device.known || other === fileSystem || other.device.value !== device) return false;
      return other.subvolume?.known === true && other.subvolume.value === "";
    }),
  );
}

/** Programs whose configuration nothing here reads. */
const OTHER_SERVICES = [
  ...["autoMysqlBackup", "automysqlbackup", "bacula-fd", "borgbase", "btrfs-backup", "duplicati", "duplicity", "kopia"],
  ...[
    "pgbackrest",
    "postgresqlWalReceiver",
    "pgbarman",
    "rsnapshot",
    "rustic",
    "tarsnap",
    "urbackup",
    "veeam",
    "znapzend",
  ],
  ...["pyznap", "zfs.autoReplication", "snapraid", "rsync", "crashplan", "syncthing-backup"],
];

const PROGRAMS =
  /\b(restic|rustic|borg|borgmatic|rclone|kopia|rsync|duplicity|bupstash|tarsnap|syncoid|rdiff-backup|s3cmd|s5cmd|zfs\s+send|btrfs\s+send|pg_basebackup|barman|wal-g|litestream|proxmox-backup-client|pbs-client)\b/;

/** Whether something else on the host may copy anything: another program, or a script of its own. */
export function hasOtherBackups(host: Host): boolean {
  return hasOtherCopies(host) || mayAutoSnapshot(host);
}

/** The same without snapshots of ZFS, of which it can be told what they take. */
function hasOtherCopies(host: Host): boolean {
  const services = host.config.child("services");
  const named = OTHER_SERVICES.some((name) => {
    const enabled = readBoolean(services.at(...name.split("."), "enable"));
    return enabled !== undefined && (!enabled.known || enabled.value);
  });
  if (named || host.scripts.some(({ text }) => PROGRAMS.test(text))) return true;
  return readTexts(services.at("cron", "systemCronJobs")).texts.some(({ text }) => PROGRAMS.test(text));
}

/** What dumps or copies databases by itself. */
const DUMPS =
  /\b(pg_dump|pg_dumpall|pg_basebackup|mysqldump|mariadb-dump|mysqlpump|xtrabackup|mariadb-backup|mydumper|wal-g|barman|pgbackrest)\b/;

/** Whether a script, a hook of a job or cron dumps databases. */
export function hasOtherDumps(host: Host): boolean {
  if (host.scripts.some(({ text }) => DUMPS.test(text))) return true;
  if (backupJobs(host.config).some(({ hooks, tool }) => DUMPS.test(hooks) || (tool === "borgmatic" && hooks !== "")))
    return true;
  return readTexts(host.config.at("services", "cron", "systemCronJobs")).texts.some(({ text }) => DUMPS.test(text));
}

/** Whether no backup takes the files of the database server, so that dumps are all there is. */
export function isLeftToDumps(host: Host, engine: DatabaseEngine): boolean {
  const server = host.services.find(({ enable }) => enable === `services.${engine}.enable`);
  if (server?.enabled.answer !== "yes") return false;
  const state = server.state.filter(({ kind }) => kind === "state");
  return state.length > 0 && state.every(({ path }) => backupCoverage(host, path) === "no");
}

/** The jobs with what they take, for messages. */
export function jobsInWords(host: Host): string {
  const jobs = backupJobs(host.config).filter(({ paths }) => paths.length > 0);
  return jobs
    .slice(0, 2)
    .map(({ name, paths }) => {
      const shown = paths.slice(0, 3).map(({ text }) => `\`${text}\``);
      return `\`${name}\` takes ${shown.join(", ")}${paths.length > 3 ? ` and ${paths.length - 3} more` : ""}`;
    })
    .join("; ");
}
