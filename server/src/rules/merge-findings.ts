import { combinePlans } from "../edits/combine-plans.ts";
import type { FixPlan } from "../edits/fix-plan.ts";
import type { Finding, Severity } from "./rule.ts";

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, information: 2, hint: 3 };

/**
 * Joins the findings of several hosts: the same finding at the same place becomes one that names all its
 * hosts. The result is sorted by file, place and code, and does not depend on the order of the hosts.
 */
export function mergeFindings(perHost: Iterable<readonly Finding[]>): readonly Finding[] {
  const sorted = [...perHost].flat().sort(byPlace);
  const merged: Finding[] = [];
  // Neighbours that differ in nothing but where they end are few.
  for (let from = 0, to = 1; from < sorted.length; from = to++) {
    const first = sorted[from] as Finding;
    while (to < sorted.length && byPlace(first, sorted[to] as Finding) === 0) to++;
    if (to === from + 1) {
      merged.push(first);
      continue;
    }
    const byEnd = new Map<number, Finding[]>();
    for (const finding of sorted.slice(from, to)) {
      const same = byEnd.get(finding.at.end);
      if (same) same.push(finding);
      else byEnd.set(finding.at.end, [finding]);
    }
    merged.push(...[...byEnd.values()].map(join));
  }
  return merged;
}

/** What two findings of different hosts have in common when they are the same. */
export function findingKey({ code, at, message }: Finding): string {
  return `${code}\0${at.file}\0${at.start}\0${at.end}\0${message}`;
}

function join(same: readonly Finding[]): Finding {
  const [first] = same;
  if (!first || same.length === 1) return first as Finding;
  const ordered = [...same].sort((a, b) => (a.hosts.join() < b.hosts.join() ? -1 : 1));
  const worst = ordered.reduce((a, b) => (RANK[b.severity] < RANK[a.severity] ? b : a));
  let fixes: readonly FixPlan[] | undefined;
  return {
    ...withoutFixes(worst),
    get fixes() {
      fixes ??= commonFixes(ordered);
      return fixes;
    },
    hosts: [...new Set(ordered.flatMap((finding) => finding.hosts))].sort(),
  };
}

/** Spreading a finding would compute its fixes. */
function withoutFixes(finding: Finding): Omit<Finding, "fixes"> {
  const { code, rule, severity, at, message, help, related, hosts } = finding;
  return { code, rule, severity, at, message, help, related, hosts };
}

/** The fixes of all hosts: those of one title together, so that one of them repairs the finding everywhere. */
function commonFixes(same: readonly Finding[]): readonly FixPlan[] {
  const byTitle = new Map<string, FixPlan[]>();
  for (const plan of same.flatMap((finding) => finding.fixes)) {
    const known = byTitle.get(plan.title) ?? [];
    const text = JSON.stringify([...plan.edits]);
    if (!known.some((other) => JSON.stringify([...other.edits]) === text)) byTitle.set(plan.title, [...known, plan]);
  }
  return [...byTitle.values()].flatMap((plans) => {
    const { deferred, edits } = combinePlans(plans);
    const [first] = plans;
    return first && plans.length > 1 && deferred.length === 0 ? [{ ...first, edits }] : plans;
  });
}

function byPlace(a: Finding, b: Finding): number {
  if (a.at.file !== b.at.file) return a.at.file < b.at.file ? -1 : 1;
  if (a.at.start !== b.at.start) return a.at.start - b.at.start;
  if (a.code !== b.code) return a.code < b.code ? -1 : 1;
  return a.message < b.message ? -1 : a.message > b.message ? 1 : 0;
}
