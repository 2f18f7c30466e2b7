import { ruleHelp } from "../../rules/rule-help.ts";
import { write } from "../terminal.ts";

/** `rules`: lists the rules. */
export async function rules(options: { format: "pretty" | "json" }): Promise<number> {
  const all = ruleHelp();
  if (options.format === "json") {
    write(
      `${JSON.stringify(
        all.map(({ markdown, ...rule }) => rule),
        null,
        2,
      )}\n`,
    );
    return 0;
  }
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const { code, name, severity, summary } of all) {
    write(`${code}  ${name.padEnd(width)}  ${severity.padEnd(11)}  ${summary}\n`);
  }
  return 0;
}
