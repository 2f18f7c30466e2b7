import type { Fix, Log, PhysicalLocation, Region, ReportingDescriptor, Result } from "sarif";
import type { FixPlan } from "../edits/fix-plan.ts";
import type { Place } from "../eval/origin.ts";
import type { FindingHelp } from "../ide/finding-help.ts";
import type { Finding, Severity } from "../rules/rule.ts";
import type { Reported } from "./check-json.ts";
import type { Locations } from "./locations.ts";
import { ruleUrl } from "./rule-url.ts";

const LEVELS: Record<Severity, "error" | "warning" | "note"> = {
  error: "error",
  warning: "warning",
  information: "note",
  hint: "note",
};

/** SARIF 2.1.0, as code scanning services take it. `help` is what is known of the findings' codes. */
export function sarif(
  { findings, suppressed }: Reported,
  locations: Locations,
  help: readonly FindingHelp[],
  version: string,
): Log {
  const all = [...findings, ...suppressed.map(({ finding }) => finding)];
  const codes = [...new Set(all.map((finding) => finding.code))].sort();
  const indexOf = ({ code }: Finding) => codes.indexOf(code);
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
            rules: codes.map((code) => descriptor(code, help)),
          },
        },
        columnKind: "utf16CodeUnits",
        results: [
          ...findings.map((finding) => result(finding, indexOf(finding), locations)),
          ...suppressed.map(({ finding, at, reason }) => ({
            ...result(finding, indexOf(finding), locations),
            suppressions: [
              {
                kind: "inSource" as const,
                ...(reason === undefined ? {} : { justification: reason }),
                location: { physicalLocation: physical(at, locations) },
              },
            ],
          })),
        ],
      },
    ],
  };
}

function descriptor(code: string, help: readonly FindingHelp[]): ReportingDescriptor {
  const found = help.find((one) => one.code === code);
  if (!found) return { id: code };
  const { name, summary, markdown, severity } = found;
  const helpUri = ruleUrl({ code, rule: name });
  return {
    id: code,
    name,
    ...(helpUri ? { helpUri } : {}),
    shortDescription: { text: summary },
    help: { text: summary, markdown },
    defaultConfiguration: { level: LEVELS[severity] },
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
    ...(finding.fixes.length > 0 ? { fixes: finding.fixes.map((plan) => fix(plan, locations)) } : {}),
    properties: { hosts: [...finding.hosts] },
  };
}

function fix(plan: FixPlan, locations: Locations): Fix {
  return {
    description: { text: plan.note ? `${plan.title}. Then: ${plan.note}` : plan.title },
    artifactChanges: [...plan.edits].map(([file, edits]) => ({
      artifactLocation: { uri: uriOf(file, locations) },
      replacements: edits.map(({ start, end, text }) => ({
        deletedRegion: region({ file, start, end }, locations),
        insertedContent: { text },
      })),
    })),
  };
}

function physical(place: Place, locations: Locations): PhysicalLocation {
  return { artifactLocation: { uri: uriOf(place.file, locations) }, region: region(place, locations) };
}

function region(place: Place, locations: Locations): Region {
  const { start, end } = locations.range(place);
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}

/** Relative to the working directory; a `file:` address outside of it. */
function uriOf(file: string, locations: Locations): string {
  const path = locations.shown(file).split("/").map(encodeURIComponent).join("/");
  return path.startsWith("/") ? `file://${path}` : path;
}
