import { offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import { defineRule } from "../rule.ts";

/** `date +%u` counts 1 to 7 and `%w` 0 to 6: a test for the other's Sunday is never true. */
export const impossibleWeekdayTest = defineRule({
  code: "IMP606",
  name: "impossible-weekday-test",
  group: "snapshots",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const test =
      /(?:\$\(\s*date\s+["']?\+%([uw])["']?\s*\)|`date\s+["']?\+%([uw])["']?`)["']?\s*(?:==?|-eq)\s*["']?(\d+)\b/g;
    for (const script of context.host.scripts) {
      for (const match of script.text.matchAll(test)) {
        const format = match[1] ?? match[2];
        const day = match[3] ?? "";
        const [lowest, highest] = format === "u" ? [1, 7] : [0, 6];
        if (Number(day) >= lowest && Number(day) <= highest) continue;
        const start = match.index + match[0].lastIndexOf(day);
        const sunday = format === "u" ? "7" : "0";
        const isSunday = day === "0" || day === "7";
        context.report({
          at: script.placeOf(start, start + day.length) ?? script.place,
          message: `\`date +%${format}\` prints ${lowest} to ${highest} (Sunday is ${sunday}), never ${day}: this test is never true, and what it guards never runs.`,
          help: isSunday
            ? `Compare with ${sunday} for Sunday, or let the timer choose the day: OnCalendar = "Sun 03:00".`
            : `Compare with a number from ${lowest} to ${highest}.`,
          fixes: () =>
            isSunday
              ? offer(replaceTextAt(context, script.placeOf(start, start + day.length), day, sunday), {
                  title: `Compare with ${sunday} (Sunday)`,
                  safety: "safe",
                  preferred: true,
                })
              : [],
        });
      }
    }
  },
});
