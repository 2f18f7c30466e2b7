import { offer } from "../../edits/fix-plan.ts";
import { removeElementAt } from "../../edits/place-edit.ts";
import { type BackupJob, backupJobs, excludes, takesPath } from "../../host/backup-jobs.ts";
import { type DumpJob, dumpJobs } from "../../host/dump-jobs.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath } from "../../host/paths.ts";
import { readString } from "../../host/read-values.ts";
import { hasOtherBackups, hasOtherDumps } from "../reading/backup-coverage.ts";
import { fileDatabases } from "../reading/file-databases.ts";
import { type NamedVolume, namedVolumes } from "../reading/named-volumes.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A backup leaves out what it is told to take. */
export const excludedBackupPath = defineRule({
  code: "IMP632",
  name: "excluded-backup-path",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    reportVolumes(context);
    reportDatabases(context);
    reportDumps(context);
    for (const job of backupJobs(context.host.config)) {
      if (job.tool === "borgmatic" || job.excludes.some(({ text }) => text.startsWith("!"))) continue;
      for (const { path, text, place } of job.paths) {
        const pattern = job.excludes.find((one) => excludes(job.tool, one.text, path));
        if (!pattern) continue;
        context.report({
          at: place ?? job.place,
          message: `\`${job.name}\` is to take \`${text}\` and leaves out \`${pattern.text}\`, which comes first: nothing of \`${text}\` is in the backup, and ${job.tool} says nothing of it.`,
          help: "Take one of the two away, or exclude only what lies below.",
          related: [{ place: pattern.place, message: "left out here" }],
          fixes: () =>
            offer(removeElementAt(context, pattern.place), {
              title: `No longer exclude ${pattern.text}`,
              safety: "unsafe",
              note: "Everything below is then backed up.",
            }),
        });
      }
    }
  },
});

/** What the compressions of `services.postgresqlBackup` put behind the name. Source of truth: postgresql-backup.nix. */
const SUFFIXES: Readonly<Record<string, string>> = { none: "", gzip: ".gz", zstd: ".zstd" };

/** Patterns that fit the files of dumps, in a directory that is backed up for their sake. */
function reportDumps({ host, report }: RuleContext): void {
  const jobs = backupJobs(host.config).filter(({ listsOpen }) => listsOpen === undefined);
  if (jobs.length === 0 || hasOtherBackups(host)) return;
  for (const dump of dumpJobs(host.config)) {
    const files = dumpFiles(host, dump);
    const taking = jobs.filter((job) => files.some((file) => job.paths.some(({ path }) => isAtOrBelow(file, path))));
    const patterns = taking.map((job) => job.excludes.find(({ text }) => leavesOutAll(job, text, files)));
    const [job] = taking;
    const [pattern] = patterns;
    // A dump that one job takes is saved.
    if (!job || !pattern || patterns.includes(undefined) || job.excludes.some(({ text }) => text.startsWith("!")))
      continue;
    const [file = ""] = files;
    report({
      at: pattern.place ?? job.place,
      message: `\`${pattern.text}\` leaves out the dumps of \`${dump.option.join(".")}\` (\`${file}\`): \`${job.name}\` takes their directory, and none of them. Of the databases there is no backup.`,
      help: "Take the pattern away, or give it the directory that it is meant for.",
      related: [{ place: dump.locationPlace ?? dump.place, message: "the dumps" }],
    });
  }
}

/** The files that a dump job writes, where they are used and where they lie in a store. */
function dumpFiles(host: Host, { engine, databases, location, option }: DumpJob): readonly string[] {
  if (location === undefined) return [];
  const compression = readString(host.config.at(...option, engine === "mysql" ? "compressionAlg" : "compression"));
  const named = compression?.known === false ? undefined : (compression?.value ?? "gzip");
  const suffix = named === undefined ? undefined : SUFFIXES[named];
  const end =
    engine === "postgresql"
      ? suffix === undefined
        ? undefined
        : `.sql${suffix}`
      : compression === undefined
        ? ".gz"
        : undefined;
  if (end === undefined) return [];
  const names = databases === "all" ? ["all"] : databases.map(({ text }) => text);
  const files = names.map((name) => `${location}/${name}${end}`);
  const { persisted } = host.fateOf(location);
  const store = persisted?.store.path;
  return [...files, ...(store?.known ? files.map((file) => joinPath(store.value, file)) : [])];
}

/** Whether a pattern leaves out each of the files, and not only because it names their directory. */
function leavesOutAll(job: BackupJob, pattern: string, files: readonly string[]): boolean {
  const taken = files.filter((file) => job.paths.some(({ path }) => isAtOrBelow(file, path)));
  return (
    taken.length > 0 &&
    taken.every((file) => excludes(job.tool, pattern, file)) &&
    !taken.some((file) => excludes(job.tool, pattern, file.slice(0, file.lastIndexOf("/"))))
  );
}

/** Where engines keep volumes, which are left out with the images that can be pulled again. */
const VOLUMES: readonly (readonly [engine: string, directory: string])[] = [
  ["virtualisation.podman.enable", "/var/lib/containers/storage/volumes"],
  ["virtualisation.docker.enable", "/var/lib/docker/volumes"],
];

