import { offer } from "../../edits/fix-plan.ts";
import type { TextEdit } from "../../edits/text-edit.ts";
import { invalidSuppression } from "../../rules/checker/invalid-suppression.ts";
import { unusedSuppression } from "../../rules/checker/unused-suppression.ts";
import type { Finding, RelatedPlace, Rule } from "../../rules/rule.ts";
import type { Program, Span } from "../../syntax/expr.ts";
import type { Directive, NamedRule } from "./directive.ts";
import { mayBeAllowed, nameOf, nearestRule } from "./known-rule.ts";
import { removeRules } from "./remove-directive.ts";
import { type FileSuppressions, isCovered, type Suppression } from "./suppression.ts";

/** A file whose comments are judged. */
interface Judged {
  readonly program: Program;
  readonly read: FileSuppressions;
  /** Names of the hosts that it belongs to. */
  readonly hosts: readonly string[];
}

/** Comments that cannot be understood, name rules that do not exist, or lack the reason that is asked for. */
export function invalidComments({ program, read, hosts }: Judged, needsReasons: boolean): Finding[] {
  const report = (at: Span, message: string, help: string, edit?: TextEdit, title = ""): Finding =>
    made(invalidSuppression, { program, hosts }, at, message, help, edit ? [edit] : [], { title, safety: "safe" });
  const found: Finding[] = [];
  for (const { at, why, comment } of read.misunderstood) {
    const help = "Write `# impermanence: allow RULE — reason`; `allow-file`, `off` and `on` work alike.";
    found.push(report(at.end > at.start ? at : comment, `This comment ${why}, so nothing is allowed by it.`, help));
  }
  for (const { named } of read.unknown) {
    const meant = nearestRule(named.text);
    found.push(
      report(
        named,
        `There is no rule \`${named.text}\`, so this comment does not allow it.${meant ? ` Did you mean \`${meant}\`?` : ""}`,
        "`nix-impermanence rules` lists the rules.",
        meant === undefined ? undefined : { start: named.start, end: named.end, text: meant },
        `Replace \`${named.text}\` by \`${meant}\``,
      ),
    );
  }
  for (const { code, named } of read.suppressions) {
    if (mayBeAllowed(code)) continue;
    found.push(
      report(
        named,
        `\`${nameOf(code)}\` cannot be allowed: nothing works until it is repaired.`,
        "Remove the comment.",
      ),
    );
  }
  if (!needsReasons) return found;
  for (const { kind, reason, comment } of read.directives) {
    if (kind === "on" || reason !== undefined) continue;
    const message = "This comment gives no reason, and impermanence.json asks for one (`requireReasons`).";
    found.push(report(comment, message, "Write the reason behind a dash: `# impermanence: allow RULE — reason`."));
  }
  return found;
}

/** A comment with its rules that allow nothing. */
interface Unused {
  readonly directive: Directive;
  readonly rules: NamedRule[];
  readonly suppressions: Suppression[];
}

/** Comments that allow what is not found. `all` are the findings of the run, allowed ones included. */
export function unusedComments(
  judged: Judged,
  isUnused: (suppression: Suppression) => boolean,
  all: readonly Finding[],
): Finding[] {
  const { program, read } = judged;
  const unused = new Map<Directive, Unused>();
  for (const suppression of read.suppressions.filter(isUnused)) {
    const { directive, named } = suppression;
    const known = unused.get(directive) ?? { directive, rules: [], suppressions: [] };
    known.rules.push(named);
    known.suppressions.push(suppression);
    unused.set(directive, known);
  }
  const found = [...unused.values()].map((one) => unusedFinding(judged, one, all));
  for (const { directive, named } of read.idleEnds) {
    const what = named ? `\`${named.text}\` is` : "nothing is";
    found.push(
      made(
        unusedSuppression,
        judged,
        directive.comment,
        `This comment switches ${named ? `\`${named.text}\`` : "rules"} on again, but ${named ? "it was" : "none was"} never switched off above.`,
        `Remove it: ${what} ${named ? "on" : "off"} here anyway.`,
        removeRules(program, directive, named ? [named] : []),
        { title: "Remove what is not needed from this comment", safety: "unsafe" },
      ),
    );
  }
  return found;
}

function unusedFinding(judged: Judged, { directive, rules, suppressions }: Unused, all: readonly Finding[]): Finding {
  const names = suppressions.map(({ code }) => `\`${nameOf(code)}\``).join(", ");
  const elsewhere = suppressions.flatMap((suppression) =>
    all.filter(
      (finding) =>
        finding.code === suppression.code && finding.related.some(({ place }) => isCovered(suppression, place)),
    ),
  );
  const related = elsewhere.map(({ at }): RelatedPlace => ({ place: at, message: "the finding is shown here" }));
  const some = rules.length < directive.rules.length;
  const [message, help] =
    elsewhere.length > 0
      ? [
          `This comment allows ${names}, which concerns this place but is shown at another: a comment counts only where the finding is shown.`,
          "Move the comment there.",
        ]
      : [
          `This comment allows ${names}, and nothing of that is found here.`,
          "Remove it, so that it hides nothing by accident later.",
        ];
  const [only] = rules;
  return made(
    unusedSuppression,
    judged,
    some && rules.length === 1 && only ? only : directive.comment,
    message,
    help,
    removeRules(judged.program, directive, rules),
    { title: some ? `Remove ${names} from this comment` : "Remove this comment", safety: "unsafe" },
    related,
  );
}

function made(
  rule: Rule,
  { program, hosts }: Pick<Judged, "program" | "hosts">,
  at: Span,
  message: string,
  help: string,
  edits: readonly TextEdit[],
  fix: { readonly title: string; readonly safety: "safe" | "unsafe" },
  related: readonly RelatedPlace[] = [],
): Finding {
  const { code, name, severity } = rule;
  return {
    ...{ code, rule: name, severity, message, help, related, hosts },
    at: { file: program.path, start: at.start, end: at.end },
    fixes: offer(new Map([[program.path, edits]]), fix),
  };
}
