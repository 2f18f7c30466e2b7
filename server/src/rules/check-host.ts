import { Interrupted } from "../eval/budget.ts";
import { FactLedger } from "../host/fact-ledger.ts";
import type { Host } from "../host/host.ts";
import type { Program } from "../syntax/expr.ts";
import { rules as allRules } from "./registry.ts";
import type { Finding, Rule } from "./rule.ts";
import { RuleRun } from "./rule-run.ts";

/** The code of findings about the checker itself. */
export const CHECKER_PROBLEM = "IMP000";

/**
 * Runs the rules over one host. A rule that crashes leaves one information-level finding that says so; the
 * others still report. Throws nothing but `Interrupted`. The findings of a rule that looked at nothing that is another
 * thing now are taken from the ledger of the host.
 */
export function checkHost(
  host: Host,
  programs: ReadonlyMap<string, Program>,
  rules: readonly Rule[] = allRules,
  ledger: FactLedger = new FactLedger(false),
): readonly Finding[] {
  ledger.use(programs);
  const program = (path: string) => ledger.program(path);
  // Options are evaluated when a rule asks for them, so what is wrong with modules is known last.
  const ordered = [...rules].sort((a, b) => Number(a.group === "modules") - Number(b.group === "modules"));
  return ordered.flatMap((rule) => {
    const own: Finding[] = [];
    const hear = (finding: Finding) => void own.push(finding);
    const run = ledger.fact(`rule ${rule.code} ${rule.name}`, () => new RuleRun(rule, host, program, hear));
    try {
      const kept = run();
      kept.renew(host, program);
      return kept.findings;
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      return [...own, crashFinding(rule, [host], error)];
    }
  });
}

/** What is said of a rule that crashed on a host, or on several when it compared them: nothing that it did not see counts as right. */
export function crashFinding(rule: Rule, hosts: readonly [Host, ...Host[]], error: unknown): Finding {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: CHECKER_PROBLEM,
    rule: "checker-problem",
    severity: "information",
    at: { file: hosts[0].entry, start: 0, end: 0 },
    message: `The check \`${rule.name}\` (${rule.code}) stopped ${hosts.length > 1 ? "when it compared these hosts" : "on this host"}: ${reason}. What it looks for may be here unseen.`,
    help: "This is a fault of the checker, not of your configuration. Please report it.",
    related: [],
    fixes: [],
    hosts: hosts.map(({ name }) => name),
  };
}
