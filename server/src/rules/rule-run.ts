import type { FixPlan } from "../edits/fix-plan.ts";
import { Interrupted } from "../eval/budget.ts";
import type { Place } from "../eval/origin.ts";
import type { Host } from "../host/host.ts";
import type { Finding, RelatedPlace, Report, Rule, RuleContext } from "./rule.ts";

/**
 * What one rule reports of a host. It may outlive edits that change nothing of what the rule looked at. Fixes look at
 * more than that, so they are then worked out by asking the rule once more, about the host as it is by then.
 */
export class RuleRun {
  readonly findings: readonly Finding[];
  private readonly rule: Rule;
  private host: Host;
  private program: RuleContext["program"];
  /** What the rule said of this host; undefined when that was an earlier state of it. */
  private reports: readonly Report[] | undefined;
  private fixes: (readonly FixPlan[] | undefined)[] = [];

  /** Throws what the rule throws; `onReport` hears what it had to say until then. */
  constructor(rule: Rule, host: Host, program: RuleContext["program"], onReport: (finding: Finding) => void) {
    this.rule = rule;
    this.host = host;
    this.program = program;
    const entry: Place = { file: host.entry, start: 0, end: 0 };
    const findings: Finding[] = [];
    const reports: Report[] = [];
    this.reports = reports;
    this.findings = findings;
    const report = (one: Report) => {
      const finding = new HostFinding(rule, host.name, one, entry, this, reports.length);
      reports.push(one);
      findings.push(finding);
      onReport(finding);
    };
    rule.check({ host, program, report });
  }

  /** The host after an edit that changed nothing of what the rule looked at. */
  renew(host: Host, program: RuleContext["program"]): void {
    if (this.host === host) return;
    this.host = host;
    this.program = program;
    this.reports = undefined;
    this.fixes = [];
  }

  /** The fixes of one of the findings, worked out once; one that fails to compute is none. */
  fixesOf(finding: Finding, index: number): readonly FixPlan[] {
    let known = this.fixes[index];
    if (!known) {
      known = this.computeFixes(finding, index);
      this.fixes[index] = known;
    }
    return known;
  }

  private computeFixes(finding: Finding, index: number): readonly FixPlan[] {
    try {
      this.reports ??= this.askAgain();
      const report = this.reports[index];
      if (report?.message !== finding.message) return [];
      return typeof report.fixes === "function" ? report.fixes() : (report.fixes ?? []);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      // The finding stands without its fix.
      return [];
    }
  }

  private askAgain(): readonly Report[] {
    const reports: Report[] = [];
    this.rule.check({ host: this.host, program: this.program, report: (one) => reports.push(one) });
    return reports;
  }
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
  /** No part of what is reported: findings are compared and printed. */
  readonly #run: RuleRun;
  readonly #index: number;

  constructor(rule: Rule, host: string, report: Report, entry: Place, run: RuleRun, index: number) {
    this.code = rule.code;
    this.rule = rule.name;
    this.severity = report.severity ?? rule.severity;
    this.at = report.at ?? entry;
    this.message = report.message;
    this.help = report.help;
    this.related = (report.related ?? []).filter((one): one is RelatedPlace => one.place !== undefined);
    this.hosts = [host];
    this.#run = run;
    this.#index = index;
  }

  get fixes(): readonly FixPlan[] {
    return this.#run.fixesOf(this, this.#index);
  }
}