/** Patterns for the storage of a container engine that leave out the volumes of declared containers as well. */
function reportVolumes({ host, report }: RuleContext): void {
  const jobs = backupJobs(host.config);
  if (jobs.length === 0 || hasOtherBackups(host) || hasOtherDumps(host)) return;
  for (const [engine, directory] of VOLUMES) {
    const volumes = namedVolumes(host, engine).map((volume) => ({ volume, names: namesOf(host, directory, volume) }));
    for (const job of jobs) {
      for (const pattern of job.excludes) {
        const lost = volumes.filter(({ names }) => leavesOut(jobs, job, pattern.text, names));
        const [first] = lost;
        if (!first) continue;
        const named = [...new Set(lost.map(({ volume }) => `\`${volume.name}\` of \`${volume.container}\``))];
        const several = named.length > 1;
        report({
          at: pattern.place ?? job.place,
          message: `\`${pattern.text}\` leaves out the volumes of containers along with their images: ${named.slice(0, 3).join(", ")}${named.length > 3 ? ` and ${named.length - 3} more` : ""} ${several ? "are" : "is"} in no backup.`,
          help: "Leave out only the images (…/containers/storage/overlay*, /var/lib/docker/overlay2); a database is better dumped, into a directory that is taken.",
          related: lost.slice(0, 3).map(({ volume }) => ({ place: volume.place, message: `\`${volume.name}\`` })),
        });
      }
    }
  }
}

/** Whether a pattern of a job takes out what would be in it under one of its names, and no job takes it under any. */
function leavesOut(jobs: readonly BackupJob[], job: BackupJob, pattern: string, names: readonly string[]): boolean {
  const isTakenOut = (name: string) =>
    job.paths.some(({ path }) => isAtOrBelow(name, path)) && excludes(job.tool, pattern, name);
  return names.some(isTakenOut) && names.every((name) => jobs.every((one) => takesPath(one, name) === "no"));
}

/** What copies a database by itself, after which its file need not be in the backup. */
const COPIES_DATABASES = /sqlite|\.backup|VACUUM INTO|litestream|dump/i;

/** Patterns such as `*.db`, where services keep all that they know in such a file. */
function reportDatabases({ host, report }: RuleContext): void {
  const jobs = backupJobs(host.config);
  const patterns = jobs.flatMap((job) =>
    job.excludes.flatMap((pattern) => (/(^|\/|:)\*[^/]*\.[^/]+$/.test(pattern.text) ? [{ job, pattern }] : [])),
  );
  if (patterns.length === 0 || hasOtherBackups(host) || copiesDatabases(host)) return;
  const databases = fileDatabases(host).map((one) => ({ ...one, names: whereItLies(host, one.path) }));
  for (const { job, pattern } of patterns) {
    if (job.excludes.some(({ text }) => text.startsWith("!"))) continue;
    const lost = databases.filter(({ names }) => leavesOut(jobs, job, pattern.text, names));
    const [first] = lost;
    if (!first) continue;
    const shown = lost
      .slice(0, 3)
      .map(({ enable, path }) => `\`${path}\` of \`${enable.replace(/\.enable$/, "")}\``)
      .join(", ");
    report({
      at: pattern.place ?? job.place,
      severity: lost.some(({ isData }) => isData) ? "warning" : "information",
      message: `\`${pattern.text}\` leaves out ${shown}${lost.length > 3 ? ` and ${lost.length - 3} more` : ""}: ${lost.some(({ isData }) => isData) ? "what the service knows is in that file, and it is in no backup" : "the history is in no backup"}.`,
      help: "Leave out what can be made again by its own path; a database that is in use is better copied first (sqlite3 FILE '.backup COPY').",
      related: lost
        .slice(0, 3)
        .map(({ place, enable }) => ({ place, message: `\`${enable.replace(/\.enable$/, "")}\` runs here` })),
    });
  }
}

/** Where a file is used, and where it lies in the store that keeps it. */
function whereItLies(host: Host, path: string): readonly string[] {
  const { persisted } = host.fateOf(path);
  return persisted?.store.path.known ? [path, joinPath(persisted.store.path.value, path)] : [path];
}

function copiesDatabases(host: Host): boolean {
  const backup = readString(host.config.at("services", "vaultwarden", "backupDir"));
  return (
    backup !== undefined ||
    backupJobs(host.config).some(({ hooks }) => COPIES_DATABASES.test(hooks)) ||
    host.scripts.some(({ text }) => COPIES_DATABASES.test(text))
  );
}

/** The directory of a volume where it is used, and where it lies in each store. */
function namesOf(host: Host, directory: string, { name }: NamedVolume): readonly string[] {
  return usedAndStored(host, `${directory}/${name}`);
}

function usedAndStored({ stores }: Host, used: string): readonly string[] {
  return [used, ...stores.flatMap(({ path }) => (path.known ? [joinPath(path.value, used)] : []))];
}
