import type { FixPlan } from "../edits/fix-plan.ts";
import type { EditContext } from "../edits/option-edit.ts";
import type { Place } from "../eval/origin.ts";
import type { Host } from "../host/host.ts";

export type Severity = "error" | "warning" | "information" | "hint";

export interface RelatedPlace {
  readonly place: Place;
  readonly message: string;
}

/** What a rule reports. `message` = what is wrong and why it bites; `help` = what to do. */
export interface Report {
  /** Undefined when nothing in the workspace says it; the finding then points at the host's entry file. */
  readonly at: Place | undefined;
  readonly message: string;
  readonly help?: string | undefined;
  /** Lower than the rule's severity when the case is milder or less certain. */
  readonly severity?: Severity;
  /** Places that are not known are left out. */
  readonly related?: readonly { readonly place: Place | undefined; readonly message: string }[];
  /** A function when finding the edits costs more than a glance; it runs at most once, when somebody asks. */
  readonly fixes?: readonly FixPlan[] | (() => readonly FixPlan[]);
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
  | "modules"
  | "checker";

export interface Rule {
  /** `IMP` and three digits; never reused. */
  readonly code: string;
  /** Noun phrase for the pattern, kebab-case; reads after "allow …". */
  readonly name: string;
  readonly group: RuleGroup;
  readonly severity: Severity;
  /** Version of Nix Impermanence that brought the rule. */
  readonly since: string;
  check(context: RuleContext): void;
  /** What can only be seen of all hosts together; the report is about the hosts that it names, and has no fixes. */
  compare?(hosts: readonly Host[], report: (report: Report, hosts: readonly Host[]) => void): void;
}

/** What a rule sees: the host, the parsed files (for fixes), and where to report. */
export interface RuleContext extends EditContext {
  report(report: Report): void;
}

/** Declares a rule; only a place to hang types on. */
export function defineRule(rule: Rule): Rule {
  return rule;
}

/** A report with everything the outside needs. */
export interface Finding {
  readonly code: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly at: Place;
  readonly message: string;
  readonly help: string | undefined;
  readonly related: readonly RelatedPlace[];
  /** Computed when first read; a fix that fails to compute is no fix. */
  readonly fixes: readonly FixPlan[];
  /** Names of the hosts in which it holds. */
  readonly hosts: readonly string[];
}
