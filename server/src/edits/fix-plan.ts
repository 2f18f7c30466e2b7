import type { TextEdit } from "./text-edit.ts";

/** A change of files that repairs a finding. Edits of one plan never overlap. */
export interface FixPlan {
  readonly title: string;
  /** Safe: keeps meaning apart from the defect; may be applied without a person looking. */
  readonly safety: "safe" | "unsafe";
  /** The one to offer first. */
  readonly preferred?: boolean;
  /** Edits by absolute file path. */
  readonly edits: ReadonlyMap<string, readonly TextEdit[]>;
  /** What remains to be done by hand, e.g. on the running host. */
  readonly note?: string;
}

/**
 * A plan as a list, empty when no edits could be computed or nothing would change: how rules offer what
 * may turn out to be impossible.
 */
export function offer(
  edits: ReadonlyMap<string, readonly TextEdit[]> | undefined,
  plan: Omit<FixPlan, "edits">,
): readonly FixPlan[] {
  const changes = edits && [...edits.values()].some((list) => list.length > 0);
  return changes ? [{ ...plan, edits }] : [];
}
