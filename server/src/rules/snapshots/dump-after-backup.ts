import type { Place } from "../../eval/origin.ts";
import { type BackupJob, backupJobs, takesPath } from "../../host/backup-jobs.ts";
import { dumpJobs } from "../../host/dump-jobs.ts";
import type { Host } from "../../host/host.ts";
import { joinPath } from "../../host/paths.ts";
import { isNamed, readBoolean, readString } from "../../host/read-values.ts";
import { elapsesOf, type Schedule, scheduleOf, scheduleOfJob } from "../reading/schedules.ts";
import { scriptWrites } from "../reading/script-writes.ts";
import { relationsOf } from "../reading/unit-relations.ts";
import { defineRule } from "../rule.ts";

/** A dump is made hours after the backup that is to carry it, so that each backup has the one of the day before. */
export const dumpAfterBackup = defineRule({
  code: "IMP658",
  name: "dump-after-backup",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const jobs = backupJobs(host.config).filter(({ tool, paths }) => tool !== "borgmatic" && paths.length > 0);
    if (jobs.length === 0) return;
    for (const dump of dumpsOf(host)) {
      const taking = jobs.filter((job) => namesOf(host, dump.directory).some((name) => takesPath(job, name) === "yes"));
      const late = taking.flatMap((job) => {
        const schedule = isTiedTo(host, job, dump) ? undefined : scheduleOfJob(host, job);
        const age = schedule && ageOf(dump.schedule, schedule);
        return schedule && age !== undefined ? [{ job, schedule, age }] : [];
      });
      const [first] = late;
      // One backup that takes it in time is enough.
      if (!first || late.length < taking.length) continue;
      const { job, schedule, age } = first;
      report({
        at: dump.schedule.place ?? dump.place,
        message: `\`${dump.by}\` dumps at ${inWords(dump.schedule)}, after \`${job.name}\`, which takes \`${dump.directory}\` at ${inWords(schedule)}, and nothing orders them: each backup carries the dump of the run before, about ${Math.round(age / 3600)} hours old.`,
        help: `Dump an hour before the backup, or let the backup start the dump: systemd.services.${quoted(unitOf(job))} = { requires = [ "${dump.unit}.service" ]; after = [ "${dump.unit}.service" ]; }.`,
        related: [{ place: schedule.place ?? job.place, message: `\`${job.name}\` runs at ${inWords(schedule)}` }],
      });
    }
  },
});

function inWords({ text, place }: Schedule): string {
  const time = text.replace(/^\*-\*-\* /, "").replace(/^(\d?\d:\d\d):00$/, "$1");
  return `${time === "daily" || time === "00:00" ? "midnight" : time}${place === undefined ? " (the default)" : ""}`;
}

/** Older than this it is the dump of another day. */
const OLD = 12 * 3600;
const DAYS = 28;

/** The age in seconds of the newest dump when the backup runs, at its best; undefined where it is fresh or may be. */
function ageOf(dump: Schedule, backup: Schedule): number | undefined {
  const dumps = elapsesOf(dump, DAYS);
  const backups = elapsesOf(backup, DAYS);
  if (!dumps || !backups || dumps.length < 3) return undefined;
  const ages: number[] = [];
  for (const at of backups) {
    const before = dumps.findLast((one) => one <= at);
    const next = dumps.find((one) => one > at);
    if (before === undefined) continue;
    if (next === undefined) break;
    // A dump that is due while the backup may still wait is perhaps in time.
    if (next <= at + backup.delay) return undefined;
    ages.push(at - before - dump.delay);
  }
  const youngest = Math.min(...ages);
  return ages.length > 0 && youngest >= OLD ? youngest : undefined;
}

interface Dump {
  readonly by: string;
  readonly unit: string;
  readonly directory: string;
  readonly schedule: Schedule;
  readonly place: Place | undefined;
}

/** What dumps by the clock, with its default times in nixpkgs. */
function dumpsOf(host: Host): readonly Dump[] {
  return [...databaseDumps(host), ...serviceDumps(host), ...ownDumps(host)];
}

