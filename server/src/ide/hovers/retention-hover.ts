import { keepPolicies, type SourcePolicy } from "../../host/keep-policies.ts";
import { UNIT_SECONDS } from "../../shell/retention.ts";
import { type Growth, growsForEver, growthAfter } from "../../shell/retention-growth.ts";
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
    for (const policy of keepPolicies(host)) {
      const place = [...policy.settings, policy.place].find((one) => holdsOffset(one, program.path, offset));
      if (place) return { markdown: policyText(policy), span: place };
    }
  }
  return undefined;
}

/** A policy's consequences as a table. */
function policyText(policy: SourcePolicy): string {
  const { title, sources, why, series, endless } = policy;
  if (why !== undefined) return `**${title}**\n\nCannot tell how many snapshots there will be, because ${why}`;
  const rows = AFTER.map(([name, seconds]) => {
    const growth = total(policy, seconds);
    if (!growth) return `| ${name} | too many to count | |`;
    const all = sources !== undefined && sources > 1 ? ` (${growth.count * sources} of ${sources} sources)` : "";
    return `| ${name} | ${growth.count}${all} | ${ageText(growth.oldest)} |`;
  });
  const grows = endless !== undefined || series.some((one) => growsForEver(one.policy));
  const end = grows
    ? `**They become ever more**${endless === undefined ? ": a rule has no end" : `: ${endless}`}.`
    : "No snapshot is kept for ever.";
  return [`**${title}**`, ["| after | snapshots | oldest |", "|---|---|---|", ...rows].join("\n"), end].join("\n\n");
}

/** A policy in a few words, for a line above it; undefined when it cannot be told. */
export function policyInWords(policy: SourcePolicy): string | undefined {
  const { why, series, endless, sources } = policy;
  if (why !== undefined) return undefined;
  const growth = total(policy, UNIT_SECONDS.year);
  const grows = endless !== undefined || series.some((one) => growsForEver(one.policy));
  if (!growth) return grows ? "snapshots become ever more" : undefined;
  const count = growth.count * (sources ?? 1);
  const each = sources !== undefined && sources > 1 ? ` of ${sources} sources` : "";
  return `${count} snapshot${count === 1 ? "" : "s"}${each} after a year${grows ? ", and ever more" : ""} · oldest ${ageText(growth.oldest)}`;
}

function total({ series, endless }: SourcePolicy, after: number): Growth | undefined {
  let count = 0;
  let oldest = 0;
  for (const { period, policy } of series) {
    const kept = endless === undefined ? policy : { ...policy, youngerThan: Number.POSITIVE_INFINITY };
    const growth = growthAfter(kept, period, after);
    if (!growth) return undefined;
    count += growth.count;
    oldest = Math.max(oldest, growth.oldest);
  }
  return { count, oldest };
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
