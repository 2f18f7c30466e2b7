import { combinePlans } from "../edits/combine-plans.ts";
import type { FixPlan } from "../edits/fix-plan.ts";
import type { TextEdit } from "../edits/text-edit.ts";
import type { Finding } from "../rules/rule.ts";
import type { Program, Span } from "../syntax/expr.ts";
import { allowFix } from "./suppressions/allow-fix.ts";

/** A fix on offer for one finding. */
export interface QuickFix {
  readonly finding: Finding;
  readonly plan: FixPlan;
  readonly preferred: boolean;
}

/** Fixes of the findings that touch a range of a file, and behind them, for each finding, the comment that allows it. */
export function quickFixes(findings: readonly Finding[], program: Program, range: Span): QuickFix[] {
  const touched = findings.filter(
    ({ at }) => at.file === program.path && at.start <= range.end && at.end >= range.start,
  );
  const fixes = touched.flatMap((finding) =>
    finding.fixes.map((plan, index) => ({
      finding,
      plan,
      preferred: plan.preferred ?? (index === 0 && plan.safety === "safe"),
    })),
  );
  const allowed = touched.flatMap((finding) => {
    const plan = allowFix(program, finding);
    return plan ? [{ finding, plan, preferred: false }] : [];
  });
  return [...fixes, ...allowed];
}

/** The edits that repair everything that can be repaired safely inside one file. */
export function fixAll(findings: readonly Finding[], file: string): readonly TextEdit[] {
  const plans = findings
    .filter(({ at }) => at.file === file)
    .flatMap((finding) => finding.fixes.filter(({ safety }) => safety === "safe").slice(0, 1))
    .filter(({ edits }) => [...edits.keys()].every((touched) => touched === file));
  return combinePlans(plans).edits.get(file) ?? [];
}
