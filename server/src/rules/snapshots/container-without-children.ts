import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import type { Place } from "../../eval/origin.ts";
import { type DatasetFilter, type DatasetJob, datasetJobs, takesDataset } from "../../host/dataset-jobs.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { childrenOf, isNamed, nameAt, readString } from "../../host/read-values.ts";
import { isLeftOutByName } from "../reading/dataset-names.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A job takes a dataset in which there is nothing but other datasets, and takes none of those. */
export const containerWithoutChildren = defineRule({
  code: "IMP637",
  name: "container-without-children",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const jobs = datasetJobs(host.config);
    if (jobs.length === 0 || host.fileSystemsOpen !== undefined || jobs.some(({ open }) => open !== undefined)) return;
    const mounted = mountedDatasets(host);
    if (!mounted) return;
    const volumes = volumesOf(host);
    for (const job of jobs) {
      for (const filter of job.filters) {
        const { dataset, tree, takes, place } = filter;
        if (tree || !takes) continue;
        const parent = mounted.get(dataset);
        const disks = parent ? [] : volumes.filter(({ name }) => name.startsWith(`${dataset}/`));
        const inside = [
          ...[...mounted.keys()].filter((name) => name.startsWith(`${dataset}/`)),
          ...disks.map(({ name }) => name),
        ];
        const isSettled = (name: string) =>
          jobs.some(
            (other) => (isForTheSame(job, other) && takesDataset(other, name)) || isLeftOut(job, other, filter, name),
          );
        if (parent) {
          const left = inside.filter((name) => !isLeftOutByName(name.slice(dataset.length + 1)));
          if (left.length > 0 && !inside.some(isSettled)) reportMounted(context, job, filter, parent, left, mounted);
          continue;
        }
        if (inside.some(isSettled) || !isContainer(host, dataset, inside)) continue;
        const [first = ""] = inside;
        context.report({
          at: place ?? job.place,
          message: `\`${dataset}\` is mounted nowhere: what is to be kept is in ${inside.length === 1 ? "the dataset" : "the datasets"} below it, such as \`${first}\` (${mounted.has(first) ? `\`${mounted.get(first)?.mountpoint}\`` : "a volume"}). ${takenInWords(job, filter)}`,
          help: helpFor(job, dataset),
          related: inside.slice(0, 4).map((name) => ({
            place: mounted.get(name)?.place ?? disks.find((disk) => disk.name === name)?.place,
            message: `\`${name}\` is left out`,
          })),
          fixes: () => fixFor(context, job, filter),
        });
      }
    }
  },
});

/** A dataset that is mounted itself, with others mounted below it that no job takes. */
function reportMounted(
  context: RuleContext,
  job: DatasetJob,
  filter: DatasetFilter,
  { mountpoint }: FileSystem,
  left: readonly string[],
  mounted: ReadonlyMap<string, FileSystem>,
): void {
  const { dataset, place } = filter;
  const [first = ""] = left;
  context.report({
    at: place ?? job.place,
    message: `${job.tool} takes \`${dataset}\` (\`${mountpoint}\`) alone here, and ${left.length === 1 ? "the dataset" : "none of the datasets"} below it${left.length === 1 ? " is left out" : ""}: a snapshot ends at the next dataset, and nothing takes \`${first}\` (\`${mounted.get(first)?.mountpoint}\`)${left.length > 1 ? ` or the ${left.length === 2 ? "other one" : `${left.length - 1} others`}` : ""}.`,
    help: helpFor(job, dataset),
    related: left.slice(0, 4).map((name) => ({ place: mounted.get(name)?.place, message: `\`${name}\` is left out` })),
    fixes: () => fixFor(context, job, filter),
  });
}

function takenInWords({ tool }: DatasetJob, { dataset, childrenOnly }: DatasetFilter): string {
  return childrenOnly
    ? `With \`process_children_only\` and without \`recursive\` ${tool} takes neither \`${dataset}\` nor any of those: there is no snapshot at all.`
    : `${tool} takes \`${dataset}\` alone here, which is empty, and none of those.`;
}

