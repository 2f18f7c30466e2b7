import type { Finding } from "../rules/rule.ts";
import { levelOf, type Settings } from "../settings.ts";

/** The findings with the severities that the user gave to rules; those of silenced rules are left out. */
export function withUserLevels(findings: readonly Finding[], settings: Settings): readonly Finding[] {
  return findings.flatMap((finding) => {
    const level = levelOf(settings, { code: finding.code, name: finding.rule });
    if (level === undefined || level === finding.severity) return [finding];
    return level === "off" ? [] : [withSeverity(finding, level)];
  });
}

/** Fixes stay uncomputed until somebody asks for them, so the finding is not spread. */
function withSeverity(finding: Finding, severity: Finding["severity"]): Finding {
  const { code, rule, at, message, help, related, hosts } = finding;
  return {
    ...{ code, rule, severity, at, message, help, related, hosts },
    get fixes() {
      return finding.fixes;
    },
  };
}
