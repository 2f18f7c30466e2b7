import { datasetJobs, takesDataset } from "../../host/dataset-jobs.ts";
import type { Host } from "../../host/host.ts";
import { readBoolean, setAt } from "../../host/read-values.ts";
import { receiverOf, type Sending, syncoidSendings } from "../reading/syncoid-sendings.ts";
import { defineRule } from "../rule.ts";

/** A host that takes snapshots of what another one sends to it. */
export const snapshotsOfAReplica = defineRule({
  code: "IMP667",
  name: "snapshots-of-a-replica",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  // What is sent within one host is seen there; what comes from another one, when all are compared.
  check({ host, report }) {
    // Read for the comparison as well, within what one host may take.
    datasetJobs(host.config);
    for (const sending of syncoidSendings(host)) {
      const { source, target, place } = sending;
      if (target.includes(":")) continue;
      const taking = takenOn(host, target, isRecursive(sending));
      if (taking) report(words(source, target, undefined, taking, place));
    }
  },

  compare(hosts, report) {
    for (const host of hosts) {
      for (const sending of syncoidSendings(host)) {
        const { source, target, place } = sending;
        const other = receiverOf(target, hosts);
        const taking =
          other && other.host !== host ? takenOn(other.host, other.dataset, isRecursive(sending)) : undefined;
        if (other && taking) report(words(source, other.dataset, host.name, taking, place), [other.host, host]);
      }
    }
  },
});

interface Taking {
  readonly policy: string;
  readonly place: Host["services"][number]["place"];
}

function words(
  source: string,
  target: string,
  from: string | undefined,
  { policy, place }: Taking,
  sent: Taking["place"],
) {
  return {
    at: place,
    message: `sanoid takes snapshots of \`${target}\` (\`${policy}\`), to which \`${source}\`${from === undefined ? "" : ` of ${from}`} is sent: the copy has snapshots then that the original has not. syncoid rolls them back before it can go on, or stops where it may not, and what is kept here is not what the policy says.`,
    help: "Give what is received a template with autosnap = false and autoprune = true: it deletes by age what comes with the copy.",
    related: [{ place: sent, message: "sent from here" }],
  };
}

/** Whether the datasets below the source are sent as well, each to one of its name below the target. */
function isRecursive({ node }: Sending): boolean {
  const flag = node.child("recursive").isDefined() === false ? undefined : readBoolean(node.child("recursive"));
  return flag?.known === true && flag.value;
}

/** The policy of sanoid that takes snapshots of a dataset that is received, or of those that are received below it. */
function takenOn({ config }: Host, dataset: string, isTree: boolean): Taking | undefined {
  for (const job of datasetJobs(config)) {
    if (job.tool !== "sanoid" || job.open !== undefined) continue;
    // Of what comes with its children, these may be all that is taken.
    if (!takesDataset(job, dataset) && !(isTree && takesDataset(job, `${dataset}/any`))) continue;
    const [best] = job.filters
      .filter((one) => one.dataset === dataset || (one.tree && dataset.startsWith(`${one.dataset}/`)))
      .sort((a, b) => b.dataset.length - a.dataset.length);
    if (!best || (best.childrenOnly === true && best.dataset === dataset && !isTree)) continue;
    return { policy: best.dataset, place: best.place ?? setAt(job.node) };
  }
  return undefined;
}
