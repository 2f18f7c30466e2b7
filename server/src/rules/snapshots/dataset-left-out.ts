import { type DatasetJob, datasetJobs, takesDataset } from "../../host/dataset-jobs.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { backupCoverage } from "../reading/backup-coverage.ts";
import { dataOn } from "../reading/data-on-filesystem.ts";
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