function databaseDumps(host: Host): Dump[] {
  return dumpJobs(host.config).flatMap((job): Dump[] => {
    if (job.location === undefined || (job.databases !== "all" && job.databases.length === 0)) return [];
    const group = host.config.at(...job.option);
    const isPostgres = job.engine === "postgresql";
    const [named] = job.databases === "all" ? [] : job.databases;
    const unit = !isPostgres ? "mysql-backup" : named ? `postgresqlBackup-${named.text}` : "postgresqlBackup";
    const schedule = isPostgres
      ? scheduleOf(host, unit, group.child("startAt"), "*-*-* 01:15:00")
      : scheduleOf(host, unit, group.child("calendar"), "01:15:00");
    return schedule ? [{ by: job.option.join("."), unit, directory: job.location, schedule, place: job.place }] : [];
  });
}

function serviceDumps(host: Host): Dump[] {
  const services = host.config.child("services");
  return host.services.flatMap(({ enable, enabled, place }): Dump[] => {
    const name = enable.split(".")[1] ?? "";
    if (enabled.answer !== "yes") return [];
    if (enable === "services.vaultwarden.enable") {
      const directory = readString(services.at(name, "backupDir"));
      const schedule = scheduleOf(host, "backup-vaultwarden", undefined, "23:00");
      return directory?.known && schedule
        ? [
            {
              by: "services.vaultwarden",
              unit: "backup-vaultwarden",
              directory: directory.value,
              schedule,
              place: directory.place,
            },
          ]
        : [];
    }
    if (enable !== "services.forgejo.enable" && enable !== "services.gitea.enable") return [];
    const group = services.at(name, "dump");
    const on = readBoolean(group.child("enable"));
    const directory = readString(group.child("backupDir"));
    const schedule = scheduleOf(host, `${name}-dump`, group.child("interval"), "04:31");
    return on?.known && on.value && directory?.known && schedule
      ? [
          {
            by: `services.${name}.dump`,
            unit: `${name}-dump`,
            directory: directory.value,
            schedule,
            place: on.place ?? place,
          },
        ]
      : [];
  });
}

const DUMPS = /\b(pg_dump|pg_dumpall|mysqldump|mariadb-dump)\b/;

/** Own units whose script writes a dump. */
function ownDumps(host: Host): Dump[] {
  return host.units.flatMap((unit): Dump[] => {
    if (unit.stage !== "system" || unit.certain.answer !== "yes") return [];
    const scripts = unit.scripts.filter(({ text }) => DUMPS.test(text));
    const write = scripts
      .flatMap(scriptWrites)
      .find(({ isCertain, path }) => isCertain && /sql|dump|backup/i.test(path));
    if (!write) return [];
    const uses = host.calendars.filter(({ timer }) => timer === unit.name);
    const [use] = uses;
    if (uses.length !== 1 || !use?.expression.known || use.option[1] !== "services") return [];
    const schedule = scheduleOf(host, unit.name, unit.node.child("startAt"), undefined);
    return schedule
      ? [{ by: `${unit.name}.service`, unit: unit.name, directory: write.directory, schedule, place: unit.place }]
      : [];
  });
}

/** The names of a directory: where it is used, and where it lies in a store. */
function namesOf(host: Host, path: string): readonly string[] {
  const { persisted } = host.fateOf(path);
  return [path, ...(persisted?.store.path.known ? [joinPath(persisted.store.path.value, path)] : [])];
}

/** Whether the backup or the dump names the other one: it may start it, or wait for it. */
function isTiedTo(host: Host, job: BackupJob, dump: Dump): boolean {
  const [stem = ""] = dump.unit.split("-");
  const names = [unitOf(job), dump.unit, ...(dump.unit.startsWith("postgresqlBackup") ? [stem] : [])];
  const units = host.units.filter(({ name }) => names.some((one) => name === one || name.startsWith(`${one}-`)));
  const speaks = (text: string) => names.some((name) => text.includes(name));
  return (
    speaks(job.hooks) ||
    DUMPS.test(job.hooks) ||
    units.some(
      (unit) =>
        relationsOf(unit).some(({ text }) => speaks(text)) ||
        ["onSuccess", "onFailure", "upholds"].some((name) => isNamed(unit.node, name)),
    ) ||
    host.scripts.some(({ text }) => text.includes("systemctl") && speaks(text))
  );
}

function unitOf({ tool, name }: BackupJob): string {
  return tool === "borg" ? `borgbackup-job-${name}` : `restic-backups-${name}`;
}

function quoted(name: string): string {
  return /^[\w'-]+$/.test(name) ? name : `"${name}"`;
}
