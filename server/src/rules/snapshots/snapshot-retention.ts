import type { SnapshotJob } from "../../host/host.ts";
import { seriesOf, sourceCount } from "../../host/snapshot-keeping.ts";
import { growsForEver, policyWords, type RetentionPolicy, secondsWords } from "../../shell/retention.ts";
import { growthPerYear, type SnapshotSeries, steadyState } from "../../shell/retention-course.ts";
import { defineRule, type RuleContext } from "../rule.ts";

const PER_SOURCE = 100;
const PER_JOB = 500;

/** How many snapshots a policy comes to, whether it keeps any, and whether it ever ends. */
export const snapshotRetention = defineRule({
  code: "IMP603",
  name: "snapshot-retention",
  group: "snapshots",
  severity: "information",
  since: "0.1.0",

  check(context) {
    for (const job of context.host.snapshotJobs) {
      // ZFS does not get slow with snapshots, and sanoid takes more than a hundred unless it is told otherwise.
      if (job.tool === "sanoid") continue;
      const series = seriesOf(job);
      if (!series?.known || series.value.length === 0) continue;
      const short = series.value.find(({ period, policy }) => isShorterThan(policy, period));
      if (short) reportShort(context, job, short);
      else if (series.value.some(({ policy }) => growsForEver(policy))) reportEndless(context, job, series.value);
      else reportMany(context, job, series.value);
    }
  },
});

/** Only an age can be too short: of a number of snapshots, or of the first of a day, there is always one. */
function isShorterThan({ newest, youngerThan, spans }: RetentionPolicy, period: number): boolean {
  return newest === 0 && spans.length === 0 && youngerThan < period;
}

function reportShort({ report }: RuleContext, job: SnapshotJob, { period, policy }: SnapshotSeries): void {
  report({
    at: placeOf(job),
    severity: "warning",
    message: `Snapshots of \`${job.name}\` are kept for ${secondsWords(policy.youngerThan)}, but only made every ${every(period)}: each is deleted before the next one exists, so most of the time there is none.`,
    help: `Keep them for at least twice the time between two snapshots (${secondsWords(2 * period)}).`,
    related: relatedOf(job, period, policy),
  });
}

/** Tools whose own rules say that they never delete are left to those. */
function reportEndless({ host, report }: RuleContext, job: SnapshotJob, series: readonly SnapshotSeries[]): void {
  if (job.keeps?.endless !== undefined || job.tool === "btrbk" || job.tool === "snapper") return;
  const sources = sourceCount(job, host.snapshotJobs) ?? 1;
  const more = Math.round(growthPerYear(series) * sources);
  report({
    at: placeOf(job),
    severity: more > PER_JOB ? "warning" : "information",
    message: `\`${job.name}\` has no end: of what it keeps (${series.map(({ policy }) => policyWords(policy)).join("; ")}) about ${more} snapshots${times(sources)} are added every year, for ever. The disk space of everything deleted since is never given back.`,
    help: "Give every rule an end, for example 1/month for 12 months.",
  });
}

function reportMany({ host, report }: RuleContext, job: SnapshotJob, series: readonly SnapshotSeries[]): void {
  const steady = steadyState(series);
  if (!steady) return;
  const sources = Math.max(1, sourceCount(job, host.snapshotJobs) ?? 1);
  const total = steady.count * sources;
  if (steady.count <= PER_SOURCE && total <= PER_JOB) return;
  const [first] = series;
  report({
    at: placeOf(job),
    severity: total > PER_JOB ? "warning" : "information",
    message: `\`${job.name}\` comes to about ${total} snapshots: ${rhythm(series)}, makes ${steady.count} of each subvolume${sources > 1 ? `, times ${sources} subvolumes` : ""}. With hundreds of snapshots btrfs gets slow (balance, delete, quota), and deleted data stays on the disk that long.`,
    help: "Thin them out with age: a tool such as btrbk keeps for example all of the last two days, then 14 daily and 4 weekly ones.",
    related: series.length === 1 && first ? relatedOf(job, first.period, first.policy) : [],
  });
}

function rhythm(series: readonly SnapshotSeries[]): string {
  return series.map(({ period, policy }) => `one every ${every(period)}, ${keptWords(policy)}`).join("; ");
}

function keptWords(policy: RetentionPolicy): string {
  return policy.newest === 0 && policy.spans.length === 0
    ? `kept for ${secondsWords(policy.youngerThan)}`
    : `of which it keeps ${policyWords(policy)}`;
}

function placeOf(job: SnapshotJob): SnapshotJob["place"] {
  return (job.keeps?.policies.known ? job.keeps.policies.place : undefined) ?? job.keeps?.settings[0] ?? job.place;
}

function relatedOf(job: SnapshotJob, period: number, policy: RetentionPolicy) {
  return [
    { place: job.period?.place, message: `one every ${every(period)}` },
    { place: placeOf(job), message: keptWords(policy) },
  ];
}

function times(sources: number): string {
  return sources > 1 ? ` of ${sources} subvolumes` : "";
}

function every(period: number): string {
  return secondsWords(period).replace(/^1 /, "");
}
