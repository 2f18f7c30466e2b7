import { pages } from "./pages.ts";
import { rules } from "./registry.ts";
import type { RuleGroup, Severity } from "./rule.ts";

/** A rule as lists, `explain` and SARIF show it. */
export interface RuleHelp {
  readonly code: string;
  readonly name: string;
  readonly group: RuleGroup;
  readonly severity: Severity;
  /** What it finds, in one line: as in the table of the README. */
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
      return { code, name, group, severity, summary: firstParagraph(markdown), markdown };
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

/** What the rule finds, in one line: the paragraph below the title of its page. */
function firstParagraph(markdown: string): string {
  return (/^# .*\n\n((?:.+\n?)+)/.exec(markdown)?.[1] ?? "").trim().replace(/\s+/g, " ");
}
