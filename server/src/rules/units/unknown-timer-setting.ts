import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import { childrenOf, nameAt, openOf } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { isSlipOf } from "../reading/nearest-name.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A setting of a timer whose name is a slip of one that systemd knows. */
export const unknownTimerSetting = defineRule({
  code: "IMP725",
  name: "unknown-timer-setting",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    for (const scope of [["systemd"], ["systemd", "user"]]) {
      for (const { name, node, certain } of childrenOf(host.config.at(...scope, "timers"))) {
        if (certain.answer === "yes") reportSlips(context, name, node.child("timerConfig"), false);
      }
    }
    for (const { name, node, certain } of childrenOf(host.config.at("services", "restic", "backups"))) {
      // The settings take the place of the module's own, OnCalendar among them.
      if (certain.answer === "yes") reportSlips(context, name, node.child("timerConfig"), true);
    }
  },
});

/** The settings that start a timer's service. */
const TRIGGERS = [
  ...["OnActiveSec", "OnBootSec", "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec", "OnCalendar"],
  ...["OnClockChange", "OnTimezoneChange"],
];

/** systemd.timer(5). */
const SETTINGS = [
  ...TRIGGERS,
  ...["AccuracySec", "RandomizedDelaySec", "RandomizedOffsetSec", "FixedRandomDelay", "DeferReactivation"],
  ...["Persistent", "WakeSystem", "RemainAfterElapse", "Unit"],
];

function reportSlips(context: RuleContext, timer: string, settings: OptionNode, isWhole: boolean): void {
  if (settings.isDefined() === false || openOf(settings)) return;
  const set = childrenOf(settings);
  const others = set.some(({ name, certain }) => certain.answer !== "no" && TRIGGERS.includes(name));
  for (const { name, node, certain } of set) {
    if (certain.answer !== "yes" || SETTINGS.includes(name)) continue;
    const meant = SETTINGS.filter((setting) => isSlipOf(name, setting));
    const [only] = meant;
    if (only === undefined || meant.length > 1) continue;
    const at = nameAt(node);
    const isDead = TRIGGERS.includes(only) && !others && isWhole;
    context.report({
      at,
      severity: isDead ? "error" : "warning",
      message: `systemd knows no \`${name}\` and passes over it with a line in the journal. ${
        isDead
          ? `Nothing else starts \`${timer}\`, for these settings take the place of the module's: systemd refuses the timer ("lacks value setting"), and it never runs.`
          : TRIGGERS.includes(only) && !others
            ? `Unless a \`startAt\` says otherwise, nothing else starts \`${timer}\`: it never runs.`
            : "It has no effect."
      }`,
      help: `Write ${only}.`,
      fixes: (): readonly FixPlan[] =>
        offer(replaceTextAt(context, at, name, only), {
          title: `Change to ${only}`,
          safety: "unsafe",
          note: "The timer does what it says from then on.",
        }),
    });
  }
}
