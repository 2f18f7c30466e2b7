import type { SnapshotJob } from "../../host/host.ts";
import { defineRule } from "../rule.ts";

const PER_SOURCE = 100;
const PER_JOB = 500;

/** How many snapshots a policy comes to, and whether it keeps any. */
export const snapshotRetention = defineRule({
  code: "IMP603",
  name: "snapshot-retention",
  group: "snapshots",
  severity: "information",
  since: "0.1.0",

  check({ host, report, program }) {
    for (const job of host.snapshotJobs) {
      if (!job.period?.known || !job.retention?.known || job.period.value <= 0) continue;
      // A bare number is some unit of the script that reads it.
      const at = job.retention.place;
      const written = at && program(at.file)?.text.slice(at.start, at.end);
      if (written !== undefined && /^["']*\d+["']*$/.test(written)) continue;
      const { value: period } = job.period;
      const { value: retention } = job.retention;
      const related = [
        { place: job.period.place, message: `one every ${inWords(period).replace(/^1 /, "")}` },
        { place: job.retention.place, message: `kept for ${inWords(retention)}` },
      ];
      if (retention < period) {
        report({
          at: job.retention.place ?? job.place,
          severity: "warning",
          message: `Snapshots of \`${job.name}\` are kept for ${inWords(retention)}, but only made every ${inWords(period).replace(/^1 /, "")}: each is deleted before the next one exists, so most of the time there is none.`,
          help: `Keep them for at least twice the time between two snapshots (${inWords(2 * period)}).`,
          related,
        });
        continue;
      }
      const each = Math.round(retention / period);
      const sources = sourcesOf(job, host.snapshotJobs);
      const total = each * Math.max(1, sources);
      if (each <= PER_SOURCE && total <= PER_JOB) continue;
      report({
        at: job.retention.place ?? job.place,
        severity: total > PER_JOB ? "warning" : "information",
        message: `\`${job.name}\` comes to about ${total} snapshots: one every ${inWords(period).replace(/^1 /, "")}, kept for ${inWords(retention)}, makes ${each} of each subvolume${sources > 1 ? `, times ${sources} subvolumes` : ""}. With hundreds of snapshots btrfs gets slow (balance, delete, quota), and deleted data stays on the disk that long.`,
        help: "Thin them out with age: a tool such as btrbk keeps for example all of the last two days, then 14 daily and 4 weekly ones.",
        related,
      });
    }
  },
});

/** A policy says how often and how long, the script beside it what. */
function sourcesOf(job: SnapshotJob, jobs: readonly SnapshotJob[]): number {
  if (job.sources.length > 0 || job.tool !== "policy") return job.sources.length;
  return jobs.filter(({ tool }) => tool === "script").reduce((most, { sources }) => Math.max(most, sources.length), 0);
}

function inWords(seconds: number): string {
  const units: readonly [number, string][] = [
    [7 * 86_400, "week"],
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
    [1, "second"],
  ];
  const [size, name] = units.find(([unit]) => seconds >= unit && seconds % unit === 0) ?? [1, "second"];
  const [unit, word] = size === 7 * 86_400 && seconds > 4 * size ? [86_400, "day"] : [size, name];
  const count = Math.round((seconds / unit) * 10) / 10;
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
