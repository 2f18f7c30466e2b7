import { combinePlans } from "../edits/combine-plans.ts";
import type { FixPlan } from "../edits/fix-plan.ts";
import { applyEdits } from "../edits/text-edit.ts";
import type { Analysis } from "../ide/analysis.ts";
import type { Finding } from "../rules/rule.ts";
import type { OpenedWorkspace } from "./open-workspace.ts";
import { replaceFile, whyNotReplaceable } from "./replace-file.ts";

/** Fixes uncover findings that others hid; this many rounds are enough for every known chain. */
const MAX_ROUNDS = 10;

export interface AppliedFixes {
  readonly analysis: Analysis;
  /** How many fixes were applied. */
  readonly applied: number;
  /** One sentence for each file that was left as it is although there are fixes for it. */
  readonly notes: readonly string[];
}

/** Applies the first safe fix of every finding that `wanted` takes, round after round, until none is left. */
export function applySafeFixes(
  { workspace, isNamed, locations }: OpenedWorkspace,
  analyse: () => Analysis,
  wanted: (finding: Finding) => boolean,
): AppliedFixes {
  const refused = new Map<string, string | undefined>();
  const mayChange = (file: string): boolean => {
    if (!refused.has(file)) refused.set(file, whyNotReplaceable(file, locations().text(file)));
    return refused.get(file) === undefined;
  };
  let analysis = analyse();
  let applied = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const plans = analysis.findings.filter(wanted).flatMap(safeFix);
    const possible = plans.filter(({ edits }) => [...edits.keys()].every((file) => isNamed(file) && mayChange(file)));
    const chosen = combinePlans(possible);
    if (chosen.applied.length === 0) break;
    const texts = locations();
    for (const [file, edits] of chosen.edits) replaceFile(file, applyEdits(texts.text(file), edits));
    applied += chosen.applied.length;
    workspace.refresh();
    analysis = analyse();
  }
  const notes = [...refused].flatMap(([file, why]) =>
    why === undefined ? [] : `\`${locations().shown(file)}\` was not changed: ${why}.`,
  );
  return { analysis, applied, notes };
}

function safeFix(finding: Finding): FixPlan[] {
  const plan = finding.fixes.find(({ safety }) => safety === "safe");
  return plan ? [plan] : [];
}
