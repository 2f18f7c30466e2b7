import type { Place } from "../eval/origin.ts";
import type { OptionNode } from "../modules/option-node.ts";
import type { SnapshotSeries } from "../shell/retention-course.ts";
import type { Known, SnapshotJob } from "./host.ts";
import { bindingAt, read } from "./read-values.ts";
import { known, notKnown } from "./verdict.ts";

/** What a job is called in messages, e.g. “btrbk `daily`”. */
export function jobTitle({ tool, name }: SnapshotJob): string {
  return tool === "policy" || tool === "script" ? `\`${name}\`` : `${tool} \`${name}\``;
}

/** The snapshots that a job takes of each source, and how they are kept; undefined when it makes none. */
export function seriesOf({ keeps, period }: SnapshotJob): Known<readonly SnapshotSeries[]> | undefined {
  if (!keeps) return undefined;
  if (!keeps.policies.known) return keeps.policies;
  const series: SnapshotSeries[] = [];
  for (const { policy, every } of keeps.policies.value) {
    if (every === undefined && period?.known === false) return notKnown(period.why, period.place);
    const seconds = every ?? (period?.known ? period.value : undefined);
    if (seconds === undefined) return undefined;
    series.push({ period: seconds, policy });
  }
  return known(series);
}

/** Of how many subvolumes a job takes snapshots; a policy says how often and how long, the script beside it what. */
export function sourceCount(job: SnapshotJob, jobs: readonly SnapshotJob[]): number | undefined {
  if (job.sources.length > 0) return job.sources.length;
  if (job.tool !== "policy") return undefined;
  const counts = jobs.filter(({ tool }) => tool === "script").map(({ sources }) => sources.length);
  return counts.length > 0 ? Math.max(...counts) : undefined;
}

/** What a text means, or why that is not known. */
export function parseKnown<T extends { ok: true }>(
  text: Known<string>,
  parse: (text: string) => T | { ok: false; message: string },
): Known<T> {
  if (!text.known) return text;
  const parsed = parse(text.value);
  return parsed.ok ? known(parsed, text.place) : notKnown(parsed.message, text.place);
}

/** A whole number, also as a text; undefined when nobody sets it, or sets null. */
export function numberOf(option: OptionNode): Known<number> | undefined {
  const reading = read(option);
  if (reading.state === "absent") return undefined;
  if (reading.state === "unknown") return notKnown(reading.unknown.why, reading.place);
  const { value, place } = reading;
  if (value === null) return undefined;
  const isNumeric = typeof value === "number" || typeof value === "bigint" || typeof value === "string";
  const number = isNumeric && value !== "" ? Number(value) : Number.NaN;
  return Number.isInteger(number) ? known(number, place) : notKnown("it is no whole number", place);
}

/** Where the options are written that somebody sets. */
export function placesOf(options: readonly OptionNode[]): Place[] {
  return options.flatMap((option) => (option.isDefined() === false ? [] : (bindingAt(option) ?? [])));
}
