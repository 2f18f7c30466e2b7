import type { FixPlan } from "../edits/fix-plan.ts";
import type { Analysis } from "../ide/analysis.ts";
import type { SuppressedFinding } from "../ide/suppressions/suppress.ts";
import { findingKey } from "../rules/merge-findings.ts";
import type { Finding } from "../rules/rule.ts";
import { orNull, rootInWords, targetsJson } from "./facts.ts";
import type { Locations } from "./locations.ts";
import { ruleUrl } from "./rule-url.ts";
import type { CheckJson, FindingJson, FixJson, HostsJson } from "./schema.ts";

/** What a report tells of: findings, and those that comments allow. */
export interface Reported {
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
}

/** What `check --format json` prints. */
export function checkJson(analysis: Analysis, { findings, suppressed }: Reported, locations: Locations): CheckJson {
  return {
    version: 1,
    findings: findings.map((finding) => findingJson(finding, locations)),
    suppressed: suppressed.map(({ finding, at, reason }) => ({
      ...findingJson(finding, locations),
      suppression: { kind: "comment", ...locations.location(at), ...(reason === undefined ? {} : { reason }) },
    })),
    hosts: analysis.hosts.map(({ host }) => host.name),
    notChecked: notChecked(analysis, locations),
  };
}

/** What `hosts --format json` prints. */
export function hostsJson(analysis: Analysis, locations: Locations): HostsJson {
  const counts = findingCounts(analysis);
  return {
    version: 1,
    hosts: analysis.hosts.map(({ host }, index) => ({
      name: host.name,
      entry: locations.shown(host.entry),
      system: orNull(host.system),
      hostName: orNull(host.hostName),
      targets: targetsJson(host, locations),
      impermanent: host.isImpermanent,
      root: rootInWords(host),
      findings: counts[index] as number,
    })),
    notChecked: notChecked(analysis, locations),
  };
}

/**
 * How many findings each host has. Hosts of several configurations may have one name, so a finding belongs to the
 * hosts that found it; one about a file alone (its syntax, its comments) to the hosts that read the file.
 */
function findingCounts({ hosts, findings }: Analysis): number[] {
  const own = hosts.map((host) => new Set(host.findings.map(findingKey)));
  const ofHosts = new Set(own.flatMap((keys) => [...keys]));
  return hosts.map(({ host, files }, index) => {
    const isOwn = (finding: Finding) => {
      const key = findingKey(finding);
      return ofHosts.has(key) ? own[index]?.has(key) : files.has(finding.at.file);
    };
    return findings.filter((finding) => finding.hosts.includes(host.name) && isOwn(finding)).length;
  });
}

function notChecked(analysis: Analysis, locations: Locations): CheckJson["notChecked"] {
  return [
    ...analysis.unchecked.map(({ reference, why }) => ({
      name: reference.name,
      entry: locations.shown(reference.entry),
      why,
    })),
    ...analysis.problems.map(({ entry, why }) => ({ entry: locations.shown(entry), why })),
  ];
}

function findingJson(finding: Finding, locations: Locations): FindingJson {
  const fixes = finding.fixes.map((fix) => fixJson(fix, locations));
  const url = ruleUrl(finding);
  return {
    code: finding.code,
    rule: finding.rule,
    severity: finding.severity,
    message: finding.message,
    ...(finding.help ? { help: finding.help } : {}),
    ...locations.location(finding.at),
    hosts: [...finding.hosts],
    related: finding.related.map(({ place, message }) => ({ ...locations.location(place), message })),
    ...(fixes[0] ? { fix: fixes[0] } : {}),
    ...(fixes.length > 1 ? { fixes } : {}),
    ...(url ? { url } : {}),
  };
}

function fixJson(fix: FixPlan, locations: Locations): FixJson {
  return {
    title: fix.title,
    safety: fix.safety,
    ...(fix.note ? { note: fix.note } : {}),
    edits: [...fix.edits].map(([file, edits]) => ({
      file: locations.shown(file),
      edits: edits.map((edit) => ({
        range: locations.range({ file, start: edit.start, end: edit.end }),
        newText: edit.text,
      })),
    })),
  };
}
