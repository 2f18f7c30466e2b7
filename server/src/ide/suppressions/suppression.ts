import type { Place } from "../../eval/origin.ts";
import type { Finding } from "../../rules/rule.ts";
import type { Program } from "../../syntax/expr.ts";
import { type Covered, coveredBy } from "./covered-span.ts";
import { type Directive, type Misunderstood, type NamedRule, readDirectives } from "./directive.ts";
import { codeOf } from "./known-rule.ts";

/** One rule that one comment allows somewhere. */
export interface Suppression {
  readonly file: string;
  readonly directive: Directive;
  readonly named: NamedRule;
  readonly code: string;
  readonly covered: readonly Covered[];
}

/** What the comments of a file say to the checker. */
export interface FileSuppressions {
  readonly suppressions: readonly Suppression[];
  readonly misunderstood: readonly Misunderstood[];
  readonly unknown: readonly { readonly directive: Directive; readonly named: NamedRule }[];
  /** `on` for what was never `off`. */
  readonly idleEnds: readonly { readonly directive: Directive; readonly named: NamedRule | undefined }[];
  readonly directives: readonly Directive[];
}

/** Whether no comment of a file is meant for the checker. */
export function isSilent({ directives, misunderstood }: FileSuppressions): boolean {
  return directives.length === 0 && misunderstood.length === 0;
}

const known = new WeakMap<Program, FileSuppressions>();

/** Reads a file's comments, once for each text. */
export function suppressionsOf(program: Program): FileSuppressions {
  let found = known.get(program);
  if (!found) {
    found = readSuppressions(program);
    known.set(program, found);
  }
  return found;
}

/** Whether a finding is one that the comment is about. */
export function covers({ file, code, covered }: Suppression, finding: Finding): boolean {
  return finding.code === code && isCovered({ file, covered }, finding.at);
}

/** Whether a place lies where a comment holds. */
export function isCovered({ file, covered }: Pick<Suppression, "file" | "covered">, at: Place): boolean {
  if (at.file !== file) return false;
  return covered.some(({ by, start, end }) =>
    by === "line" ? at.start <= end && at.end >= start : start <= at.start && at.end <= end,
  );
}

function readSuppressions(program: Program): FileSuppressions {
  const directives: Directive[] = [];
  const misunderstood: Misunderstood[] = [];
  for (const one of readDirectives(program)) {
    if ("why" in one) misunderstood.push(one);
    else directives.push(one);
  }
  const whole: Covered = { by: "node", start: 0, end: program.text.length };
  const suppressions: Suppression[] = [];
  const unknown: { directive: Directive; named: NamedRule }[] = [];
  const idleEnds: { directive: Directive; named: NamedRule | undefined }[] = [];
  /** Beginnings of ranges that have no end yet. */
  let open: { directive: Directive; named: NamedRule; code: string }[] = [];
  const range = ({ directive, named, code }: (typeof open)[number], end: number): Suppression => ({
    ...{ file: program.path, directive, named, code },
    covered: [{ by: "node", start: directive.comment.end, end }],
  });
  for (const directive of directives) {
    const { kind, comment } = directive;
    if (kind === "on" && directive.rules.length === 0) {
      if (open.length === 0) idleEnds.push({ directive, named: undefined });
      suppressions.push(...open.map((one) => range(one, comment.start)));
      open = [];
    }
    const covered = kind === "allow" ? coveredBy(program, comment) : [whole];
    for (const named of directive.rules) {
      const code = codeOf(named.text);
      if (code === undefined) unknown.push({ directive, named });
      else if (kind === "off") open.push({ directive, named, code });
      else if (kind === "on") {
        const ended = open.filter((one) => one.code === code);
        if (ended.length === 0) idleEnds.push({ directive, named });
        suppressions.push(...ended.map((one) => range(one, comment.start)));
        open = open.filter((one) => one.code !== code);
      } else suppressions.push({ file: program.path, directive, named, code, covered });
    }
  }
  suppressions.push(...open.map((one) => range(one, program.text.length)));
  return { suppressions, misunderstood, unknown, idleEnds, directives };
}
