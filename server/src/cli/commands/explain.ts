import { explainFinding } from "../../ide/finding-help.ts";
import { write } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

/** `explain`: prints the page of a rule, or of a finding that no rule makes, as Markdown. */
export async function explain(rule: string): Promise<number> {
  const page = explainFinding(rule);
  if (!page) throw new UsageError(`there is no rule \`${rule}\`; \`nix-impermanence rules\` lists them`);
  write(`${page.markdown.trimEnd()}\n`);
  return 0;
}
