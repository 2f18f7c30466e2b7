import type { FixPlan } from "../edits/fix-plan.ts";
import type { Place } from "../eval/origin.ts";
import type { Host } from "../host/host.ts";

export type Severity = "error" | "warning" | "information" | "hint";

export interface RelatedPlace {
  readonly place: Place;
  readonly message: string;
}

/** What a rule reports. `message` = what is wrong and why it bites; `help` = what to do. */
export interface Report {
  readonly at: Place;
  readonly message: string;
  readonly help?: string;
  /** Lower than the rule's severity when the case is milder or less certain. */
  readonly severity?: Severity;
  readonly related?: readonly RelatedPlace[];
  readonly fixes?: readonly FixPlan[];
}

export type RuleGroup =
  | "mount-options"
  | "disko"
  | "stores"
  | "coverage"
  | "rollback"
  | "snapshots"
  | "units"
  | "secrets"
  | "performance"
  | "modules";

export interface Rule {
  /** `IMP` and three digits; never reused. */
  readonly code: string;
  /** Noun phrase for the pattern, kebab-case; reads after "allow …". */
  readonly name: string;
  readonly group: RuleGroup;
  readonly severity: Severity;
  /** Ids of the pitfall research it implements are named in the page's Evidence section. */
  readonly since: string;
  check(context: RuleContext): void;
}

export interface RuleContext {
  readonly host: Host;
  report(report: Report): void;
}

/** Declares a rule; only a place to hang types on. */
export function defineRule(rule: Rule): Rule {
  return rule;
}

/** A report with everything the outside needs, for one host. */
export interface Finding extends Report {
  readonly code: string;
  readonly rule: string;
  readonly severity: Severity;
  /** Names of the hosts in which it holds. */
  readonly hosts: readonly string[];
}
