import fs from "node:fs";
import { combinePlans } from "../edits/combine-plans.ts";
import type { FixPlan } from "../edits/fix-plan.ts";
import { applyEdits, type TextEdit } from "../edits/text-edit.ts";
import type { Analysis } from "../ide/analysis.ts";
import type { OpenedWorkspace } from "./open-workspace.ts";
import { UsageError } from "./usage-error.ts";

/** Fixes uncover findings that others hid; this many rounds are enough for every known chain. */
const MAX_ROUNDS = 10;

/**
 * Applies all safe fixes of files that `wanted` takes, round after round, until none is left. Files are
 * replaced whole (write beside, then rename), so that an interruption leaves the old or the new text.
 */
export function applySafeFixes(
  opened: OpenedWorkspace,
  first: Analysis,
  again: () => Analysis,
  wanted: (file: string) => boolean,
): { analysis: Analysis; fixed: number } {
  let analysis = first;
  const before = first.findings.length;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const plans = analysis.findings.flatMap((finding) => finding.fixes.filter(isSafe).slice(0, 1));
    const { edits } = combinePlans(plans.filter((plan) => [...plan.edits.keys()].every(wanted)));
    if (edits.size === 0) break;
    for (const [file, changes] of edits) writeFile(opened, file, changes);
    opened.workspace.refresh();
    analysis = again();
  }
  return { analysis, fixed: Math.max(0, before - analysis.findings.length) };
}

function isSafe(plan: FixPlan): boolean {
  return plan.safety === "safe";
}

function writeFile(opened: OpenedWorkspace, file: string, edits: readonly TextEdit[]): void {
  const text = applyEdits(opened.locations.text(file), edits);
  const part = `${file}.nix-impermanence-${process.pid}`;
  try {
    // A symlinked file keeps its link: what it leads to is replaced.
    const target = fs.realpathSync(file);
    fs.writeFileSync(part, text, { mode: fs.statSync(target).mode });
    fs.renameSync(part, target);
  } catch (error) {
    fs.rmSync(part, { force: true });
    throw new UsageError(`\`${file}\` cannot be written (${(error as NodeJS.ErrnoException).code ?? error})`);
  }
}
