import type { Known, SnapshotJob } from "../../host/host.ts";
import { jobTitle, seriesOf, sourceCount } from "../../host/snapshot-keeping.ts";
import { growsForEver, policyWords, UNIT_SECONDS } from "../../shell/retention.ts";
import { growthAfter, type SnapshotSeries, steadyState } from "../../shell/retention-course.ts";
import type { Program } from "../../syntax/expr.ts";
import type { CheckedHost } from "../analysis.ts";
import type { Hover } from "../hover.ts";
import { holdsOffset } from "../path-at.ts";

/** After which times snapshots are counted. */
const AFTER: readonly (readonly [name: string, seconds: number])[] = [
  ["a day", UNIT_SECONDS.day],
  ["a month", UNIT_SECONDS.month],
  ["a year", UNIT_SECONDS.year],
];

/** What the retention policy under the cursor leads to. */
export function retentionHover(program: Program, offset: number, owners: readonly CheckedHost[]): Hover | undefined {
  for (const { host } of owners) {
    for (const job of host.snapshotJobs) {
      const series = seriesOf(job);
      if (!series) continue;
      const place = [...(job.keeps?.settings ?? []), job.place].find((one) => holdsOffset(one, program.path, offset));
      if (place) return { markdown: policyText(job, series, sourceCount(job, host.snapshotJobs)), span: place };
    }
  }
  return undefined;
}

/** A policy's consequences as a table. */
function policyText(job: SnapshotJob, series: Known<readonly SnapshotSeries[]>, sources: number | undefined): string {
  const title = `**${jobTitle(job)}**`;
  if (!series.known) return `${title}\n\nCannot tell how many snapshots there will be, because ${series.why}`;
  const rows = AFTER.map(([name, seconds]) => {
    const growth = growthAfter(series.value, seconds);
    if (!growth) return `| ${name} | too many to count | |`;
    const all = sources !== undefined && sources > 1 ? ` (${growth.count * sources} of ${sources} sources)` : "";
    return `| ${name} | ${growth.count}${all} | ${ageText(growth.oldest)} |`;
  });
  const keeps = `Keeps ${series.value.map(({ policy }) => policyWords(policy)).join("; ")}.`;
  return [
    title,
    keeps,
    ["| after | snapshots | oldest |", "|---|---|---|", ...rows].join("\n"),
    endText(job, series.value),
  ].join("\n\n");
}

function endText({ keeps }: SnapshotJob, series: readonly SnapshotSeries[]): string {
  if (!series.some(({ policy }) => growsForEver(policy))) {
    const steady = steadyState(series);
    return steady
      ? `At most ${steady.count} in the long run, the oldest ${ageText(steady.oldest)} old.`
      : "None is kept for ever.";
  }
  return `**They become ever more**${keeps?.endless === undefined ? ": a rule has no end" : `: ${keeps.endless}`}.`;
}

/** What the snapshots of a job come to in a few words, for a line above it; undefined when it cannot be told. */
export function policyInWords(job: SnapshotJob, jobs: readonly SnapshotJob[]): string | undefined {
  const series = seriesOf(job);
  if (!series?.known) return undefined;
  const growth = growthAfter(series.value, UNIT_SECONDS.year);
  const grows = series.value.some(({ policy }) => growsForEver(policy));
  if (!growth) return grows ? "snapshots become ever more" : undefined;
  const sources = sourceCount(job, jobs);
  const count = growth.count * (sources ?? 1);
  const each = sources !== undefined && sources > 1 ? ` of ${sources} sources` : "";
  return `${count} snapshot${count === 1 ? "" : "s"}${each} after a year${grows ? ", and ever more" : ""} · oldest ${ageText(growth.oldest)}`;
}

function ageText(seconds: number): string {
  const units = [
    ["year", UNIT_SECONDS.year],
    ["month", UNIT_SECONDS.month],
    ["week", UNIT_SECONDS.week],
    ["day", UNIT_SECONDS.day],
    ["hour", UNIT_SECONDS.hour],
    ["minute", 60],
  ] as const;
  for (const [name, size] of units) {
    // A year of whole days is a little less than a year.
    const number = Math.round((seconds / size) * 10) / 10;
    if (number >= 1) return `${number} ${name}${number === 1 ? "" : "s"}`;
  }
  return "new";
}
