import type { Place } from "../eval/origin.ts";
import { buildHost } from "../host/build-host.ts";
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
import { mergeFindings } from "../rules/merge-findings.ts";
import type { Finding } from "../rules/rule.ts";
import type { Program } from "../syntax/expr.ts";
import { syntaxFindings } from "./syntax-findings.ts";

/** What an analysis reads: hosts' files, and the parsed form of any of them. */
export interface AnalysisSource extends ConfigurationSource {
  find(path: string): Program | undefined;
}

/** One host, checked. */
export interface CheckedHost {
  readonly reference: HostReference;
  readonly host: Host;
  readonly configuration: Configuration;
  readonly findings: readonly Finding[];
  /** Files the result depends on. */
  readonly files: ReadonlySet<string>;
}

/** A host that could not be evaluated at all. */
export interface UncheckedHost {
  readonly reference: HostReference;
  readonly why: string;
  readonly place: Place | undefined;
}

/** Everything known about a workspace at one moment. */
export interface Analysis {
  readonly hosts: readonly CheckedHost[];
  readonly unchecked: readonly UncheckedHost[];
  /** Entries of which not even the hosts can be listed. */
  readonly problems: readonly DiscoveryProblem[];
  /** Findings of all hosts, each once, ordered by place. */
  readonly findings: readonly Finding[];
}

/** Analyses every host of the workspace, or those whose name `select` takes. Never throws for bad input. */
export function analyseWorkspace(
  source: AnalysisSource,
  select: (host: HostReference) => boolean = () => true,
): Analysis {
  const { hosts, problems } = discoverHosts(source);
  const results = hosts.filter(select).map((reference) => analyseHost(source, reference));
  return combine(source, results, problems);
}

/** Evaluates and checks one host. */
export function analyseHost(source: AnalysisSource, reference: HostReference): CheckedHost | UncheckedHost {
  const configuration = evaluateHost(source, reference);
  if ("why" in configuration) return { reference, why: configuration.why, place: configuration.place };
  const host = buildHost(configuration);
  const programs = new LazyPrograms(source);
  const findings = checkHost(host, programs);
  return { reference, host, configuration, findings, files: new Set(configuration.files) };
}

/** Puts the results of single hosts together. */
export function combine(
  source: AnalysisSource,
  results: readonly (CheckedHost | UncheckedHost)[],
  problems: readonly DiscoveryProblem[],
): Analysis {
  const hosts = results.filter((result): result is CheckedHost => "host" in result);
  const unchecked = results.filter((result): result is UncheckedHost => "why" in result);
  const syntax = syntaxFindings(source, hosts, [...unchecked, ...problems]);
  const findings = mergeFindings([syntax, ...hosts.map((host) => host.findings)]);
  return { hosts, unchecked, problems, findings };
}

/** Programs by path, parsed when a rule or fix asks for them. */
class LazyPrograms extends Map<string, Program> {
  private readonly source: AnalysisSource;
  constructor(source: AnalysisSource) {
    super();
    this.source = source;
  }
  override get(path: string): Program | undefined {
    return this.source.find(path);
  }
}
