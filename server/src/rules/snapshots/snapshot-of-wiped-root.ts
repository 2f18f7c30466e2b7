import type { Rollback } from "../../host/host.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { isTakenBySanoid } from "../reading/sanoid-datasets.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A snapshot of a root that every boot makes anew holds what the boot made, and empty directories for all else. */
export const snapshotOfWipedRoot = defineRule({
  code: "IMP609",
  name: "snapshot-of-wiped-root",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const root = host.ephemeralRoot;
    if (root.kind !== "rollback") return;
    if (root.rollback.technique === "zfs") {
      checkDatasets(context, root.rollback);
      return;
    }
    if (root.rollback.technique !== "btrfs") return;
    for (const job of host.snapshotJobs) {
      // Only jobs that run again and again: one at boot may be the archive of old roots.
      if (!job.period?.known) continue;
      const source = job.sources.find((one) => one.known && one.value === "/");
      if (!source) continue;
      report({
        at: source.place ?? job.place,
        severity: "information",
        message: `\`${job.name}\` takes snapshots of \`/\`, which is wiped at every boot: they hold what the boot made and what is lost anyway. What persists is on subvolumes of their own, and those are empty directories in a snapshot of \`/\`.`,
        help: "Take snapshots of the subvolumes that hold data, such as the store.",
        related: [{ place: root.rollback.place, message: "wiped here" }],
      });
    }
  },
});

/** To go back to an older snapshot, `zfs rollback -r` destroys all that were taken since. */
function checkDatasets({ host, report }: RuleContext, rollback: Rollback): void {
  // Without `-r` the rollback fails once there are younger snapshots, which a rule of its own says.
  const { storage } = commandsOf(rollback.script);
  if (storage.some((command) => command.kind === "zfs-rollback" && !command.destroysLater)) return;
  for (const job of host.snapshotJobs) {
    const dataset = rollback.wipes.find((wiped) => isTakenBySanoid(host, job, wiped));
    if (dataset === undefined) continue;
    const through = job.name === dataset ? "" : ` (through \`${job.name}\`, with all below it)`;
    report({
      at: job.place,
      message: `sanoid takes snapshots of \`${dataset}\`${through}, which is rolled back at every boot: \`zfs rollback -r\` destroys every snapshot that is younger than the blank one, so none of them outlives a reboot.`,
      help: "Take snapshots of the datasets that hold data, such as the store.",
      related: [{ place: rollback.place, message: "rolled back here" }],
    });
  }
}
