import type { Finding } from "../rules/rule.ts";
import type { Locations } from "./locations.ts";
import { printableLine } from "./printable.ts";

/** One line a finding: `path:line:column: severity CODE message`, lines and columns from 1. */
export function concise(findings: readonly Finding[], locations: Locations): string {
  return findings
    .map((finding) => {
      const { start } = locations.range(finding.at);
      const where = `${printableLine(locations.shown(finding.at.file))}:${start.line + 1}:${start.character + 1}`;
      return `${where}: ${finding.severity} ${finding.code} ${oneLine(finding.message)}\n`;
    })
    .join("");
}

function oneLine(text: string): string {
  return printableLine(text.replace(/\s+/g, " "));
}
