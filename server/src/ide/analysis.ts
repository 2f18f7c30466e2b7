import { budget, Interrupted } from "../eval/budget.ts";
import type { Place } from "../eval/origin.ts";
import type { HostAssumptions } from "../host/assumptions.ts";
import { buildHost } from "../host/build-host.ts";
import { derivedFileSystems } from "../host/derived-file-systems.ts";
import { FactLedger } from "../host/fact-ledger.ts";
import type { Host } from "../host/host.ts";
import {
  type Configuration,
  type ConfigurationSource,
  type DiscoveryProblem,
  discoverHosts,
  evaluateHost,
  type HostReference,
} from "../modules/configuration.ts";
import { checkHost } from "../rules/check-host.ts";
import { compareHosts } from "../rules/compare-hosts.ts";
import { mergeFindings } from "../rules/merge-findings.ts";
import { rules as allRules } from "../rules/registry.ts";
import type { Finding } from "../rules/rule.ts";
import type { Program } from "../syntax/expr.ts";
import type { ProjectConfig } from "./project-config/project-config.ts";
import { RecordedSource } from "./recorded-source.ts";
import { type SuppressedFinding, suppress } from "./suppressions/suppress.ts";
import { syntaxFindings } from "./syntax-findings.ts";
import { withLevels } from "./user-levels.ts";

/** What an analysis reads: hosts' files, and the parsed form of any of them. */
export interface AnalysisSource extends ConfigurationSource {
  find(path: string): Program | undefined;
  /** Whether the user asked not to hear of a file. It is still read when a host imports it. */
  isExcluded?(path: string): boolean;
  /** The `impermanence.json` that speaks for a file. */
  configFor?(path: string): ProjectConfig | undefined;
  /** All of them, also where no file is. */
  configs?(): readonly ProjectConfig[];
}

/** One host, checked. */
export interface CheckedHost {
  readonly reference: HostReference;
  readonly host: Host;
  readonly configuration: Configuration;
  readonly findings: readonly Finding[];
  /** Nix files that the host is made of; grows when a later question reads more. */
  readonly files: ReadonlySet<string>;
  /** Everything the result depends on: those files, files read as text, and files that are not there. */
  readonly dependencies: ReadonlySet<string>;
  /**
   * The host after files got new texts, made of this one, which is of no use afterwards, even when this throws.
   * Undefined when it has to be analysed anew.
   */
  revise(changed: ReadonlySet<string>): CheckedHost | undefined;
}

/** A host that could not be evaluated at all. */
export interface UncheckedHost {
  readonly reference: HostReference;
  readonly why: string;
  readonly place: Place | undefined;
  readonly dependencies: ReadonlySet<string>;
}

/** The hosts of a workspace, and what the list depends on. */
export interface HostList {
  readonly hosts: readonly HostReference[];
  readonly problems: readonly DiscoveryProblem[];
  readonly dependencies: ReadonlySet<string>;
}

/** Everything known about a workspace at one moment. */
export interface Analysis {
  readonly hosts: readonly CheckedHost[];
  readonly unchecked: readonly UncheckedHost[];
  /** Entries of which not even the hosts can be listed. */
  readonly problems: readonly DiscoveryProblem[];
  /** Findings of all hosts, each once, ordered by place; without those that comments allow. */
  readonly findings: readonly Finding[];
  /** Findings that comments allow. */
  readonly suppressed: readonly SuppressedFinding[];
}

export interface AnalysisOptions {
  /** Which hosts to check; all of them when left out. */
  readonly select?: (host: HostReference) => boolean;
  /** Files whose syntax is checked even when no host uses them: those that a person has in view. */
  readonly inView?: readonly string[];
}

/** Analyses the hosts of a workspace. Throws nothing but `Interrupted`, whatever the files hold. */
export function analyseWorkspace(source: AnalysisSource, { select, inView }: AnalysisOptions = {}): Analysis {
  const { hosts, problems } = listHosts(source);
  const chosen = select ? hosts.filter(select) : hosts;
  const results = chosen.map((reference) => analyseHost(source, reference));
  return combine(source, results, problems, { inView, isComplete: chosen.length === hosts.length });
}

/** Finds the hosts of a workspace. Throws nothing but `Interrupted`. */
export function listHosts(source: AnalysisSource): HostList {
  const recorded = new RecordedSource(source);
  budget.renew();
  try {
    const { hosts, problems, files } = discoverHosts(recorded);
    const chosen = hosts.filter(({ entry, name }) => source.configFor?.(entry)?.checks(name) !== false);
    return { hosts: chosen, problems, dependencies: new Set([...recorded.asked, ...files]) };
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    const problems = source.nixFiles.slice(0, 1).map((entry) => ({ entry, why: ownFault(error), place: undefined }));
    return { hosts: [], problems, dependencies: recorded.asked };
  }
}

/**
 * Evaluates and checks one host. Throws nothing but `Interrupted`. With `isLive` it notes what everything is made of, so
 * that `revise` can keep what an edit does not reach.
 */
