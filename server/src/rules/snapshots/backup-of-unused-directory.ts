import { servicesKeeping } from "../../catalogue/catalogue.ts";
import { type BackupJob, type BackupPath, backupJobs, takesPath } from "../../host/backup-jobs.ts";
import type { Host, Service } from "../../host/host.ts";
import { isAtOrBelow, isBelow, normalise } from "../../host/paths.ts";
import { readString } from "../../host/read-values.ts";
import { namesOf } from "../reading/backup-coverage.ts";
import { defineRule } from "../rule.ts";

/** A backup of the usual directory of a service that keeps its state elsewhere on this host, where no backup takes it. */
export const backupOfUnusedDirectory = defineRule({
  code: "IMP647",
  name: "backup-of-unused-directory",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const jobs = backupJobs(host.config);
    for (const job of jobs) {
      for (const path of job.paths) {
        const link = linkOf(host, path);
        const moved = link ?? movedState(host, path);
        if (!moved || moved.kept.some((one) => isTaken(host, jobs, one))) continue;
        const { enable } = moved.service;
        const kept = moved.kept.map((one) => `\`${one}\``).join(", ");
        report({
          at: path.place ?? job.place,
          message: link
            ? `\`${path.text}\` is a symbolic link that systemd makes for \`${enable}\`, and ${job.tool} takes links as links: the data in ${kept} is in no backup job.`
            : `\`${job.name}\` takes \`${path.text}\`, where \`${enable}\` keeps nothing on this host: its data is in ${kept}, which no backup job takes.`,
          help: `Write ${kept} instead.`,
          related: [{ place: moved.service.place, message: `\`${enable}\` keeps its data in ${kept}` }],
        });
      }
    }
  },
});

interface Moved {
  readonly service: Service;
  /** Where its data is. */
  readonly kept: readonly string[];
}

/** What the link of a service with DynamicUser stands for. */
function linkOf(host: Host, { path, text }: BackupPath): Moved | undefined {
  if (text.endsWith("/")) return undefined;
  for (const service of host.services) {
    const state = service.enabled.answer === "yes" ? service.state.find(({ link }) => link === path) : undefined;
    // An entry for the link itself is another mistake.
    if (state?.dynamicUser && !state.assumed && !host.fateOf(path).persisted) return { service, kept: [state.path] };
  }
  return undefined;
}

/** The service that has a path as its usual place, and on this host everything elsewhere. */
function movedState(host: Host, { path }: BackupPath): Moved | undefined {
  const used = inUse(host, path);
  const entries = servicesKeeping(used).filter(({ states }) => states.some((state) => state.path === used));
  const isOf = (service: Service) => entries.find(({ enable }) => enable === service.enable);
  const service = host.services.find((one) => one.enabled.answer === "yes" && isOf(one));
  if (!service || isUsed(host, used)) return undefined;
  const option = isOf(service)?.states.find((state) => state.path === used)?.fromOption;
  const moved = option === undefined ? undefined : readString(host.config.at(...option.split(".")));
  // Of several directories of a service the others may stay where they are, and be taken.
  if (moved?.known && moved.value.startsWith("/")) return { service, kept: [normalise(moved.value)] };
  const kept = service.state.filter(({ kind, little }) => kind === "state" && !little);
  if (kept.length === 0 || kept.some(({ assumed }) => assumed)) return undefined;
  return { service, kept: kept.map((state) => state.path) };
}

/** A path in a store as it is where it is used. */
function inUse({ stores }: Host, path: string): string {
  const store = stores.find((one) => one.path.known && isBelow(path, one.path.value))?.path;
  return store?.known ? normalise(path.slice(store.value.length)) : path;
}

/** Whether anything of the host is known to be at a path: state of another service, a mount, or an entry below it. */
function isUsed(host: Host, path: string): boolean {
  const touches = (other: string) => isAtOrBelow(other, path) || isAtOrBelow(path, other);
  return (
    host.fileSystemsOpen !== undefined ||
    host.services.some(
      ({ enabled, state }) =>
        enabled.answer !== "no" &&
        state.some((one) => one.kind === "state" && (touches(one.path) || one.link === path)),
    ) ||
    host.fileSystems.some(({ mountpoint }) => isAtOrBelow(mountpoint, path)) ||
    host.stores.some(({ directories, files }) => [...directories, ...files].some((one) => isBelow(one.path, path))) ||
    host.scripts.some(({ text }) => text.includes(path))
  );
}

/** By any of its names: an entry of a store counts only where the path is really kept there. */
function isTaken(host: Host, jobs: readonly BackupJob[], path: string): boolean {
  return [...namesOf(host, path), inUse(host, path)].some((name) => jobs.some((job) => takesPath(job, name) !== "no"));
}
