import type { Finding, Severity } from "../rules/rule.ts";
import type { Locations } from "./locations.ts";
import { printable } from "./printable.ts";

const COMMANDS: Record<Severity, string> = {
  error: "error",
  warning: "warning",
  information: "notice",
  hint: "notice",
};

/** Workflow commands that GitHub shows as annotations in a pull request. */
export function github(findings: readonly Finding[], locations: Locations): string {
  return findings
    .map((finding) => {
      const { start, end } = locations.range(finding.at);
      const properties = [
        `file=${property(locations.shown(finding.at.file))}`,
        `line=${start.line + 1}`,
        `endLine=${end.line + 1}`,
        // GitHub refuses columns for annotations that span lines.
        ...(start.line === end.line ? [`col=${start.character + 1}`, `endColumn=${end.character + 1}`] : []),
        `title=${property(`${finding.code} ${finding.rule}`)}`,
      ];
      const help = finding.help ? ` ${finding.help}` : "";
      return `::${COMMANDS[finding.severity]} ${properties.join(",")}::${data(finding.message + help)}\n`;
    })
    .join("");
}

function data(text: string): string {
  return printable(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
