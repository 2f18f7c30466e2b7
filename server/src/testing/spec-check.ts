import { expect } from "vitest";
import { combinePlans } from "../edits/combine-plans.ts";
import type { FixPlan } from "../edits/fix-plan.ts";
import { applyEdits } from "../edits/text-edit.ts";
import type { Finding } from "../rules/rule.ts";
import { analyseFiles } from "./analyse-files.ts";
import { type ExpectedFinding, editsAreSound } from "./spec-file.ts";
import { parseProgram } from "./spec-program.ts";

export type Files = Readonly<Record<string, string>>;

/** The findings of files, in the form in which specs write them. */
export async function findingsOf(files: Files): Promise<readonly Finding[]> {
  return (await analyseFiles(files)).findings;
}

export function asExpected(finding: Finding): ExpectedFinding {
  const { at, severity, code, message, fixes } = finding;
  return { file: at.file, start: at.start, end: at.end, severity, code, hasFix: fixes.length > 0, message };
}

/** The files after a plan. */
export function applyPlan(files: Files, plan: Pick<FixPlan, "edits">): Files {
  const changed: Record<string, string> = { ...files };
  for (const [file, edits] of plan.edits) changed[file] = applyEdits(files[file] ?? "", edits);
  return changed;
}

/**
 * What holds for every file set: ranges lie inside the files, every fix leaves files that parse, makes its
 * finding go and loses no comment, and applying all safe fixes again and again comes to an end.
 * Returns the texts the fixes make, for Nix to judge.
 */
export async function expectProperties(files: Files): Promise<string[]> {
  const texts: string[] = [];
  const findings = await findingsOf(files);
  for (const finding of findings) {
    for (const place of [finding.at, ...finding.related.map((related) => related.place)]) {
      const text = files[place.file];
      expect(text, `${finding.code} points into ${place.file}`).toBeDefined();
      expect(place.start >= 0 && place.start <= place.end && place.end <= (text?.length ?? 0), finding.code).toBe(true);
    }
    for (const plan of finding.fixes) {
      const name = `${finding.code}: ${plan.title}`;
      for (const [file, edits] of plan.edits) {
        expect(editsAreSound(files[file] ?? "", edits), `${name} has sound edits`).toBe(true);
      }
      const fixed = applyPlan(files, plan);
      for (const file of plan.edits.keys()) {
        const text = fixed[file] ?? "";
        texts.push(text);
        expect((await parseProgram(text)).problems, `${name} leaves ${file} parsing`).toEqual([]);
        expect(comments(text), `${name} keeps comments`).toEqual(comments(files[file] ?? ""));
      }
      const after = await findingsOf(fixed);
      const same = (other: Finding) => other.code === finding.code && other.message === finding.message;
      const count = (list: readonly Finding[]) => list.filter(same).length;
      expect(count(after), `${name} makes the finding go`).toBeLessThan(count(findings));
    }
  }
  const settled = await fixAll(files);
  expect(await fixOnce(settled), "applying all fixes twice changes nothing").toEqual(settled);
  texts.push(...Object.entries(settled).flatMap(([file, text]) => (text === files[file] ? [] : [text])));
  return texts;
}

/** Applies the preferred fix of every finding, analysing again until nothing changes. */
export async function fixAll(files: Files): Promise<Files> {
  let current = files;
  for (let round = 0; round < 20; round++) {
    const next = await fixOnce(current);
    if (Object.keys(next).every((file) => next[file] === current[file])) return current;
    current = next;
  }
  throw new Error("the fixes never come to an end");
}

async function fixOnce(files: Files): Promise<Files> {
  const plans = (await findingsOf(files)).flatMap(({ fixes }) => fixes.slice(0, 1));
  return applyPlan(files, combinePlans(plans));
}

/** Without those to the checker, which fixes may change. */
function comments(text: string): string[] {
  return [...text.matchAll(/(?:^|\s)#(?! impermanence:)[^\r\n]*/g)].map(([comment]) => comment.trim()).sort();
}
