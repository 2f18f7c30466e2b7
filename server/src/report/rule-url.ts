/** Where the rules' pages are published. */
const BASE = "https://github.com/nix-impermanence/nix-impermanence/blob/main/docs/rules";

/** The page of a rule by its name. */
export function ruleUrl(rule: string): string {
  return `${BASE}/${rule}.md`;
}
