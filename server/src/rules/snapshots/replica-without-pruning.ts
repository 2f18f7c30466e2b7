import { datasetJobs, takesDataset } from "../../host/dataset-jobs.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, openOf, readTexts } from "../../host/read-values.ts";
import { receiverOf, type Sending, syncoidSendings } from "../reading/syncoid-sendings.ts";
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
        const other = receiverOf(target, hosts);
        if (!other || other.host === host || !keepsAll(other.host, other.dataset)) continue;
        report({ at: place, ...words(source, other.dataset, other.host.name) }, [host, other.host]);
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

/** What syncoid sends of the snapshots that sanoid takes on the same host, and leaves to others to delete. */
function sendings(host: Host): readonly Sending[] {
  const sent = syncoidSendings(host);
  if (sent.length === 0) return sent;
  const takers = datasetJobs(host.config).filter(({ tool, open }) => tool === "sanoid" && open === undefined);
  const common = readTexts(host.config.at("services", "syncoid", "commonArgs"));
  return sent.filter(({ source, node }) => {
    const own = readTexts(node.child("extraArgs"));
    if (common.open.length + own.open.length > 0) return false;
    if ([...common.texts, ...own.texts].some(({ text }) => /--(delete-target-snapshots|no-stream)/.test(text)))
      return false;
    return !/[:@]/.test(source) && takers.some((job) => takesDataset(job, source));
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
