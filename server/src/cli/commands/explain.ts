import { explainRule } from "../../rules/rule-help.ts";
import { write } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

/** `explain`: prints a rule's page as Markdown. */
export async function explain(rule: string): Promise<number> {
  const page = explainRule(rule);
  if (!page) throw new UsageError(`there is no rule \`${rule}\`; \`nix-impermanence rules\` lists them`);
  write(`${page.markdown.trimEnd()}\n`);
  return 0;
}
