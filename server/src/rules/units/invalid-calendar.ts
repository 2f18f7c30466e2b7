import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import { parseCalendar } from "../../shell/calendar.ts";
import { suggestCalendar } from "../../shell/suggest-calendar.ts";
import { defineRule } from "../rule.ts";

/** systemd drops a calendar expression it cannot read, and with it the timer. */
export const invalidCalendar = defineRule({
  code: "IMP701",
  name: "invalid-calendar",
  group: "units",
  severity: "error",
  since: "0.1.0",

  check(context) {
    // Most timers of a host elapse at the same few times.
    const valid = new Set<string>();
    for (const { option, expression, place, timer } of context.host.calendars) {
      if (!expression.known || valid.has(expression.value)) continue;
      const parsed = parseCalendar(expression.value);
      if (parsed.ok) {
        valid.add(expression.value);
        continue;
      }
      const meant = suggestCalendar(expression.value);
      const at = expression.place ?? place;
      const span = parsed.timespan !== undefined ? " It is a time span, which belongs to OnUnitActiveSec." : "";
      const name = timer === undefined ? `\`${option.join(".")}\`` : `the timer of \`${timer}\``;
      context.report({
        at,
        message: `\`${expression.value}\` is no calendar expression.${span} systemd ignores it and refuses ${name}: the job never runs, and NixOS does not notice.`,
        help: meant
          ? `Write "${meant.calendar}"${meant.note ? ` (${meant.note})` : ""}.`
          : "See systemd.time(7), Calendar Events.",
        related:
          place && at && (place.file !== at.file || place.start !== at.start)
            ? [{ place, message: `used here, in \`${option.join(".")}\`` }]
            : [],
        fixes: () =>
          meant
            ? offer(replaceStringAt(context, at, meant.calendar), {
                title: `Change to "${meant.calendar}"`,
                safety: meant.note === undefined ? "safe" : "unsafe",
                preferred: true,
                ...(meant.note !== undefined && { note: meant.note }),
              })
            : [],
      });
    }
  },
});
