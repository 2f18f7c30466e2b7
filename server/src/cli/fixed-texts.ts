import { combinePlans } from "../edits/combine-plans.ts";
import type { FixPlan } from "../edits/fix-plan.ts";
import { applyEdits } from "../edits/text-edit.ts";
import type { Analysis } from "../ide/analysis.ts";
import type { Finding } from "../rules/rule.ts";
import { harmedHosts } from "./harmed-hosts.ts";
import type { OpenedWorkspace } from "./open-workspace.ts";
import { whyNotReplaceable } from "./replace-file.ts";

/** Fixes uncover findings that others hid; this many rounds are enough for every known chain. */
const MAX_ROUNDS = 20;

/** So many analyses may be spent on finding out which fix for one host harms another. */
const MAX_TRIALS = 16;

const SHARED = "another host reads the same file and would have a new finding";

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
 * that touch the same place wait for the next round. A fix for one host that gives another one a new finding, because
 * both read the file, is left out. Afterwards the workspace shows the new texts.
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
  const harmful = new Map<string, string>();
  let trials = MAX_TRIALS;
  /** Shows the texts with these fixes; undoing it shows those from before. */
  const show = (plans: readonly FixPlan[]): (() => void) => {
    const texts = locations();
    const old = new Map<string, string>();
    for (const [file, edits] of combinePlans(plans).edits) {
      old.set(file, texts.text(file));
      workspace.openDocument(file, applyEdits(texts.text(file), edits));
    }
    workspace.refresh();
    return () => {
      for (const [file, text] of old) workspace.openDocument(file, text);
      workspace.refresh();
    };
  };
  const refuse = (finding: Finding, plan: FixPlan, why: string): void => {
    harmful.set(keyOf(finding, plan), `“${plan.title}” was not applied: ${why}.`);
  };
  /** Notes which of these fixes do harm, by halves. */
  const blame = (suspects: readonly AppliedFix[]): void => {
    const undo = trials-- > 0 ? show(suspects.map(({ plan }) => plan)) : undefined;
    const harmed = undo ? harmedHosts(analysis, analyse(), suspects) : [];
    undo?.();
    if (undo && harmed.length === 0) return;
    const [first] = suspects;
    if (first && (suspects.length === 1 || !undo)) {
      const [found] = harmed;
      const why = found ? `host \`${found.host}\` would have a new finding (${found.finding.code})` : SHARED;
      for (const { finding, plan } of suspects) refuse(finding, plan, why);
      return;
    }
    const half = Math.ceil(suspects.length / 2);
    blame(suspects.slice(0, half));
    blame(suspects.slice(half));
  };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const offers = analysis.findings.filter(options.wanted).flatMap((finding) => {
      const plan = chosenFix(finding, options.unsafe);
      return plan ? [{ finding, plan }] : [];
    });
    const possible = offers.filter(
      ({ finding, plan }) =>
        !harmful.has(keyOf(finding, plan)) && [...plan.edits.keys()].every((file) => isNamed(file) && mayChange(file)),
    );
    const chosen = combinePlans(possible.map(({ plan }) => plan));
    if (chosen.applied.length === 0) break;
    const now = possible.filter(({ plan }) => chosen.applied.includes(plan));
    const texts = locations();
    const old = [...chosen.edits.keys()].map((file) => [file, texts.text(file)] as const);
    const undo = show(chosen.applied);
    const next = analyse();
    const suspects = new Set(harmedHosts(analysis, next, now).flatMap((harmed) => harmed.suspects));
    if (suspects.size > 0) {
      const known = harmful.size;
      undo();
      blame([...suspects]);
      // Together they may do what none of them does alone.
      if (harmful.size === known) for (const { finding, plan } of suspects) refuse(finding, plan, SHARED);
      continue;
    }
    for (const [file, text] of old) if (!before.has(file)) before.set(file, text);
    applied.push(...now);
    analysis = next;
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
    notes: [
      ...[...refused].flatMap(([file, why]) =>
        why === undefined ? [] : `\`${after.shown(file)}\` was not changed: ${why}.`,
      ),
      ...new Set(harmful.values()),
    ],
  };
}

function chosenFix({ fixes }: Finding, unsafe: boolean): FixPlan | undefined {
  return fixes.find(({ safety }) => safety === "safe") ?? (unsafe ? fixes[0] : undefined);
}

function keyOf({ code, at, message }: Finding, { title }: FixPlan): string {
  return [code, at.file, message, title].join("\n");
}
