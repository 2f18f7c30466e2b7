import { offer } from "../../edits/fix-plan.ts";
import { quote } from "../../edits/nix-text.ts";
import { appendToListOption } from "../../edits/option-edit.ts";
import type { Place } from "../../eval/origin.ts";
import { type BackupJob, backupJobs } from "../../host/backup-jobs.ts";
import { dumpJobs } from "../../host/dump-jobs.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath } from "../../host/paths.ts";
import { backupCoverage, type Coverage, jobsInWords } from "../reading/backup-coverage.ts";
import { dataPaths } from "../reading/data-paths.ts";
import { uncoveredLoss } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** Dumps are written where no backup job of the host takes them. */
export const dumpOutsideBackup = defineRule({
  code: "IMP625",
  name: "dump-outside-backup",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const jobs = backupJobs(host.config).filter(({ paths }) => paths.length > 0);
    if (jobs.length === 0) return;
    for (const { by, directory, place } of dumpDirectories(host)) {
      if (backupCoverage(host, directory) !== "no") continue;
      const isLost = uncoveredLoss(host, directory).lost === "yes";
      const kept = isLost ? coverageInStores(host, directory) : [];
      const taken = kept.find(({ coverage }) => coverage === "yes");
      // Where a backup takes the store, to persist the directory is all there is to do.
      const job = taken ? undefined : jobFor(jobs);
      context.report({
        at: place,
        severity: jobs.some(takesState) ? "warning" : "information",
        message: `\`${by}\` writes to \`${directory}\`, and no backup takes that directory: ${jobsInWords(host)}. What is written there is lost together with this host${isLost ? `, and the next boot empties it already${whenPersisted(kept)}` : ""}.`,
        help: `${taken ? `Persist \`${directory}\` in \`${taken.store}\`` : `Add \`${directory}\` to ${job ? `the paths of \`${job.name}\`` : "a backup"}`}, or write to a directory that is taken.`,
        related: jobs.slice(0, 3).map((one) => ({ place: one.place, message: `\`${one.name}\` does not take it` })),
        fixes: () =>
          job
            ? offer(appendToListOption(context, job.pathsOption, [quote(directory)]), {
                title: `Back up ${directory} with ${job.name}`,
                safety: "safe",
                ...(isLost ? { note: "Persist it as well: until the backup runs, a reboot empties it." } : {}),
              })
            : [],
      });
    }
  },
});

interface InStore {
  readonly store: string;
  /** Whether a backup takes the directory where it would lie in the store. */
  readonly coverage: Coverage;
}

/** What backups would do for a directory that is persisted in each of the host's stores. */
function coverageInStores(host: Host, directory: string): readonly InStore[] {
  return host.stores.flatMap(({ path }): InStore[] =>
    path.known
      ? [{ store: path.value, coverage: backupCoverage(host, joinPath(path.value, directory)) }]
      : [{ store: "", coverage: "unknown" }],
  );
}

/** What to persist the directory would do for the backup; nothing where that depends on what is not known. */
function whenPersisted(kept: readonly InStore[]): string {
  const taken = kept.find(({ coverage }) => coverage === "yes");
  if (taken) return `; persisted in \`${taken.store}\` it would be kept, and taken with what lies there`;
  return kept.length > 0 && kept.every(({ coverage }) => coverage === "no")
    ? "; to persist it would keep it from that, and still leave it out of the backup"
    : "";
}

/** The job that the directory fits in best: one that takes other dumps or state. */
function jobFor(jobs: readonly BackupJob[]): BackupJob | undefined {
  const editable = jobs.filter(({ tool, open }) => tool !== "borgmatic" && open === undefined);
  return editable.find(({ paths }) => paths.some(({ path }) => /dump|backup/i.test(path))) ?? editable.find(takesState);
}

/** Whether a job is there for what services keep, and not for somebody's files alone. */
function takesState({ paths }: BackupJob): boolean {
  return paths.some(({ path }) => !/^\/(home|root|mnt|media|etc|boot|data|storage)(\/|$)/.test(path));
}

interface DumpDirectory {
  readonly by: string;
  readonly directory: string;
  readonly place: Place | undefined;
}

/** Where dump jobs and services write backups of what they hold. */
function dumpDirectories(host: Host): readonly DumpDirectory[] {
  const jobs = dumpJobs(host.config).flatMap(
    ({ option, location, locationPlace, place, databases }): DumpDirectory[] =>
      location === undefined || (databases !== "all" && databases.length === 0)
        ? []
        : [{ by: option.join("."), directory: location, place: locationPlace ?? place }],
  );
  const others = dataPaths(host)
    .filter(({ by, option, kind }) => kind === "directory" && isOwnBackup(by, option))
    .map(({ by, path, place }) => ({ by, directory: path, place }));
  const found = [...jobs, ...others];
  return found.filter(
    ({ directory }, index) => found.findIndex((one) => isAtOrBelow(directory, one.directory)) === index,
  );
}

/** Programs that store the backups of others, or read what they back up. */
const STORES =
  /^services\.(restic|borgbackup|borgmatic|btrbk|snapper|rsyncd|samba|nfs|syncthing|duplicati|kopia|urbackup|sftpgo|minio|garage|bacula-sd|postgresqlBackup|mysqlBackup)\b/;

/** Whether an option names the directory to which a service writes backups of its own. */
function isOwnBackup(by: string, option: readonly string[]): boolean {
  if (STORES.test(option.join(".")) || option[0] !== "services") return false;
  const flag = /\(--?([\w.-]+)\)$/.exec(by)?.[1];
  const last = flag ?? option.at(-1) ?? "";
  const around = flag === undefined ? (option.at(-2) ?? "") : "";
  return (
    /(backup|dump|snapshot)s?[-_.]?(dir|directory|path|location|folder)$/i.test(last) ||
    (/^(backups?|dump)$/i.test(around) && /^(dir|directory|path|location|folder|backupDir)$/i.test(last))
  );
}
