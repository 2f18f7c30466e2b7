import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import { type DatasetJob, datasetJobs, takesDataset } from "../../host/dataset-jobs.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, itemNode, readItems, readString } from "../../host/read-values.ts";
import { allDatasets, type DeclaredDataset } from "../reading/declared-datasets.ts";
import { isSlipOf } from "../reading/nearest-name.ts";
import { defineRule } from "../rule.ts";

/** A job takes a dataset that the pool does not have, as disko lays it out. */
export const jobOfMissingDataset = defineRule({
  code: "IMP636",
  name: "job-of-missing-dataset",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const jobs = datasetJobs(host.config);
    if (jobs.length === 0) return;
    const received = receivedBelow(host);
    for (const job of jobs) {
      for (const { dataset, takes, tree, place } of job.filters) {
        const [pool = "", ...rest] = dataset.split("/");
        if (!takes || rest.length === 0 || received.some((root) => `${dataset}/`.startsWith(`${root}/`))) continue;
        const declared = allDatasets(host, pool);
        if (!declared || declared.length === 0 || isThere(declared, dataset)) continue;
        const meant = meantBy(
          declared,
          jobs.filter(({ tool }) => tool === job.tool),
          dataset,
        );
        const others = declared.filter(({ mountpoint }) => mountpoint !== undefined).map(({ name }) => `\`${name}\``);
        const end = job.tool === "zrepl" && tree ? "<" : "";
        report({
          at: place ?? job.place,
          severity: meant ? "warning" : "information",
          message: `\`${pool}\` has no dataset \`${dataset}\` as disko makes it${meant ? `: it has \`${meant.name}\`, which ${job.tool} leaves out` : ""}. ${CONSEQUENCES[job.tool]}`,
          help: meant
            ? `Name \`${meant.name}\`, if that is what it was to be.`
            : `disko makes ${others.slice(0, 6).join(", ")}${others.length > 6 ? " and more" : ""}. Name one of these, or remove it; a dataset that was made by hand belongs into the layout, or the next installation lacks it.`,
          related: [{ place: meant?.place, message: `\`${meant?.name}\` is made here` }],
          fixes: (): readonly FixPlan[] =>
            meant
              ? offer(replaceTextAt(context, place, `"${dataset}${end}"`, `"${meant.name}${end}"`), {
                  title: `Change to ${meant.name}`,
                  safety: "unsafe",
                  note: `\`${meant.name}\` is taken from then on, and needs room where it goes.`,
                })
              : [],
        });
      }
    }
  },
});

/** What each tool does with a name of nothing. */
const CONSEQUENCES: Readonly<Record<DatasetJob["tool"], string>> = {
  sanoid: "sanoid takes no snapshot under that name; a line in the journal is all that says so.",
  syncoid: "The command fails each time, and nothing is sent.",
  zrepl: "zrepl passes over a name that fits nothing without a word.",
};

/** Also as a parent, which disko makes by the way (`zfs create -p`). */
function isThere(declared: readonly DeclaredDataset[], dataset: string): boolean {
  return declared.some(({ name }) => name === dataset || name.startsWith(`${dataset}/`));
}

/** The one dataset that no job of the tool takes and that is called alike, or is so at its end, or is mounted where the name says. */
function meantBy(
  declared: readonly DeclaredDataset[],
  jobs: readonly DatasetJob[],
  dataset: string,
): DeclaredDataset | undefined {
  const last = dataset.slice(dataset.lastIndexOf("/"));
  const free = declared.filter(({ name }) => !jobs.some((job) => takesDataset(job, name)));
  const slips = free.filter(({ name }) => isSlipOf(name, dataset));
  const alike =
    slips.length > 0 ? slips : free.filter(({ name, mountpoint }) => name.endsWith(last) || mountpoint === last);
  return alike.length === 1 ? alike[0] : undefined;
}

/** Datasets below which others appear by themselves: what syncoid and zrepl receive. */
function receivedBelow({ config }: Host): readonly string[] {
  const services = config.child("services");
  const targets = childrenOf(services.at("syncoid", "commands")).map(({ node }) => readString(node.child("target")));
  const roots = readItems(services.at("zrepl", "settings", "jobs")).items.map((item) => {
    const job = itemNode(item, []);
    return isNamed(job, "root_fs") ? readString(job.child("root_fs")) : undefined;
  });
  return [...targets, ...roots].flatMap((text) => (text?.known ? [text.value] : []));
}
