import { fixSafety } from "../rules/rule-help.ts";
import type { AppliedFix } from "./fixed-texts.ts";

/** What remains to be done by hand after fixes, and why some have to be looked at; each said once. */
export function fixNotes(applied: readonly AppliedFix[]): string[] {
  const notes = new Set<string>();
  for (const { finding, plan } of applied) {
    if (plan.safety === "unsafe") {
      const why = fixSafety(finding.code) ?? "A person has to look at the result.";
      notes.add(`Look at the fix “${plan.title}” (${finding.code}). ${why}`);
    }
    if (plan.note) notes.add(`“${plan.title}” is not all. Then: ${plan.note}`);
  }
  return [...notes];
}