/** The datasets that are mounted by their names; undefined when one of them is not known. */
function mountedDatasets({ fileSystems }: Host): ReadonlyMap<string, FileSystem> | undefined {
  const mounted = new Map<string, FileSystem>();
  for (const fs of fileSystems) {
    if (!fs.fsType.known || fs.fsType.value !== "zfs") continue;
    if (!fs.device.known || fs.certain.answer !== "yes") return undefined;
    mounted.set(fs.device.value, fs);
  }
  return mounted;
}

/** The volumes that disko makes, such as disks of virtual machines; not those for swap. */
function volumesOf({ config }: Host): { readonly name: string; readonly place: Place | undefined }[] {
  return childrenOf(config.at("disko", "devices", "zpool")).flatMap(({ name: pool, node, certain }) =>
    certain.answer !== "yes"
      ? []
      : childrenOf(node.child("datasets")).flatMap((one) => {
          const type = readString(one.node.child("type"));
          const content = readString(one.node.at("content", "type"));
          const isDisk = type?.known === true && type.value === "zfs_volume" && one.certain.answer === "yes";
          const isSwap = content !== undefined && !(content.known && content.value !== "swap");
          return isDisk && !isSwap && !isLeftOutByName(one.name)
            ? [{ name: `${pool}/${one.name}`, place: nameAt(one.node) }]
            : [];
        }),
  );
}

/**
 * Whether what one job takes is no loss for another one: a snapshot beside it is no copy on another pool, and who only sends
 * the snapshots of others makes none.
 */
function isForTheSame(job: DatasetJob, other: DatasetJob): boolean {
  return job.kind === "snapshot" ? other.makesNone !== true : other.kind === "send";
}

/** Whether a job says of this dataset, or of one around it, that it is not to be taken. */
function isLeftOut(job: DatasetJob, { filters }: DatasetJob, own: DatasetFilter, dataset: string): boolean {
  return filters.some(
    (one) =>
      one !== own &&
      !one.takes &&
      // Another job that leaves all of it to this one says nothing of what this one takes.
      (job.filters.includes(one) || one.dataset !== own.dataset) &&
      `${dataset}/`.startsWith(`${one.dataset}/`),
  );
}

/** Whether a dataset that no filesystem mounts is there for those below it, by what disko says of it or by their number. */
function isContainer({ config }: Host, dataset: string, inside: readonly string[]): boolean {
  const [pool = "", ...rest] = dataset.split("/");
  const made = config.at("disko", "devices", "zpool", pool);
  if (made.isDefined() === false) return rest.length > 0 && inside.length > 1;
  const datasets = made.child("datasets");
  const own = rest.length === 0 ? made : datasets.child(rest.join("/"));
  if (rest.length > 0 && !isNamed(datasets, rest.join("/")))
    return childrenOf(datasets).some(({ name }) => name.startsWith(`${rest.join("/")}/`));
  return inside.length > 0 && own.child("mountpoint").isDefined() === false;
}

function helpFor({ tool, name }: DatasetJob, dataset: string): string {
  if (tool === "zrepl") return `Write "${dataset}<": with \`<\` a filter stands for the dataset and all that is below.`;
  if (tool === "sanoid")
    return `Set services.sanoid.datasets."${dataset}".recursive = true, or name the datasets below.`;
  return `Set services.syncoid.commands."${name}".recursive = true, or name the datasets below.`;
}

function fixFor(context: RuleContext, { tool, name, place }: DatasetJob, filter: DatasetFilter): readonly FixPlan[] {
  const { dataset } = filter;
  const note = `What is below \`${dataset}\` is taken from then on, and needs room where it goes.`;
  if (tool === "zrepl")
    return offer(replaceTextAt(context, filter.place, `"${dataset}"`, `"${dataset}<"`), {
      title: `Take ${dataset} with all that is below`,
      safety: "unsafe",
      note,
    });
  const option =
    tool === "sanoid"
      ? ["services", "sanoid", "datasets", dataset, "recursive"]
      : ["services", "syncoid", "commands", name, "recursive"];
  return place === undefined
    ? []
    : offer(setOption(context, option, "true"), {
        title: `Take ${dataset} with all that is below`,
        safety: "unsafe",
        note,
      });
}
