import { childrenOf, isNamed, nameAt, openOf } from "../../host/read-values.ts";
import { readUnitBoolean } from "../../host/unit-boolean.ts";
import { defineRule } from "../rule.ts";

/** `Persistent` catches up on missed dates of OnCalendar, and on nothing else. */
export const persistentWithoutCalendar = defineRule({
  code: "IMP705",
  name: "persistent-without-calendar",
  group: "units",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    for (const { name, node } of childrenOf(host.config.at("systemd", "timers"))) {
      const timer = node.child("timerConfig");
      const flag = readUnitBoolean(timer.child("Persistent"));
      if (!(flag?.known && flag.value)) continue;
      if (isNamed(timer, "OnCalendar") || openOf(timer) || openOf(node)) continue;
      // Only a timer that has another trigger is whole; one without any gets its calendar from elsewhere.
      const span = ["OnUnitActiveSec", "OnUnitInactiveSec", "OnBootSec", "OnStartupSec", "OnActiveSec"].find((option) =>
        isNamed(timer, option),
      );
      if (!span || isNamed(host.config.at("systemd", "services", name), "startAt")) continue;
      report({
        at: nameAt(timer.child("Persistent")),
        message: `\`Persistent\` has no effect on the timer \`${name}\`: systemd remembers missed dates of \`OnCalendar\` only, and this timer has \`${span}\`.`,
        help: `Leave it out, or use OnCalendar (for example "daily") so that a run missed while the machine was off is made up for.`,
        related: [{ place: nameAt(timer.child(span)), message: "what starts it" }],
      });
    }
  },
});
