import { defineRule } from "../rule.ts";

/** A snapshot of a root that every boot makes anew holds what the boot made, and empty directories for all else. */
export const snapshotOfWipedRoot = defineRule({
  code: "IMP609",
  name: "snapshot-of-wiped-root",
  group: "snapshots",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    const root = host.ephemeralRoot;
    if (root.kind !== "rollback" || root.rollback.technique !== "btrfs") return;
    for (const job of host.snapshotJobs) {
      // Only jobs that run again and again: one at boot may be the archive of old roots.
      if (!job.period?.known) continue;
      const source = job.sources.find((one) => one.known && one.value === "/");
      if (!source) continue;
      report({
        at: source.place ?? job.place,
        message: `\`${job.name}\` takes snapshots of \`/\`, which is wiped at every boot: they hold what the boot made and what is lost anyway. What persists is on subvolumes of their own, and those are empty directories in a snapshot of \`/\`.`,
        help: "Take snapshots of the subvolumes that hold data, such as the store.",
        related: [{ place: root.rollback.place, message: "wiped here" }],
      });
    }
  },
});
