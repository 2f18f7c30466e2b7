import { pages } from "./pages.ts";
import { rules } from "./registry.ts";
import type { RuleGroup, Severity } from "./rule.ts";

/** A rule as lists, `explain` and SARIF show it. */
export interface RuleHelp {
  readonly code: string;
  readonly name: string;
  readonly group: RuleGroup;
  readonly severity: Severity;
  /** First sentence of the page. */
  readonly summary: string;
  /** The whole page. */
  readonly markdown: string;
}

/** All rules with their pages, by code. */
export function ruleHelp(): readonly RuleHelp[] {
  return [...rules]
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map(({ code, name, group, severity }) => {
      const markdown = pages.get(code) ?? `# ${name}\n`;
      return { code, name, group, severity, summary: firstSentence(markdown), markdown };
    });
}

/** The page of one rule, by code or name; undefined when there is no such rule. */
export function explainRule(wanted: string): RuleHelp | undefined {
  return ruleHelp().find(({ code, name }) => code === wanted.toUpperCase() || name === wanted);
}

/** What the page of a rule says of its fixes, on one line; undefined for findings without a page. */
export function fixSafety(code: string): string | undefined {
  const section = pages
    .get(code)
    ?.split(/^## Fix safety$/m)[1]
    ?.split(/^## /m)[0];
  return section?.trim().replace(/\s+/g, " ");
}

/** The first sentence of a page below its first section heading. */
function firstSentence(markdown: string): string {
  const text = markdown.split(/^## .*$/m)[1] ?? "";
  const paragraph = text.trim().split(/\n\s*\n/)[0] ?? "";
  const flat = paragraph.replace(/\s+/g, " ");
  return /^.*?[.!?](?=\s|$)/.exec(flat)?.[0] ?? flat;
}
