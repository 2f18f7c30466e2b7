import { readBoolean } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

/** sanoid takes snapshots of a dataset and deletes none. */
export const sanoidWithoutPruning = defineRule({
  code: "IMP612",
  name: "sanoid-without-pruning",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const enabled = readBoolean(host.config.at("services", "sanoid", "enable"));
    if (!enabled?.known || !enabled.value) return;
    for (const job of host.snapshotJobs) {
      if (job.tool !== "sanoid" || job.keeps?.endless === undefined || !job.keeps.policies.known) continue;
      if (job.keeps.policies.value.length === 0) continue;
      report({
        at: job.place,
        message: `sanoid takes snapshots of \`${job.name}\` and deletes none, because \`autoprune\` is off: the numbers of its policy have no effect, and what is deleted stays on the disk.`,
        help: "Set autoprune = true, unless another program deletes them.",
        related: job.keeps.settings.map((place) => ({ place, message: "set here" })).slice(0, 3),
      });
    }
  },
});
