import type { Finding } from "../rules/rule.ts";
import { levelOf, type RuleLevel, type Settings } from "../settings.ts";

/**
 * The findings with the severities that the settings of an editor give to rules; those of silenced rules are left out.
 * Where `impermanence.json` speaks of a rule, as `isConfigured` tells, it goes before the settings.
 */
export function withUserLevels(
  findings: readonly Finding[],
  settings: Settings,
  isConfigured: (finding: Finding) => boolean = () => false,
): readonly Finding[] {
  return withLevels(findings, (finding) =>
    isConfigured(finding) ? undefined : levelOf(settings, { code: finding.code, name: finding.rule }),
  );
}

/** The findings with other severities; `undefined` leaves a finding as it is. */
export function withLevels(
  findings: readonly Finding[],
  levelOf: (finding: Finding) => RuleLevel | undefined,
): readonly Finding[] {
  return findings.flatMap((finding) => {
    const level = levelOf(finding);
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
