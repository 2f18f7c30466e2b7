import type { BackupJob } from "../../host/backup-jobs.ts";
import type { Host } from "../../host/host.ts";
import { readStringOrNull, setAt } from "../../host/read-values.ts";

/** The beginning of the names of what a job of borg prunes; undefined when it does not, or nobody can tell. */
export function prunePrefix(
  host: Host,
  job: BackupJob,
): { readonly text: string; readonly isSet: boolean } | undefined {
  const { node } = job;
  if (node.at("prune", "keep").isDefined() === false || node.child("extraPruneArgs").isDefined() !== false)
    return undefined;
  const option = node.at("prune", "prefix");
  const own = readStringOrNull(option);
  if (own === undefined) {
    const name = archiveName(host, job, true);
    return name === undefined ? undefined : { text: name, isSet: false };
  }
  return own.known && setAt(option) !== undefined ? { text: own.value ?? "", isSet: true } : undefined;
}

/** How the names of a job's archives begin; with `bare` without the dash before the date. */
export function archiveName(host: Host, { name, node }: BackupJob, bare = false): string | undefined {
  const own = readStringOrNull(node.child("archiveBaseName"));
  if (own) return !own.known ? undefined : own.value === null ? "" : `${own.value}${bare ? "" : "-"}`;
  // All jobs of the host have the same beginning, whatever it is called.
  const first = host.hostName.known ? host.hostName.value : host.name;
  return `${first}-${name}${bare ? "" : "-"}`;
}
