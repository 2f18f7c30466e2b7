import { combinePlans } from "../edits/combine-plans.ts";
import type { FixPlan } from "../edits/fix-plan.ts";
import { applyEdits } from "../edits/text-edit.ts";
import type { Analysis } from "../ide/analysis.ts";
import type { Finding } from "../rules/rule.ts";
import type { OpenedWorkspace } from "./open-workspace.ts";
import { whyNotReplaceable } from "./replace-file.ts";

/** Fixes uncover findings that others hid; this many rounds are enough for every known chain. */
const MAX_ROUNDS = 20;

export interface FixOptions {
  /** Which findings to repair. */
  wanted(finding: Finding): boolean;
  /** Whether fixes that a person has to look at count too. */
  readonly unsafe: boolean;
}

/** One fix that was applied. */
export interface AppliedFix {
  readonly finding: Finding;
  readonly plan: FixPlan;
}

/** A file before and after. */
export interface ChangedText {
  readonly before: string;
  readonly after: string;
}

export interface FixedTexts {
  /** Of the texts after all fixes. */
  readonly analysis: Analysis;
  readonly applied: readonly AppliedFix[];
  /** By absolute path; only files that differ. Nothing is written. */
  readonly texts: ReadonlyMap<string, ChangedText>;
  /** One sentence for each file that has to stay as it is although there are fixes for it. */
  readonly notes: readonly string[];
}

/**
 * Applies the first fix of every wanted finding to the texts in memory, round after round, until none is left. Fixes
 * that touch the same place wait for the next round. Afterwards the workspace shows the new texts.
 */
export function fixedTexts(opened: OpenedWorkspace, analyse: () => Analysis, options: FixOptions): FixedTexts {
  const { workspace, isNamed, locations } = opened;
  const refused = new Map<string, string | undefined>();
  const before = new Map<string, string>();
  const mayChange = (file: string): boolean => {
    if (!refused.has(file)) refused.set(file, whyNotReplaceable(file, locations().text(file)));
    return refused.get(file) === undefined;
  };
  const applied: AppliedFix[] = [];
  let analysis = analyse();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const offers = analysis.findings.filter(options.wanted).flatMap((finding) => {
      const plan = chosenFix(finding, options.unsafe);
      return plan ? [{ finding, plan }] : [];
    });
    const possible = offers.filter(({ plan }) =>
      [...plan.edits.keys()].every((file) => isNamed(file) && mayChange(file)),
    );
    const chosen = combinePlans(possible.map(({ plan }) => plan));
    if (chosen.applied.length === 0) break;
    const texts = locations();
    for (const [file, edits] of chosen.edits) {
      const text = texts.text(file);
      if (!before.has(file)) before.set(file, text);
      workspace.openDocument(file, applyEdits(text, edits));
    }
    applied.push(...possible.filter(({ plan }) => chosen.applied.includes(plan)));
    workspace.refresh();
    analysis = analyse();
  }
  const after = locations();
  return {
    analysis,
    applied,
    texts: new Map(
      [...before]
        .map(([file, text]) => [file, { before: text, after: after.text(file) }] as const)
        .filter(([, text]) => text.before !== text.after),
    ),
    notes: [...refused].flatMap(([file, why]) =>
      why === undefined ? [] : `\`${after.shown(file)}\` was not changed: ${why}.`,
    ),
  };
}

function chosenFix({ fixes }: Finding, unsafe: boolean): FixPlan | undefined {
  return fixes.find(({ safety }) => safety === "safe") ?? (unsafe ? fixes[0] : undefined);
}
