import { combinePlans } from "../edits/combine-plans.ts";
import type { FixPlan } from "../edits/fix-plan.ts";
import type { TextEdit } from "../edits/text-edit.ts";
import type { Finding } from "../rules/rule.ts";

/** A fix on offer for one finding. */
export interface QuickFix {
  readonly finding: Finding;
  readonly plan: FixPlan;
  readonly preferred: boolean;
}

/** Fixes of the findings that touch a range of a file. */
export function quickFixes(findings: readonly Finding[], file: string, start: number, end: number): QuickFix[] {
  return findings
    .filter(({ at }) => at.file === file && at.start <= end && at.end >= start)
    .flatMap((finding) =>
      finding.fixes.map((plan, index) => ({
        finding,
        plan,
        preferred: plan.preferred ?? (index === 0 && plan.safety === "safe"),
      })),
    );
}

/** The edits that repair everything that can be repaired safely inside one file. */
export function fixAll(findings: readonly Finding[], file: string): readonly TextEdit[] {
  const plans = findings
    .filter(({ at }) => at.file === file)
    .flatMap((finding) => finding.fixes.filter(({ safety }) => safety === "safe").slice(0, 1))
    .filter(({ edits }) => [...edits.keys()].every((touched) => touched === file));
  return combinePlans(plans).edits.get(file) ?? [];
}
