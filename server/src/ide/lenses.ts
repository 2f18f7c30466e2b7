import type { Place } from "../eval/origin.ts";
import type { Span } from "../syntax/expr.ts";
import type { CheckedHost } from "./analysis.ts";
import { policyInWords } from "./hovers/retention-hover.ts";

/** A line of text above a place. */
export interface Lens {
  readonly span: Span;
  readonly title: string;
}

/** What stores hold and retention policies lead to, above their names. */
export function lenses(file: string, hosts: readonly CheckedHost[]): Lens[] {
  const owners = hosts.filter(({ files }) => files.has(file));
  return [...storeLenses(file, owners), ...policyLenses(file, owners)].sort((a, b) => a.span.start - b.span.start);
}

/** One for each place that names a store; hosts that see other entries there are told apart by the range of counts. */
function storeLenses(file: string, owners: readonly CheckedHost[]): Lens[] {
  const byPlace = new Map<string, { span: Span; counts: { directories: number; files: number }[]; open: boolean }>();
  for (const { host } of owners) {
    for (const { place, directories, files, open, enabled } of host.stores) {
      if (place?.file !== file || enabled.answer === "no") continue;
      const key = keyOf(place);
      const known = byPlace.get(key) ?? { span: place, counts: [], open: false };
      known.counts.push({ directories: directories.length, files: files.length });
      byPlace.set(key, { ...known, open: known.open || open.length > 0 });
    }
  }
  return [...byPlace.values()].map(({ span, counts, open }) => {
    const directories = rangeText(
      counts.map((one) => one.directories),
      "directory",
      "directories",
    );
    const files = rangeText(
      counts.map((one) => one.files),
      "file",
      "files",
    );
    const more = open ? " or more" : "";
    const on = counts.length > 1 ? ` · ${counts.length} hosts` : "";
    return { span, title: `keeps ${directories}, ${files}${more}${on}` };
  });
}

function policyLenses(file: string, owners: readonly CheckedHost[]): Lens[] {
  const seen = new Map<string, Lens>();
  for (const { host } of owners) {
    for (const job of host.snapshotJobs) {
      if (job.place?.file !== file) continue;
      const title = policyInWords(job, host.snapshotJobs);
      if (title !== undefined) seen.set(`${keyOf(job.place)} ${title}`, { span: job.place, title });
    }
  }
  return [...seen.values()];
}

function keyOf({ start, end }: Place): string {
  return `${start}:${end}`;
}

function rangeText(counts: readonly number[], one: string, many: string): string {
  const least = Math.min(...counts);
  const most = Math.max(...counts);
  return least === most ? `${most} ${most === 1 ? one : many}` : `${least} to ${most} ${many}`;
}
