import { nextElapses, parseCalendar } from "../../shell/calendar.ts";
import { defineRule } from "../rule.ts";

/**
 * The search begins at a fixed day, so that a finding does not depend on when the check runs: what has no date from this
 * day on had none since any release of NixOS that is still in use.
 */
const SINCE = Date.UTC(2024, 0, 1) * 1000;

/** A calendar expression that systemd accepts, although no day fits it. */
export const neverElapsingCalendar = defineRule({
  code: "IMP704",
  name: "never-elapsing-calendar",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    // Most timers of a host elapse at the same few times.
    const judged = new Map<string, boolean>();
    for (const { option, expression, place, timer } of host.calendars) {
      if (!expression.known) continue;
      const isDead = judged.get(expression.value) ?? neverElapses(expression.value);
      judged.set(expression.value, isDead);
      if (!isDead) continue;
      const at = expression.place ?? place;
      const name = timer === undefined ? `\`${option.join(".")}\`` : `the timer of \`${timer}\``;
      report({
        at,
        message: `No day fits \`${expression.value}\`: systemd accepts it and starts ${name}, but the job never runs.`,
        help: "`systemd-analyze calendar` shows when an expression elapses next. For the last day of each month write *-*~01.",
        related:
          place && at && (place.file !== at.file || place.start !== at.start)
            ? [{ place, message: `used here, in \`${option.join(".")}\`` }]
            : [],
      });
    }
  },
});

function neverElapses(expression: string): boolean {
  const parsed = parseCalendar(expression);
  return parsed.ok && nextElapses(parsed.spec, SINCE, 1, "UTC").kind === "never";
}
