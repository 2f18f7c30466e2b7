import { CHECKER_PROBLEM } from "../rules/check-host.ts";
import { explainRule, type RuleHelp, ruleHelp } from "../rules/rule-help.ts";
import { INVALID_CONFIGURATION } from "./suppressions/known-rule.ts";
import { HOST_NOT_READ, SYNTAX_ERROR } from "./syntax-findings.ts";

/** What a page of help tells: of a rule, or of one of the findings that no rule makes. */
export type FindingHelp = Omit<RuleHelp, "group">;

/** Findings that no rule makes: they say what kept the rules from looking. */
const OWN: readonly FindingHelp[] = [
  {
    code: CHECKER_PROBLEM,
    name: "checker-problem",
    severity: "information",
    summary: "A check stopped because of a fault of the checker.",
    markdown: `# checker-problem

A check stopped on this host because of a fault of the checker, not of your configuration. All other checks went
on. What this one looks for may be there unseen. Please report it, with the message and, if you can, the files.
`,
  },
  {
    code: SYNTAX_ERROR,
    name: "syntax-error",
    severity: "error",
    summary: "The file is not valid Nix.",
    markdown: `# syntax-error

The file is not valid Nix: \`nixos-rebuild\` stops here. The checker passes over the smallest part it can and
reads the rest, so findings further down are real, and some may be missing until the error is repaired.
`,
  },
  {
    code: HOST_NOT_READ,
    name: "host-not-read",
    severity: "information",
    summary: "A host could not be evaluated, so it was not checked.",
    markdown: `# host-not-read

A host, or the list of a flake's hosts, could not be evaluated, and the message says why. Nothing is known about
such a host: that it has no other findings does not mean that it is well.
`,
  },
  {
    code: INVALID_CONFIGURATION,
    name: "invalid-configuration",
    severity: "error",
    summary: "A part of impermanence.json cannot be followed.",
    markdown: `# invalid-configuration

A part of \`impermanence.json\` is no valid JSON, no setting, or has a value that the setting does not take. It is passed
over, and everything else in the file holds. \`nix-impermanence schema impermanence.json\` prints what may be in it.
`,
  },
];

/** Help on everything that can be found, by code. */
export function findingHelp(): readonly FindingHelp[] {
  return [...OWN, ...ruleHelp()];
}

/** The page of one finding, by code or name; undefined when there is none. */
export function explainFinding(wanted: string): FindingHelp | undefined {
  return OWN.find(({ code, name }) => code === wanted.toUpperCase() || name === wanted) ?? explainRule(wanted);
}
