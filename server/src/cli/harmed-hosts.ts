import type { FixPlan } from "../edits/fix-plan.ts";
import type { Analysis, CheckedHost } from "../ide/analysis.ts";
import type { Finding, Severity } from "../rules/rule.ts";

/** A fix, and what it is for. */
interface Offer {
  readonly finding: Finding;
  readonly plan: FixPlan;
}

/** A host that has a finding which it did not have, with the fixes for other hosts that changed a file of it. */
export interface HarmedHost<T extends Offer> {
  readonly host: string;
  readonly finding: Finding;
  readonly suspects: readonly T[];
}

/**
 * Hosts that fixes for other ones gave new findings: they share a file. A hint counts only where something was taken
 * away, for an entry more does no harm. What a fix brings up on the host that it is for was hidden there before.
 */
export function harmedHosts<T extends Offer>(
  before: Analysis,
  after: Analysis,
  applied: readonly T[],
): HarmedHost<T>[] {
  return after.hosts.flatMap((now) => {
    const name = now.reference.name;
    const suspects = applied.filter(({ finding, plan }) => !finding.hosts.includes(name) && changes(plan, now));
    const then = before.hosts.find(({ reference }) => reference.name === name);
    if (suspects.length === 0 || !then) return [];
    const takesAway = suspects.some(({ plan }) => removes(plan));
    const finding = more(then.findings, now.findings).find(({ severity }) => severity !== "hint" || takesAway);
    return finding ? [{ host: name, finding, suspects }] : [];
  });
}

const RANK: readonly Severity[] = ["error", "warning", "information", "hint"];

/** The findings of rules that find more, or worse, than before. A text that changed because less is wrong is none of them. */
function more(before: readonly Finding[], after: readonly Finding[]): readonly Finding[] {
  const known = new Set(before.map(({ code, message }) => `${code}\n${message}`));
  const count = (list: readonly Finding[], { code, severity }: Finding) =>
    list.filter((one) => one.code === code && RANK.indexOf(one.severity) <= RANK.indexOf(severity)).length;
  return after.filter(
    (finding) => !known.has(`${finding.code}\n${finding.message}`) && count(after, finding) > count(before, finding),
  );
}

function changes({ edits }: FixPlan, { files }: CheckedHost): boolean {
  return [...edits.keys()].some((file) => files.has(file));
}

function removes({ edits }: FixPlan): boolean {
  return [...edits.values()].flat().some(({ start, end, text }) => end > start && text.trim() === "");
}
