import { datasetJobs, takesDataset } from "../../host/dataset-jobs.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, openOf, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import { mayBeSetByOwnModules } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** Snapshots that are sent to another dataset again and again, where nothing deletes them. */
export const replicaWithoutPruning = defineRule({
  code: "IMP669",
  name: "replica-without-pruning",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  // What is sent within one host is seen there; what goes to another one, when all are compared.
  check({ host, report }) {
    for (const sending of sendings(host)) {
      if (!/[:@]/.test(sending.target) && keepsAll(host, sending.target))
        report({ at: sending.place, ...words(sending.source, sending.target, undefined) });
    }
  },

  compare(hosts, report) {
    for (const host of hosts) {
      for (const { source, target, place } of sendings(host)) {
        const [, address, dataset] = /^(?:[^@/:]+@)?([^/:@]+):([^:]+)$/.exec(target) ?? [];
        if (address === undefined || dataset === undefined) continue;
        const other = hosts.find(
          ({ hostName }) =>
            hostName.known &&
            hostName.value !== "" &&
            (address === hostName.value || address.startsWith(`${hostName.value}.`)),
        );
        if (!other || other === host || !keepsAll(other, dataset)) continue;
        report({ at: place, ...words(source, dataset, other.name) }, [host, other]);
      }
    }
  },
});

function words(source: string, target: string, on: string | undefined) {
  return {
    message: `syncoid sends the snapshots of \`${source}\` to \`${target}\`${on === undefined ? "" : ` on ${on}`} and deletes none there, and no policy of sanoid${on === undefined ? "" : ` on ${on}`} covers that dataset: what is deleted here stays there, until the pool is full.`,
    help: `Give the copy a policy that only deletes: services.sanoid.datasets."${target}" = { autosnap = false; autoprune = true; daily = 30; monthly = 12; }, recursive where the source is.`,
  };
}

interface Sending {
  readonly source: string;
  readonly target: string;
  readonly place: Host["services"][number]["place"];
}

/** What syncoid sends of the snapshots that sanoid takes on the same host, and leaves to others to delete. */
function sendings(host: Host): Sending[] {
  const syncoid = host.config.at("services", "syncoid");
  const enabled = syncoid.isDefined() === false ? undefined : readBoolean(syncoid.child("enable"));
  if (!enabled?.known || !enabled.value) return [];
  const takers = datasetJobs(host.config).filter(({ tool, open }) => tool === "sanoid" && open === undefined);
  const common = readTexts(syncoid.child("commonArgs"));
  return childrenOf(syncoid.child("commands")).flatMap(({ name, node, certain }): Sending[] => {
    const target = readString(node.child("target"));
    const named = readString(node.child("source"));
    const own = readTexts(node.child("extraArgs"));
    if (certain.answer !== "yes" || !target?.known || named?.known === false) return [];
    if (common.open.length + own.open.length > 0) return [];
    if ([...common.texts, ...own.texts].some(({ text }) => /--(delete-target-snapshots|no-stream)/.test(text)))
      return [];
    const source = named?.value ?? name;
    if (/[:@]/.test(source) || !takers.some((job) => takesDataset(job, source))) return [];
    return [{ source, target: target.value, place: target.place }];
  });
}

/** Whether certainly nothing of a host deletes snapshots of a dataset, or below it. */
function keepsAll(host: Host, dataset: string): boolean {
  const { config, scripts } = host;
  const sanoid = config.at("services", "sanoid");
  const datasets = sanoid.child("datasets");
  if (openOf(sanoid) || openOf(datasets) || mayBeSetByOwnModules(host)) return false;
  const isOther = ["zrepl", "znapzend", "pyznap"].some(
    (name) => config.at("services", name, "enable").isDefined() !== false,
  );
  if (isOther || scripts.some(({ text }) => /\bzfs\b[^\n]*\bdestroy\b|zfs-prune-snapshots|sanoid/.test(text)))
    return false;
  const near = (name: string) => name === dataset || name.startsWith(`${dataset}/`) || dataset.startsWith(`${name}/`);
  return datasets.isDefined() === false || !childrenOf(datasets).some(({ name }) => near(name));
}
