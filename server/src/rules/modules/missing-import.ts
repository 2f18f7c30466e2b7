import { offer } from "../../edits/fix-plan.ts";
import type { FileEdits } from "../../edits/option-edit.ts";
import type { ModuleProblem } from "../../modules/option-node.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** An import of a file that does not exist stops the whole evaluation. */
export const missingImport = defineRule({
  code: "IMP010",
  name: "missing-import",
  group: "modules",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const problem of context.host.problems) {
      if (problem.kind !== "missing-import") continue;
      const path = problem.replacement && importPath(problem);
      context.report({
        at: problem.place,
        message: sentence(problem.message) + (problem.recovery ? ` ${sentence(problem.recovery)}` : ""),
        help: path
          ? `Did you mean ${path}?`
          : "Correct the path, or remove the import. A file that git does not track does not exist for a flake.",
        fixes: () =>
          path
            ? offer(rewrite(context, problem, path), { title: `Import ${path}`, safety: "unsafe", preferred: true })
            : [],
      });
    }
  },
});

/** The replacement as a path relative to the file that imports it. */
function importPath({ place, replacement }: ModuleProblem): string | undefined {
  if (!place || !replacement) return undefined;
  const from = place.file.split("/").slice(0, -1);
  const to = replacement.split("/");
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared++;
  const up = from.length - shared;
  const rest = to.slice(shared).join("/");
  return /^[A-Za-z0-9._+/-]+$/.test(rest) ? (up === 0 ? `./${rest}` : `${"../".repeat(up)}${rest}`) : undefined;
}

function rewrite(context: RuleContext, { place }: ModuleProblem, path: string): FileEdits | undefined {
  const program = place && context.program(place.file);
  if (!program || !/^\.{1,2}\/[^\s;${}]*$/.test(program.text.slice(place.start, place.end))) return undefined;
  return new Map([[program.path, [{ start: place.start, end: place.end, text: path }]]]);
}

function sentence(text: string): string {
  const trimmed = text.trim();
  const capital = trimmed.slice(0, 1).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
