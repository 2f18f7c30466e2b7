/** Where the rules' pages are published. */
const BASE = "https://github.com/nix-impermanence/nix-impermanence/blob/main/docs/rules";

/** Findings of the checker itself, which no rule makes: they have no page. */
const WITHOUT_PAGE = new Set(["IMP000", "IMP001", "IMP002", "IMP003"]);

/** The page of a finding's rule. */
export function ruleUrl({ code, rule }: { readonly code: string; readonly rule: string }): string | undefined {
  return WITHOUT_PAGE.has(code) ? undefined : `${BASE}/${rule}.md`;
}
