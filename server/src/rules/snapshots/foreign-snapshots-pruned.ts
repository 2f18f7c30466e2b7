import type { Place } from "../../eval/origin.ts";
import { type DatasetJob, datasetJobs, takesDataset } from "../../host/dataset-jobs.ts";
import type { Host } from "../../host/host.ts";
import { nameAt, readString, readTexts } from "../../host/read-values.ts";
import { keepRules } from "../reading/zrepl-keep.ts";
import { defineRule } from "../rule.ts";

/** zrepl destroys the snapshots that sanoid or syncoid make of the same dataset, because no rule of it keeps them. */
export const foreignSnapshotsPruned = defineRule({
  code: "IMP691",
  name: "foreign-snapshots-pruned",
  group: "snapshots",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const jobs = datasetJobs(host.config);
    for (const job of jobs) {
      if (job.tool !== "zrepl" || job.open !== undefined) continue;
      const option = job.node.at("pruning", job.kind === "snapshot" ? "keep" : "keep_sender");
      for (const { maker, dataset, sample, place } of othersOf(host, jobs, job)) {
        const rules = keepRules(option, sample);
        if (!rules || rules.length === 0 || rules.some(({ keeps }) => keeps !== "none")) continue;
        const prefix = readString(job.node.at("snapshotting", "prefix"));
        report({
          at: nameAt(option) ?? job.place,
          message: `No rule of \`${option.path.at(-1)}\` keeps the snapshots that ${maker} makes of \`${dataset}\` (\`${sample}\`), and \`${job.name}\` takes that dataset as well. zrepl destroys what no rule keeps, whoever made it: they are gone at its next run.`,
          help: `Let one tool take snapshots of it, or keep what zrepl did not make: { type = "regex"; negate = true; regex = "^${prefix?.known ? prefix.value : "zrepl_"}"; }.`,
          related: [{ place, message: `${maker} makes snapshots of it here` }],
        });
        break;
      }
    }
  },
});

interface Foreign {
  readonly maker: "sanoid" | "syncoid";
  readonly dataset: string;
  /** What its snapshots are called. */
  readonly sample: string;
  readonly place: Place | undefined;
}

/** What sanoid and syncoid certainly make of datasets that a job takes. */
function othersOf({ config }: Host, jobs: readonly DatasetJob[], job: DatasetJob): readonly Foreign[] {
  return jobs.flatMap((other): Foreign[] => {
    if (other.tool === "zrepl" || other.open !== undefined) return [];
    if (other.tool === "syncoid" && !makesOwn(config.at("services", "syncoid"), other)) return [];
    const maker = other.tool;
    const sample =
      maker === "sanoid" ? "autosnap_2026-01-02_03:00:00_daily" : "syncoid_host_2026-01-02:03:04:05-GMT00:00";
    return other.filters.flatMap(({ dataset, takes, place }) =>
      takes && takesDataset(job, dataset) ? [{ maker, dataset, sample, place }] : [],
    );
  });
}

/** syncoid makes a snapshot before it sends, and counts on it the next time, unless it is told not to. */
function makesOwn(group: Host["config"], { node }: DatasetJob): boolean {
  const lists = [group.child("commonArgs"), node.child("extraArgs")].map((list) => readTexts(list));
  return lists.every(({ texts, open }) => open.length === 0 && !texts.some(({ text }) => /--no-sync-snap/.test(text)));
}
