import type { Place } from "../../eval/origin.ts";
import { type DatasetJob, datasetJobs, takesDataset } from "../../host/dataset-jobs.ts";
import { dumpJobs } from "../../host/dump-jobs.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { backupCoverage } from "../reading/backup-coverage.ts";
import { dataPaths } from "../reading/data-paths.ts";
import { isLeftOutByName } from "../reading/dataset-names.ts";
import { lossOf } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A dataset with the data of a service is in no snapshot and sent nowhere, while others of its pool are. */
export const datasetLeftOut = defineRule({
  code: "IMP635",
  name: "dataset-left-out",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const jobs = datasetJobs(host.config);
    if (jobs.length === 0 || jobs.some(({ open }) => open !== undefined)) return;
    for (const fs of host.fileSystems) {
      const dataset = datasetOf(fs);
      if (dataset === undefined || jobs.some((job) => takesDataset(job, dataset) || isLeftOut(job, dataset))) continue;
      const sibling = siblingTaken(host, dataset);
      const kept = sibling && dataOn(host, fs);
      if (!kept || lossOf(host, fs.mountpoint).lost !== "no") continue;
      if (backupCoverage(host, kept.path) !== "no") continue;
      const sends = jobs.some(({ kind }) => kind === "send");
      const names = [...new Set(jobs.map(({ tool }) => tool))].join(" and ");
      report({
        at: fs.place,
        severity: sends || sibling.parent === dataset.slice(0, dataset.lastIndexOf("/")) ? "warning" : "information",
        message: `\`${dataset}\` holds ${kept.what}, and ${names} ${names.includes(" ") ? "take" : "takes"} no snapshot of it${sends ? ` and ${names.includes(" ") ? "send" : "sends"} it nowhere` : ""}, while \`${sibling.dataset}\` is taken: of \`${fs.mountpoint}\` there is nothing to go back to.`,
        help: `Give \`${dataset}\` what \`${sibling.dataset}\` has${sibling.parent === "" ? "" : `, or take \`${sibling.parent}\` with all that is below`}.`,
        related: [
          { place: sibling.place, message: `\`${sibling.dataset}\` is taken` },
          { place: kept.place, message: "kept there" },
        ],
      });
    }
  },
});

/** Whether somebody says of this very dataset that it is not to be taken. */
function isLeftOut({ filters }: DatasetJob, dataset: string): boolean {
  return filters.some((one) => !one.takes && (one.dataset === dataset || dataset.startsWith(`${one.dataset}/`)));
}

function datasetOf({ certain, fsType, device }: FileSystem): string | undefined {
  const isZfs = certain.answer === "yes" && fsType.known && fsType.value === "zfs";
  if (!isZfs || !device.known || !/^[\w.:-]+\/\S+$/.test(device.value)) return undefined;
  return isLeftOutByName(device.value) ? undefined : device.value;
}

/** Another dataset that is mounted on the host and taken: one beside it, where there is one. */
function siblingTaken(host: Host, dataset: string) {
  const jobs = datasetJobs(host.config);
  const parent = dataset.slice(0, dataset.lastIndexOf("/"));
  const [pool] = dataset.split("/");
  const taken = host.fileSystems.flatMap((fs) => {
    const other = datasetOf(fs);
    if (other === undefined || other === dataset || other.split("/")[0] !== pool) return [];
    const job = jobs.find((one) => takesDataset(one, other));
    if (!job) return [];
    const filter = job.filters.find((one) => one.dataset === other || other.startsWith(`${one.dataset}/`));
    return [{ dataset: other, parent: other.slice(0, other.lastIndexOf("/")), place: filter?.place ?? job.place }];
  });
  return taken.find((one) => one.parent === parent) ?? taken[0];
}

/** Servers that show directories to others, who may well keep copies there. */
const SHARES =
  /^services\.(samba|nfs|rsyncd|syncthing|minio|garage|sftpgo|vsftpd|webdav|restic|borgbackup|btrbk|plex|jellyfin|emby)\b/;

interface Kept {
  readonly path: string;
  readonly what: string;
  readonly place: Place | undefined;
}

/** What a service keeps on a filesystem that cannot be made again, other than databases that are dumped. */
function dataOn(host: Host, { mountpoint }: FileSystem): Kept | undefined {
  const dumped = new Set(dumpJobs(host.config).map(({ engine }) => `services.${engine}.enable`));
  for (const { enable, enabled, state, place } of host.services) {
    if (enabled.answer !== "yes" || dumped.has(enable)) continue;
    const own = state.find(
      ({ path, kind, little, containers, perhapsCache }) =>
        kind === "state" && !little && !containers && !perhapsCache && isAtOrBelow(path, mountpoint),
    );
    if (own) return { path: own.path, what: `what \`${enable.replace(/\.enable$/, "")}\` keeps`, place };
  }
  const named = dataPaths(host).find(
    ({ path, isSure, option }) => isSure && isAtOrBelow(path, mountpoint) && !SHARES.test(option.join(".")),
  );
  return named && { path: named.path, what: `\`${named.path}\` (${named.by})`, place: named.place };
}
