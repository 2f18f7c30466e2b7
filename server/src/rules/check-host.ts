import type { FixPlan } from "../edits/fix-plan.ts";
import { Interrupted } from "../eval/budget.ts";
import type { Place } from "../eval/origin.ts";
import type { Host } from "../host/host.ts";
import type { Program } from "../syntax/expr.ts";
import { rules as allRules } from "./registry.ts";
import type { Finding, RelatedPlace, Report, Rule } from "./rule.ts";

/** The code of findings about the checker itself. */
export const CHECKER_PROBLEM = "IMP000";

/**
 * Runs the rules over one host. A rule that crashes leaves one information-level finding that says so; the
 * others still report. Throws nothing but `Interrupted`.
 */
export function checkHost(
  host: Host,
  programs: ReadonlyMap<string, Program>,
  rules: readonly Rule[] = allRules,
): readonly Finding[] {
  const findings: Finding[] = [];
  const entry: Place = { file: host.entry, start: 0, end: 0 };
  // Options are evaluated when a rule asks for them, so what is wrong with modules is known last.
  const ordered = [...rules].sort((a, b) => Number(a.group === "modules") - Number(b.group === "modules"));
  for (const rule of ordered) {
    const own: Finding[] = [];
    try {
      rule.check({
        host,
        program: (path) => programs.get(path),
        report: (report) => own.push(new HostFinding(rule, host, report, entry)),
      });
      findings.push(...own);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      findings.push(...own, crashFinding(rule, host, entry, error));
    }
  }
  return findings;
}

/** What a rule reported of one host. */
class HostFinding implements Finding {
  readonly code: string;
  readonly rule: string;
  readonly severity: Finding["severity"];
  readonly at: Place;
  readonly message: string;
  readonly help: string | undefined;
  readonly related: readonly RelatedPlace[];
  readonly hosts: readonly string[];
  private readonly report: Report;
  private fixesMemo: readonly FixPlan[] | undefined;

  constructor(rule: Rule, host: Host, report: Report, entry: Place) {
    this.code = rule.code;
    this.rule = rule.name;
    this.severity = report.severity ?? rule.severity;
    this.at = report.at ?? entry;
    this.message = report.message;
    this.help = report.help;
    this.related = (report.related ?? []).filter((one): one is RelatedPlace => one.place !== undefined);
    this.hosts = [host.name];
    this.report = report;
  }

  get fixes(): readonly FixPlan[] {
    this.fixesMemo ??= computeFixes(this.report);
    return this.fixesMemo;
  }
}

function computeFixes(report: Report): readonly FixPlan[] {
  try {
    return typeof report.fixes === "function" ? report.fixes() : (report.fixes ?? []);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    // The finding stands without its fix.
    return [];
  }
}

function crashFinding(rule: Rule, host: Host, entry: Place, error: unknown): Finding {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: CHECKER_PROBLEM,
    rule: "checker-problem",
    severity: "information",
    at: entry,
    message: `The check \`${rule.name}\` (${rule.code}) stopped on this host: ${reason}. What it looks for may be here unseen.`,
    help: "This is a fault of the checker, not of your configuration. Please report it.",
    related: [],
    fixes: [],
    hosts: [host.name],
  };
}
