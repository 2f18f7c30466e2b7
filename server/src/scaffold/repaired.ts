import { combinePlans } from "../edits/combine-plans.ts";
import { applyEdits } from "../edits/text-edit.ts";
import type { Finding } from "../rules/rule.ts";
import { isMeant, ScaffoldRefusal, type ScaffoldRequest, type Trial } from "./request.ts";

/** Fixes uncover findings that others hid; this many rounds are enough for every known chain. */
const ROUNDS = 20;

/**
 * Applies the safe fixes of errors and warnings that are found with these texts, round after round, but for findings that
 * were there before. Files that make up other hosts, too, stay as the texts have them: what is right for this host may
 * break those. The texts are changed in place; the answer is the host with the last of them.
 */
export function repaired(request: ScaffoldRequest, texts: Map<string, string>, before: ReadonlySet<string>): Trial {
  const others = request.hosts.filter((one) => !isMeant(request.answers, one));
  const isOwn = (file: string) => texts.has(file) || !others.some(({ files }) => files.has(file));
  let trial = request.trial(texts);
  for (let round = 0; round < ROUNDS; round++) {
    const plans = trial.findings
      .filter((finding) => /error|warning/.test(finding.severity) && !before.has(keyOf(finding)))
      .flatMap(({ fixes }) => fixes.find(({ safety }) => safety === "safe") ?? [])
      .filter(({ edits }) => [...edits.keys()].every(isOwn));
    const chosen = combinePlans(plans);
    if (chosen.applied.length === 0) return trial;
    for (const [file, edits] of chosen.edits) {
      texts.set(file, applyEdits(texts.get(file) ?? textOf(request, file), edits));
    }
    trial = request.trial(texts);
  }
  return trial;
}

/** The same finding has the same key before and after a change elsewhere in its file. */
export function keyOf({ code, at, message }: Finding): string {
  return JSON.stringify([code, at.file, message]);
}

/** The text of a file that has to be there. */
export function textOf(request: ScaffoldRequest, file: string): string {
  const text = request.text(file);
  if (text === undefined) throw new ScaffoldRefusal(`\`${file}\` cannot be read`);
  return text;
}
