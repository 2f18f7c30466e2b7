import { CHECKER_PROBLEM } from "../../rules/check-host.ts";
import { nearestName } from "../../rules/reading/nearest-name.ts";
import { rules } from "../../rules/registry.ts";
import { HOST_NOT_READ, SYNTAX_ERROR } from "../syntax-findings.ts";

/** The name of findings about `impermanence.json` itself. */
export const INVALID_CONFIGURATION = "IMP003";

/** Findings that no rule makes, by name. */
const OWN: ReadonlyMap<string, string> = new Map([
  ["checker-problem", CHECKER_PROBLEM],
  ["syntax-error", SYNTAX_ERROR],
  ["host-not-read", HOST_NOT_READ],
  ["invalid-configuration", INVALID_CONFIGURATION],
]);
/** Nothing is built before these are repaired, so there is nothing to allow. */
const NEVER_ALLOWED: ReadonlySet<string> = new Set([SYNTAX_ERROR, INVALID_CONFIGURATION]);

const codes: ReadonlyMap<string, string> = new Map([...OWN, ...rules.map(({ name, code }) => [name, code] as const)]);
const names: ReadonlyMap<string, string> = new Map([...codes].map(([name, code]) => [code, name]));

/** The code of a rule, by its code or its name in whatever case; undefined when there is none. */
export function codeOf(text: string): string | undefined {
  const upper = text.toUpperCase();
  return names.has(upper) ? upper : codes.get(text.toLowerCase());
}

/** The name that belongs to a code; the code itself when it has none. */
export function nameOf(code: string): string {
  return names.get(code) ?? code;
}

export function mayBeAllowed(code: string): boolean {
  return !NEVER_ALLOWED.has(code);
}

/** The rule that was probably meant. A slip in a code is not guessed at: every digit makes another rule. */
export function nearestRule(text: string): string | undefined {
  return /^IMP\d*$/i.test(text) ? undefined : nearestName(text.toLowerCase(), codes.keys());
}
