import type { Place } from "../../eval/origin.ts";
import { CHECKER_PROBLEM } from "../../rules/check-host.ts";
import { invalidSuppression } from "../../rules/checker/invalid-suppression.ts";
import { unusedSuppression } from "../../rules/checker/unused-suppression.ts";
import { mergeFindings } from "../../rules/merge-findings.ts";
import type { Finding } from "../../rules/rule.ts";
import type { RuleLevel } from "../../settings.ts";
import type { Program } from "../../syntax/expr.ts";
import { withLevels } from "../user-levels.ts";
import { invalidComments, unusedComments } from "./comment-findings.ts";
import { mayBeAllowed } from "./known-rule.ts";
import { covers, isSilent, type Suppression, suppressionsOf } from "./suppression.ts";

/** A finding that a comment allows. */
export interface SuppressedFinding {
  readonly finding: Finding;
  /** The comment. */
  readonly at: Place;
  /** As written; undefined when the comment gives none. */
  readonly reason: string | undefined;
}

export interface SuppressionInput {
  find(path: string): Program | undefined;
  /** Findings of all hosts, each once. */
  readonly findings: readonly Finding[];
  /** Files whose comments are read, with the names of the hosts that they belong to. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** Whether everything was checked: else a comment without a finding may have one on a host that is missing. */
  readonly isComplete: boolean;
  /** The severity that the configuration gives to a rule in a file. */
  levelOf(code: string, file: string): RuleLevel | undefined;
  /** Whether comments of a file have to give their reasons. */
  needsReasons(file: string): boolean;
}

export interface SuppressionResult {
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
}

/** The codes of findings about comments. */
const ABOUT_COMMENTS: ReadonlySet<string> = new Set([unusedSuppression.code, invalidSuppression.code]);

/** Sets apart the findings that comments allow, and judges the comments. A comment counts where a finding is shown. */
export function suppress(input: SuppressionInput): SuppressionResult {
  const { find, findings, files, isComplete } = input;
  const read = new Map(
    [...new Set([...files.keys(), ...findings.map(({ at }) => at.file)])].flatMap((file) => {
      const program = file.endsWith(".nix") ? find(file) : undefined;
      const read = program && suppressionsOf(program);
      // Most files say nothing to the checker.
      if (!program || !read || isSilent(read)) return [];
      return [[file, { program, read, hosts: files.get(file) ?? [] }] as const];
    }),
  );
  const used = new Set<Suppression>();
  const split = (all: readonly Finding[]): SuppressionResult => {
    const left: Finding[] = [];
    const suppressed: SuppressedFinding[] = [];
    for (const finding of all) {
      const judged = read.get(finding.at.file);
      if (!judged) {
        left.push(finding);
        continue;
      }
      const own = judged.read.suppressions.filter((one) => mayBeAllowed(one.code) && covers(one, finding));
      for (const one of own) used.add(one);
      // The innermost comment is the one that was written for it.
      const by = own.reduce<Suppression | undefined>(
        (best, one) => (best && size(best) <= size(one) ? best : one),
        undefined,
      );
      if (!by) left.push(finding);
      else suppressed.push({ finding, at: commentOf(by), reason: by.directive.reason });
    }
    return { findings: left, suppressed };
  };
  const first = split(findings);
  // A check that broke off may have found something.
  const broken = findings.filter(({ code }) => code === CHECKER_PROBLEM);
  const about = [...read.values()].flatMap((judged) => {
    const { path } = judged.program;
    const isUnused = (one: Suppression) =>
      !used.has(one) &&
      mayBeAllowed(one.code) &&
      !ABOUT_COMMENTS.has(one.code) &&
      input.levelOf(one.code, path) !== "off";
    const canTell = isComplete && broken.length === 0 && judged.hosts.length > 0;
    return [
      ...invalidComments(judged, input.needsReasons(path)),
      ...(canTell ? unusedComments(judged, isUnused, findings) : []),
    ];
  });
  if (about.length === 0) return first;
  const second = split(withLevels(about, ({ code, at }) => input.levelOf(code, at.file)));
  return {
    findings: mergeFindings([first.findings, second.findings]),
    suppressed: [...first.suppressed, ...second.suppressed],
  };
}

function size({ covered }: Suppression): number {
  return covered.reduce((sum, { start, end }) => sum + end - start, 0);
}

function commentOf({ file, directive: { comment } }: Suppression): Place {
  return { file, start: comment.start, end: comment.end };
}
