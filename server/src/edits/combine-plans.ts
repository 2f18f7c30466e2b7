import type { FixPlan } from "./fix-plan.ts";
import type { TextEdit } from "./text-edit.ts";

/** Plans that can be applied together, and the edits of all of them by file. */
export interface Combination {
  readonly applied: readonly FixPlan[];
  /** Plans that touch what an earlier one changes; analyse again before applying them. */
  readonly deferred: readonly FixPlan[];
  readonly edits: ReadonlyMap<string, readonly TextEdit[]>;
}

/**
 * Chooses the plans that do not get in each other's way: no edit may touch the range of another plan's
 * edit, because two insertions at one place may both mean the same new binding. What is deferred is
 * found again, or gone, when the changed files are analysed.
 */
export function combinePlans(plans: readonly FixPlan[]): Combination {
  const applied: FixPlan[] = [];
  const deferred: FixPlan[] = [];
  const edits = new Map<string, TextEdit[]>();
  for (const plan of plans) {
    const free = [...plan.edits].every(([file, own]) =>
      own.every((edit) => !(edits.get(file) ?? []).some((other) => touches(edit, other))),
    );
    if (!free) {
      deferred.push(plan);
      continue;
    }
    applied.push(plan);
    for (const [file, own] of plan.edits) edits.set(file, [...(edits.get(file) ?? []), ...own]);
  }
  return { applied, deferred, edits };
}

/** Joins edits of several files into one map; what several parts change in the same way is changed once. */
export function mergeEdits(
  ...parts: readonly (ReadonlyMap<string, readonly TextEdit[]> | undefined)[]
): ReadonlyMap<string, readonly TextEdit[]> {
  const merged = new Map<string, readonly TextEdit[]>();
  for (const part of parts) {
    for (const [file, edits] of part ?? []) {
      const own = merged.get(file) ?? [];
      merged.set(file, [
        ...own,
        ...edits.filter((edit) => edit.start === edit.end || !own.some((other) => same(other, edit))),
      ]);
    }
  }
  return merged;
}

function same(a: TextEdit, b: TextEdit): boolean {
  return a.start === b.start && a.end === b.end && a.text === b.text;
}

function touches(a: TextEdit, b: TextEdit): boolean {
  return a.start <= b.end && b.start <= a.end;
}
