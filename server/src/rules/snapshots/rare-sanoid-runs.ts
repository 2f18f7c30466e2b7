import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { calendarSeconds } from "../../host/period.ts";
import { childrenOf, openOf, readBoolean, readString, readTexts, setAt } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

/** Snapshots that sanoid is to take more often than it is run. */
export const rareSanoidRuns = defineRule({
  code: "IMP652",
  name: "rare-sanoid-runs",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const sanoid = host.config.at("services", "sanoid");
    const enabled = readBoolean(sanoid.child("enable"));
    if (!enabled?.known || !enabled.value) return;
    const interval = sanoid.child("interval");
    const isSet = interval.isDefined() !== false;
    const text = isSet ? readString(interval) : { known: true as const, value: "hourly", place: undefined };
    const runs = text?.known ? calendarSeconds(text) : undefined;
    // A timer of the host's own, or a script, may run it besides.
    if (!text?.known || !runs?.known || host.scripts.some(({ text: script }) => /\bsanoid\b/.test(script))) return;
    if (sanoid.child("timer").isDefined() === true || isNamedTimer(host.config.at("systemd", "timers"))) return;
    const said = new Set<string>();
    for (const { node, certain } of childrenOf(sanoid.child("datasets"))) {
      const named = ["use_template", "useTemplate"].map((option) => readTexts(node.child(option)));
      if (certain.answer !== "yes" || named.some(({ open }) => open.length > 0)) continue;
      const templates = named.flatMap(({ texts }) => texts.map(({ text: name }) => sanoid.at("templates", name)));
      const sections = [node, ...templates];
      if (sections.some((section) => openOf(section))) continue;
      const first = (key: string) =>
        sections.map((section) => section.child(key)).find((one) => one.isDefined() !== false);
      const frequently = first("frequently");
      const count = frequently?.value();
      const period = first("frequent_period")?.value() ?? 15;
      const takes = first("autosnap");
      const flag = takes && readBoolean(takes);
      if (typeof count !== "number" || count <= 0 || typeof period !== "number" || period <= 0) continue;
      if ((flag && (!flag.known || !flag.value)) || runs.value <= period * 60) continue;
      const place = frequently && setAt(frequently);
      const key = `${place?.file}:${place?.start}`;
      if (said.has(key)) continue;
      said.add(key);
      const expression = period < 60 && 60 % period === 0 ? `*:0/${period}` : undefined;
      report({
        at: place,
        message: `sanoid is to take a snapshot every ${period} minutes, and runs ${isSet ? `at \`${text.value}\`` : "once an hour, as `services.sanoid.interval` is not set"}: it takes one at each run, so that the ${count} that it keeps are further apart, and the last one is older than it should be.`,
        help: `Set services.sanoid.interval${expression ? ` = "${expression}"` : ""}, so that it runs as often as the snapshots are wanted.`,
        related: [{ place: text.place, message: "how often it runs" }],
        fixes: () =>
          expression
            ? offer(setOption(context, ["services", "sanoid", "interval"], `"${expression}"`), {
                title: `Run sanoid every ${period} minutes`,
                safety: "safe",
                preferred: true,
              })
            : [],
      });
    }
  },
});

/** A host that has a timer of that name changes the one of the module. */
function isNamedTimer(timers: Parameters<typeof childrenOf>[0]): boolean {
  return timers.names().some(({ name }) => name === "sanoid");
}
