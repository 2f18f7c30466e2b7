import { type BackupJob, backupJobs, takesPath } from "../../host/backup-jobs.ts";
import { dumpJobs } from "../../host/dump-jobs.ts";
import type { Host, Service } from "../../host/host.ts";
import { backupCoverage, jobsInWords } from "../reading/backup-coverage.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { defineRule } from "../rule.ts";

/** A database that is kept beside the store, where the backup that takes the whole store does not take it. */
export const databaseOutsideBackup = defineRule({
  code: "IMP650",
  name: "database-outside-backup",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const whole = isStateless(host) ? undefined : jobOfStore(host);
    if (!whole) return;
    for (const service of host.services) {
      const { enable, enabled, place, confidence } = service;
      // A copy of the files of another host's server is a matter of that host.
      if (enabled.answer !== "yes" || confidence !== "read" || isDumped(host, enable)) continue;
      const own = ownDatabase(host, service);
      if (!own || backupCoverage(host, own.path) !== "no") continue;
      report({
        at: place,
        message: `The database of \`${enable}\` is in \`${own.path}\`, on a filesystem of its own (\`${own.mountpoint}\`), which no backup takes: ${jobsInWords(host)}. Nothing dumps it either: it is lost together with this host.`,
        help: `Dump it into a directory that is backed up, or add \`${own.mountpoint}\` to the backup, stopped or as a snapshot.`,
        related: [
          { place: own.place, message: "the filesystem that no backup takes" },
          { place: whole.place, message: "this backup takes all that is persisted" },
        ],
      });
    }
  },
});

/** A job that takes all of a store: whoever makes one wants everything in the backup. */
function jobOfStore({ config, stores }: Host): BackupJob | undefined {
  const paths = stores.flatMap(({ path, enabled }) => (path.known && enabled.answer === "yes" ? [path.value] : []));
  return backupJobs(config).find((job) => paths.some((path) => takesPath(job, path) === "yes"));
}

/** The files of a database on a filesystem that is mounted for it, or for little more. */
function ownDatabase(host: Host, { state }: Service) {
  const databases = state.filter(
    ({ database, kind, perhapsCache, assumed }) => database && kind === "state" && !perhapsCache && !assumed,
  );
  for (const { path, fate } of databases) {
    const fs = host.fileSystemAt(path);
    const isOwn = fs?.certain.answer === "yes" && fs.mountpoint.startsWith("/var/lib/") && !fate.persisted;
    const isLeftOut = backupJobs(host.config).some(({ excludes }) =>
      excludes.some(({ text }) => path.startsWith(text)),
    );
    if (isOwn && fate.survives.answer === "yes" && !isLeftOut)
      return { path, mountpoint: fs.mountpoint, place: fs.place };
  }
  return undefined;
}

/** Programs that copy what is in a database, by the option of its server. */
const DUMPS: Readonly<Record<string, RegExp>> = {
  "services.postgresql.enable": /\b(pg_dump|pg_dumpall|pg_basebackup|wal-g|barman|pgbackrest)\b/,
  "services.mysql.enable": /\b(mysqldump|mariadb-dump|mysqlpump|xtrabackup|mariadb-backup|mydumper)\b/,
  "services.mongodb.enable": /\bmongodump\b/,
};

/** Whether something may dump the database of a service; one of which no program is known may be dumped by any. */
function isDumped({ config, scripts }: Host, enable: string): boolean {
  const programs = DUMPS[enable];
  if (programs === undefined) return true;
  if (dumpJobs(config).some(({ engine }) => enable === `services.${engine}.enable`)) return true;
  if (scripts.some(({ text }) => programs.test(text))) return true;
  return backupJobs(config).some(({ hooks, tool }) => programs.test(hooks) || (tool === "borgmatic" && hooks !== ""));
}