export function analyseHost(
  source: AnalysisSource,
  reference: HostReference,
  { isLive = false }: { readonly isLive?: boolean } = {},
): CheckedHost | UncheckedHost {
  const recorded = new RecordedSource(source);
  const { asked, evaluated } = recorded;
  // An entry that cannot be read yet is worth a second look when it changes.
  asked.add(reference.entry);
  // What another host used up is not missing here.
  budget.renew();
  const unchecked = (why: string, place: Place | undefined) => ({ reference, why, place, dependencies: asked });
  try {
    const configuration = evaluateHost(recorded, reference, derivedFileSystems());
    if ("why" in configuration) return unchecked(configuration.why, configuration.place);
    evaluated.add(reference.entry);
    const assumptions = source.configFor?.(reference.entry)?.assumptionsFor(reference.name);
    const result = checked({ source, reference, recorded, assumptions, isLive }, configuration, new FactLedger(isLive));
    // Keeping what it has would take the room from the hosts that follow.
    return budget.gaveUp === undefined ? result : unchecked(budget.gaveUp, undefined);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    return unchecked(ownFault(error), undefined);
  }
}

/** What stays as long as a host is edited. */
interface HostUnderWork {
  readonly source: AnalysisSource;
  readonly reference: HostReference;
  readonly recorded: RecordedSource;
  readonly assumptions: HostAssumptions | undefined;
  readonly isLive: boolean;
}

function checked(work: HostUnderWork, configuration: Configuration, ledger: FactLedger): CheckedHost {
  const { source, reference, recorded, assumptions, isLive } = work;
  const { asked, evaluated, texts } = recorded;
  const host = buildHost(configuration, assumptions, ledger);
  const findings = checkHost(host, new LazyPrograms(source, asked), allRules, ledger);
  // What is unknown only for want of steps or memory may be known the next time.
  const isWhole = budget.fuel >= 0 && budget.gaveUp === undefined;
  return {
    reference,
    host,
    configuration,
    findings,
    files: evaluated,
    dependencies: asked,
    revise(changed) {
      // What a text was made into is not known.
      for (const file of changed) if (texts.has(file)) return undefined;
      const revised = configuration.revise(changed);
      if (!revised?.reached || !isWhole) return revised && checked(work, revised, new FactLedger(isLive));
      ledger.advance(revised.reached);
      return checked(work, revised, ledger);
    },
  };
}

export interface CombineOptions {
  readonly inView?: readonly string[] | undefined;
  /** Whether all hosts of the workspace are among the results. */
  readonly isComplete: boolean;
}

/** Puts the results of single hosts together. */
export function combine(
  source: AnalysisSource,
  results: readonly (CheckedHost | UncheckedHost)[],
  problems: readonly DiscoveryProblem[],
  { inView = [], isComplete }: CombineOptions,
): Analysis {
  const hosts = results.filter((result): result is CheckedHost => "host" in result);
  const unchecked = results.filter((result): result is UncheckedHost => "why" in result);
  const syntax = syntaxFindings(source, { hosts, unchecked, problems, inView });
  const compared = compareHosts(
    hosts.map(({ host }) => host),
    allRules,
  );
  const all = withConfiguredLevels(source, mergeFindings([syntax, compared, ...hosts.map((host) => host.findings)]));
  const { findings, suppressed } = suppress({
    find: (file) => source.find(file),
    findings: source.isExcluded ? all.filter(({ at }) => !source.isExcluded?.(at.file)) : all,
    files: filesOf(source, hosts, inView),
    isComplete: isComplete && unchecked.length === 0 && problems.length === 0,
    levelOf: (code, file) => source.configFor?.(file)?.levelOf(code, file),
    needsReasons: (file) => source.configFor?.(file)?.requireReasons === true,
  });
  const configured = (source.configs?.() ?? []).flatMap((config) => config.findings());
  const told = configured.length === 0 ? findings : mergeFindings([configured, findings]);
  return { hosts, unchecked, problems, findings: told, suppressed };
}

/** The findings with the severities of `impermanence.json`; those of silenced rules are left out. */
function withConfiguredLevels(source: AnalysisSource, findings: readonly Finding[]): readonly Finding[] {
  return withLevels(findings, ({ code, at }) => source.configFor?.(at.file)?.levelOf(code, at.file));
}

/** The files that somebody wants to hear of, with the names of the hosts that they belong to. */
function filesOf(source: AnalysisSource, hosts: readonly CheckedHost[], inView: readonly string[]) {
  const files = new Map<string, string[]>(inView.map((file) => [file, []]));
  for (const { host, files: own } of hosts) {
    for (const file of own) {
      const known = files.get(file);
      if (known) known.push(host.name);
      else if (!source.isExcluded?.(file)) files.set(file, [host.name]);
    }
  }
  return files;
}

/** A phrase that follows "because". */
function ownFault(error: unknown): string {
  const detail = error instanceof Error ? error.message : String(error);
  return `the checker itself failed (${detail}); this is a fault of the checker, please report it`;
}

/** Programs by path, parsed when a rule or fix asks for them. */
class LazyPrograms extends Map<string, Program> {
  private readonly source: AnalysisSource;
  private readonly asked: Set<string>;

  constructor(source: AnalysisSource, asked: Set<string>) {
    super();
    this.source = source;
    this.asked = asked;
  }

  override get(path: string): Program | undefined {
    this.asked.add(path);
    return this.source.find(path);
  }

  override has(path: string): boolean {
    return this.get(path) !== undefined;
  }
}
