import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { isNamed, nameAt } from "../../host/read-values.ts";
import { isStartedByOthers, ownService, ownTimers, placeOfTimer } from "../reading/own-timers.ts";
import { defineRule } from "../rule.ts";

/** A timer of the host's own that no target wants. */
export const timerThatNeverStarts = defineRule({
  code: "IMP714",
  name: "timer-that-never-starts",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    for (const timer of ownTimers(host)) {
      const { name, node, scope, triggers, starts } = timer;
      if (triggers.length === 0 || ["wantedBy", "requiredBy", "upheldBy", "aliases"].some((key) => isNamed(node, key)))
        continue;
      const service = starts?.endsWith(".service")
        ? ownService(host, scope, starts.slice(0, -".service".length))
        : undefined;
      // A service with `startAt` has a timer that is wanted.
      if (!service || isNamed(service, "startAt") || isStartedByOthers(host, scope, `${name}.timer`)) continue;
      const isAlsoStarted = ["wantedBy", "requiredBy"].some((key) => isNamed(service, key));
      report({
        at: placeOfTimer(timer),
        message: `Nothing starts the timer \`${name}\`: it has no \`wantedBy\`, and NixOS adds none. ${
          isAlsoStarted
            ? `\`${starts}\` runs when the host boots, and never by this timer.`
            : `\`${starts}\` runs only when somebody starts it by hand.`
        }`,
        help: `Set systemd.${scope.length > 1 ? "user." : ""}timers.${name}.wantedBy = [ "timers.target" ].`,
        related: [{ place: nameAt(service), message: "what it is to start" }],
        fixes: () =>
          offer(setOption(context, [...scope, "timers", name, "wantedBy"], '[ "timers.target" ]'), {
            title: `Start ${name}.timer at boot (wantedBy = [ "timers.target" ])`,
            safety: "unsafe",
            note: `\`${starts}\` runs by the timer from then on, which it did not before.`,
          }),
      });
    }
  },
});
