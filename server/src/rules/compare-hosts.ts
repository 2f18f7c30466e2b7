import { Interrupted } from "../eval/budget.ts";
import type { Host } from "../host/host.ts";
import { crashFinding } from "./check-host.ts";
import type { Finding, Rule } from "./rule.ts";

/** What rules find when they look at all hosts together. One that crashes does not take the others with it. */
export function compareHosts(hosts: readonly Host[], rules: readonly Rule[]): readonly Finding[] {
  const [one, another, ...others] = hosts;
  if (!one || !another) return [];
  return rules.flatMap((rule) => {
    const found: Finding[] = [];
    try {
      rule.compare?.(hosts, (report, named) => {
        const [first] = named;
        if (!first) return;
        found.push({
          code: rule.code,
          rule: rule.name,
          severity: report.severity ?? rule.severity,
          at: report.at ?? { file: first.entry, start: 0, end: 0 },
          message: report.message,
          help: report.help,
          related: (report.related ?? []).flatMap(({ place, message }) => (place ? [{ place, message }] : [])),
          fixes: [],
          hosts: [...new Set(named.map(({ name }) => name))].sort(),
        });
      });
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      found.push(crashFinding(rule, [one, another, ...others], error));
    }
    return found;
  });
}
