import { printableJson } from "../../report/printable.ts";
import { ruleHelp } from "../../rules/rule-help.ts";
import { write } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

export interface RulesOptions {
  readonly format: "pretty" | "json";
  readonly group?: string;
  readonly severity?: string;
}

/** `rules`: lists the rules. */
export async function rules(options: RulesOptions): Promise<number> {
  const groups = [...new Set(ruleHelp().map(({ group }) => group))].sort();
  const { group: wanted, severity: level } = options;
  if (wanted !== undefined && !groups.some((group) => group === wanted)) {
    throw new UsageError(`there is no group \`${wanted}\`; there are ${groups.join(", ")}`);
  }
  const all = ruleHelp().filter(
    ({ group, severity }) => (wanted ?? group) === group && (level ?? severity) === severity,
  );
  if (options.format === "json") {
    write(`${printableJson(all.map(({ markdown, ...rule }) => rule))}\n`);
    return 0;
  }
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const { code, name, severity, summary } of all) {
    write(`${code}  ${name.padEnd(width)}  ${severity.padEnd(11)}  ${summary}\n`);
  }
  return 0;
}
