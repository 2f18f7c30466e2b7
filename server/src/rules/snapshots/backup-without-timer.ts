import { NixList } from "../../eval/value.ts";
import { backupJobs } from "../../host/backup-jobs.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, nameAt, read, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { textsBelow } from "../reading/option-texts.ts";
import { defineRule } from "../rule.ts";

/** A backup that has no timer, and that nothing else starts. */
export const backupWithoutTimer = defineRule({
  code: "IMP633",
  name: "backup-without-timer",
  group: "snapshots",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    for (const { tool, name, node, paths } of backupJobs(host.config)) {
      if (tool === "borgmatic" || (paths.length === 0 && tool === "restic")) continue;
      const option = node.child(tool === "restic" ? "timerConfig" : "startAt");
      const unit = tool === "restic" ? `restic-backups-${name}` : `borgbackup-job-${name}`;
      if (!isSwitchedOff(option) || mayBeStarted(host, unit)) continue;
      report({
        at: nameAt(option),
        message: `The backup \`${name}\` has no timer, and nothing on this host starts \`${unit}.service\`: it runs when somebody thinks of it.`,
        help:
          tool === "restic"
            ? 'Leave timerConfig out for every day, or set timerConfig = { OnCalendar = "03:00"; Persistent = true; }.'
            : 'Leave startAt out for every day, or set startAt = "03:00".',
      });
    }
  },
});

function isSwitchedOff(option: OptionNode): boolean {
  const reading = read(option);
  if (reading.state !== "set") return false;
  return reading.value === null || (reading.value instanceof NixList && reading.value.items.length === 0);
}

/** Whether a script, a unit, a timer or a rule of udev names the unit. */
function mayBeStarted({ config, scripts, units }: Host, unit: string): boolean {
  if (scripts.some(({ text, holes }) => text.includes(unit) || (holes.length > 0 && /systemctl[^\n]*start/.test(text))))
    return true;
  const own = units.find(({ name }) => name === unit);
  if (own && (own.wantedBy.length > 0 || own.requiredBy.length > 0)) return true;
  const systemd = config.child("systemd");
  const groups = ["services", "timers", "targets", "paths"].flatMap((kind) => childrenOf(systemd.child(kind)));
  if (groups.some(({ name, node }) => (name === unit && node.path[1] === "timers") || names(node, unit))) return true;
  const rules = readTexts(config.at("services", "udev", "extraRules"));
  // A program may start it on request, with or without a rule that lets it.
  const services = ["services", "security", "environment", "home-manager"].flatMap((top) =>
    childrenOf(config.child(top)),
  );
  return (
    rules.open.length > 0 ||
    rules.texts.some(({ text }) => text.includes(unit)) ||
    services.some(({ node }) => names(node, unit))
  );
}

function names(node: OptionNode, unit: string): boolean {
  return textsBelow(node).some(({ text }) => text.includes(unit));
}
