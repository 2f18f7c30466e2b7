import type { FixPlan } from "../../edits/fix-plan.ts";
import { indentOfLine, isFirstOnLine, lineBreak, lineStart, outerSpan } from "../../edits/layout.ts";
import type { TextEdit } from "../../edits/text-edit.ts";
import { invalidSuppression } from "../../rules/checker/invalid-suppression.ts";
import { unusedSuppression } from "../../rules/checker/unused-suppression.ts";
import type { Finding } from "../../rules/rule.ts";
import type { Program } from "../../syntax/expr.ts";
import { coveredBy, statements } from "./covered-span.ts";
import { REASON_PLACEHOLDER } from "./directive.ts";
import { mayBeAllowed, nameOf } from "./known-rule.ts";
import { suppressionsOf } from "./suppression.ts";

/** Findings about comments are repaired, not allowed. */
const NEVER: ReadonlySet<string> = new Set([unusedSuppression.code, invalidSuppression.code]);

/**
 * A comment that allows a finding where it is shown, above the innermost binding or list element that begins a line;
 * undefined for findings that cannot be allowed. An `allow` that stands there already gets one rule more.
 */
export function allowFix(program: Program, finding: Finding): FixPlan | undefined {
  if (!mayBeAllowed(finding.code) || NEVER.has(finding.code) || program.path !== finding.at.file) return undefined;
  const name = nameOf(finding.code);
  return {
    title: `Allow \`${name}\` here (add a reason)`,
    // It is only offered where a person chooses it: `fixes` of findings do not hold it.
    safety: "safe",
    preferred: false,
    edits: new Map([[program.path, [edit(program, finding, name)]]]),
  };
}

function edit(program: Program, { at }: Finding, name: string): TextEdit {
  const { text } = program;
  const eol = lineBreak(text);
  // A finding about the host as a whole points at the very start of its file.
  if (at.start === 0 && at.end === 0) {
    return { start: 0, end: 0, text: `# impermanence: allow-file ${name} — ${REASON_PLACEHOLDER}${eol}` };
  }
  const target = statements(program).findLast(
    ({ start, end }) => start <= at.start && at.end <= end && isFirstOnLine(text, start),
  );
  const start = target?.start ?? outerSpan(program.root).start;
  const known = suppressionsOf(program).directives.find(
    ({ kind, comment }) =>
      kind === "allow" &&
      isFirstOnLine(text, comment.start) &&
      comment.end <= start &&
      coveredBy(program, comment).some((covered) => covered.by === "node" && covered.start === start),
  );
  const last = known?.rules.at(-1);
  if (last) return { start: last.end, end: last.end, text: `, ${name}` };
  const comment = `# impermanence: allow ${name} — ${REASON_PLACEHOLDER}${eol}`;
  if (!isFirstOnLine(text, start)) return { start, end: start, text: comment };
  return { start: lineStart(text, start), end: lineStart(text, start), text: indentOfLine(text, start) + comment };
}
