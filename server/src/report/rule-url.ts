/** Where the rules' pages are published. */
const BASE = "https://github.com/nix-impermanence/nix-impermanence/blob/main/docs/rules";

/** The page of a finding's rule. What no rule finds (IMP0xx) has none. */
export function ruleUrl({ code, rule }: { readonly code: string; readonly rule: string }): string | undefined {
  return code.startsWith("IMP0") ? undefined : `${BASE}/${rule}.md`;
}
