import type { Log, ReportingDescriptor, Result } from "sarif";
import type { Place } from "../eval/origin.ts";
import type { Finding, Severity } from "../rules/rule.ts";
import type { RuleHelp } from "../rules/rule-help.ts";
import type { Locations } from "./locations.ts";
import { ruleUrl } from "./rule-url.ts";

const LEVELS: Record<Severity, "error" | "warning" | "note"> = {
  error: "error",
  warning: "warning",
  information: "note",
  hint: "note",
};

/** SARIF 2.1.0, as code scanning services take it. */
export function sarif(
  findings: readonly Finding[],
  locations: Locations,
  rules: readonly RuleHelp[],
  version: string,
): Log {
  const used = [...new Set(findings.map((finding) => finding.code))].sort();
  const descriptors = used.map((code) => descriptor(code, rules, findings));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "nix-impermanence",
            version,
            informationUri: "https://github.com/nix-impermanence/nix-impermanence",
            rules: descriptors,
          },
        },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => result(finding, used.indexOf(finding.code), locations)),
      },
    ],
  };
}

function descriptor(code: string, rules: readonly RuleHelp[], findings: readonly Finding[]): ReportingDescriptor {
  const rule = rules.find((one) => one.code === code);
  const name = rule?.name ?? findings.find((finding) => finding.code === code)?.rule ?? code;
  return {
    id: code,
    name,
    helpUri: ruleUrl(name),
    ...(rule
      ? {
          shortDescription: { text: rule.summary },
          help: { text: rule.summary, markdown: rule.markdown },
          defaultConfiguration: { level: LEVELS[rule.severity] },
        }
      : {}),
  };
}

function result(finding: Finding, ruleIndex: number, locations: Locations): Result {
  return {
    ruleId: finding.code,
    ruleIndex,
    level: LEVELS[finding.severity],
    message: { text: finding.help ? `${finding.message} ${finding.help}` : finding.message },
    locations: [{ physicalLocation: physical(finding.at, locations) }],
    relatedLocations: finding.related.map(({ place, message }, id) => ({
      id,
      message: { text: message },
      physicalLocation: physical(place, locations),
    })),
    properties: { hosts: [...finding.hosts] },
  };
}

function physical(place: Place, locations: Locations) {
  const { start, end } = locations.range(place);
  const uri = locations.shown(place.file).split("/").map(encodeURIComponent).join("/");
  return {
    artifactLocation: { uri },
    region: {
      startLine: start.line + 1,
      startColumn: start.character + 1,
      endLine: end.line + 1,
      endColumn: end.character + 1,
    },
  };
}
