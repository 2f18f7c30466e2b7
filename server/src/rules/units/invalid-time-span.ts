import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Place } from "../../eval/origin.ts";
import { expand } from "../../host/expand.ts";
import type { Host } from "../../host/host.ts";
import { isNamed, nameAt, openOf, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { parseCalendar } from "../../shell/calendar.ts";
import { parseTimeSpan } from "../../shell/time-span.ts";
import { defineRule } from "../rule.ts";

/** What starts a timer after a time; each works on its own. */
const TRIGGERS = ["OnActiveSec", "OnBootSec", "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec"];
/** Settings of a timer that are left at their default when they cannot be read. */
const DETAILS = ["AccuracySec", "RandomizedDelaySec"];

/** Words of calendar expressions that people write for spans. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ["minutely", "1min"],
  ["hourly", "1h"],
  ["daily", "1d"],
  ["weekly", "1w"],
  ["monthly", "1month"],
  ["quarterly", "3month"],
  ["yearly", "1y"],
  ["annually", "1y"],
]);

/** systemd drops a time span that it cannot read, and a timer without any other trigger with it. */
export const invalidTimeSpan = defineRule({
  code: "IMP710",
  name: "invalid-time-span",
  group: "units",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const { value, place, setting, isOnly, effect } of wrongSpans(context.host)) {
      const meant = MEANT.get(value);
      const kind = parseCalendar(value).ok ? " It is a calendar expression, which belongs to OnCalendar." : "";
      context.report({
        at: place,
        severity: isOnly ? "error" : "warning",
        message: `\`${value}\` is no time span for \`${setting}\`.${kind} systemd ignores it: ${effect}, and NixOS does not notice.`,
        help: meant ? `Write "${meant}".` : "See systemd.time(7), Parsing Time Spans: 6h, 30min, 1w 2d.",
        fixes: () =>
          meant
            ? offer(replaceStringAt(context, place, meant), {
                title: `Change to "${meant}"`,
                safety: "safe",
                preferred: true,
              })
            : [],
      });
    }
  },
});

interface WrongSpan {
  readonly value: string;
  readonly place: Place | undefined;
  readonly setting: string;
  /** Whether nothing else starts the timer. */
  readonly isOnly: boolean;
  readonly effect: string;
}

function wrongSpans(host: Host): WrongSpan[] {
  const timers = expand(host.config, ["systemd", "timers", "*"]).flatMap(({ node, names, certain }) =>
    certain.answer === "yes" ? ofTimer(host, node, names[0] ?? "") : [],
  );
  const cleanup = unreadable(host.config.at("services", "snapper", "cleanupInterval")).map((span) => ({
    ...span,
    setting: "services.snapper.cleanupInterval",
    isOnly: false,
    effect: "snapper deletes snapshots once, ten minutes after each boot, and never again while the host is up",
  }));
  return [...timers, ...cleanup];
}

function ofTimer(host: Host, timer: OptionNode, name: string): WrongSpan[] {
  const settings = timer.child("timerConfig");
  const named = TRIGGERS.filter((trigger) => isNamed(settings, trigger));
  const wrong = new Map(named.map((trigger) => [trigger, unreadable(settings.child(trigger))]));
  const isOpen = openOf(settings) !== undefined || openOf(timer) !== undefined;
  const hasOther =
    isOpen ||
    isNamed(settings, "OnCalendar") ||
    isNamed(host.config.at("systemd", "services", name), "startAt") ||
    named.some((trigger) => wrong.get(trigger)?.length === 0);
  const triggers = [...wrong].flatMap(([trigger, spans]) =>
    spans.map((span) => ({
      ...span,
      setting: trigger,
      isOnly: !hasOther,
      effect: hasOther
        ? `the timer \`${name}\` starts its job less often than meant`
        : `nothing is left that starts the timer \`${name}\`, it is refused, and its job never runs`,
    })),
  );
  const details = DETAILS.flatMap((detail) =>
    (isNamed(settings, detail) ? unreadable(settings.child(detail)) : []).map((span) => ({
      ...span,
      setting: detail,
      isOnly: false,
      effect: `the timer \`${name}\` has the default instead`,
    })),
  );
  return [...triggers, ...details];
}

/** The texts of an option that are no time spans; an empty one takes back what was said before. */
function unreadable(node: OptionNode): { value: string; place: Place | undefined }[] {
  if (node.isDefined() === false) return [];
  return readTexts(node).texts.flatMap(({ text, place, certain }) =>
    certain.answer !== "yes" || text.trim() === "" || parseTimeSpan(text).ok
      ? []
      : [{ value: text, place: place ?? nameAt(node) }],
  );
}
