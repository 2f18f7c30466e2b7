import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import { type DatasetJob, datasetJobs, takesDataset, zreplJobs } from "../../host/dataset-jobs.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, itemNode, readBoolean, readItems, readString } from "../../host/read-values.ts";
import { allDatasets, type DeclaredDataset } from "../reading/declared-datasets.ts";
import { isSlipOf } from "../reading/nearest-name.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A job takes a dataset that the pool does not have, as disko lays it out. */
export const jobOfMissingDataset = defineRule({
  code: "IMP636",
  name: "job-of-missing-dataset",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    reportRoots(context);
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

/** Jobs of zrepl that receive, below a dataset that the pool does not have. */
function reportRoots(context: RuleContext): void {
  const { host, report } = context;
  const group = host.config.at("services", "zrepl");
  const enabled = readBoolean(group.child("enable"));
  if (!enabled?.known || !enabled.value) return;
  const receiving = zreplJobs(group).filter(({ type }) => type === "sink" || type === "pull");
  const roots = receiving.flatMap(({ name, node }) => {
    const root = readString(node.child("root_fs"));
    return root?.known ? [{ name, dataset: root.value, place: root.place }] : [];
  });
  for (const { name, dataset, place } of roots) {
    const [pool = "", ...rest] = dataset.split("/");
    const declared = rest.length === 0 ? undefined : allDatasets(host, pool);
    if (!declared || isThere(declared, dataset)) continue;
    // A dataset with a place of its own in the system is not there to receive.
    const free = declared.filter(
      (one) => one.mountpoint === undefined && !roots.some((root) => root.dataset === one.name),
    );
    const meant = free.length === 1 ? free[0] : undefined;
    report({
      at: place,
      severity: meant ? "warning" : "information",
      message: `\`${pool}\` has no dataset \`${dataset}\` as disko makes it${meant ? `: it has \`${meant.name}\`` : ""}. \`${name}\` receives below it, and zrepl makes datasets below \`root_fs\` alone, never \`root_fs\` itself: every transfer is refused, and nothing is received.`,
      help: meant
        ? `Name \`${meant.name}\`, or let disko make \`${dataset}\`.`
        : `Let disko make \`${dataset}\` (and \`zfs create -o mountpoint=none ${dataset}\` on a host that is installed), or name a dataset that is there.`,
      related: [{ place: meant?.place, message: `\`${meant?.name}\` is made here` }],
      fixes: (): readonly FixPlan[] =>
        meant
          ? offer(replaceTextAt(context, place, `"${dataset}"`, `"${meant.name}"`), {
              title: `Change to ${meant.name}`,
              safety: "unsafe",
              note: `What is received goes into \`${meant.name}\` from then on.`,
            })
          : [],
    });
  }
}

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
  const slips = free.filter(({ name }) => isSlipOf(name, dataset) || isShortFor(name, dataset));
  const alike =
    slips.length > 0 ? slips : free.filter(({ name, mountpoint }) => name.endsWith(last) || mountpoint === last);
  return alike.length === 1 ? alike[0] : undefined;
}

/** Whether of two datasets beside each other one is called like the beginning of the other: `persist` and `persistent`. */
function isShortFor(a: string, b: string): boolean {
  const parent = (name: string) => name.slice(0, name.lastIndexOf("/") + 1);
  const [short = "", long = ""] = [a, b].sort((one, other) => one.length - other.length);
  const rest = long.slice(short.length);
  // What is counted or is one more of its kind (`data2`, `home-old`) has a name of its own.
  return (
    parent(a) === parent(b) && short.length - parent(a).length >= 4 && long.startsWith(short) && /^[a-z]+$/.test(rest)
  );
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
