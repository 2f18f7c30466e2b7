import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { readBoolean, setAt } from "../../host/read-values.ts";
import { coveragePlace } from "../reading/coverage-place.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** Switches of NixOS that bring a timer with `Persistent = true`. */
const PERSISTENT = [
  ["services", "btrfs", "autoScrub", "enable"],
  ["services", "zfs", "autoScrub", "enable"],
  ["nix", "gc", "automatic"],
  ["nix", "optimise", "automatic"],
];

/** Timers with `Persistent` catch up on missed runs by a stamp file; without it they start anew at each boot. */
export const unpersistedTimerStamps = defineRule({
  code: "IMP404",
  name: "unpersisted-timer-stamps",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const timers = persistentTimers(context.host);
    const [first] = timers;
    if (!first) return;
    const loss = uncoveredLoss(context.host, "/var/lib/systemd/timers");
    if (loss.lost !== "yes" || isStateless(context.host)) return;
    const names = timers.slice(0, 3).map(({ name }) => `\`${name}\``);
    const more = timers.length > 3 ? ` and ${timers.length - 3} more` : "";
    context.report({
      at: coveragePlace(context.host),
      message: `\`/var/lib/systemd/timers\` ${lossInWords(loss)}, and with it the stamps of ${names.join(", ")}${more}. \`Persistent = true\` then remembers nothing: a weekly or monthly job may never run on a machine that is rebooted more often.`,
      help: 'Persist "/var/lib/systemd" (it holds the random seed and core dumps too).',
      related: timers.slice(0, 3).map(({ name, place }) => ({ place, message: `\`${name}\` relies on its stamp` })),
      fixes: () => persistFix(context, [{ kind: "directory", path: "/var/lib/systemd" }]),
    });
  },
});

function persistentTimers(host: Host): { name: string; place: Place | undefined }[] {
  const own = host.calendars
    .filter(({ persistent }) => persistent?.known && persistent.value)
    .map(({ option, timer, place }) => ({ name: timer ?? option.join("."), place }));
  const switched = PERSISTENT.filter((path) => {
    const flag = readBoolean(host.config.at(...path));
    return flag?.known && flag.value;
  }).map((path) => ({ name: path.slice(0, -1).join("."), place: setAt(host.config.at(...path)) }));
  const btrbk = host.snapshotJobs
    .filter(({ tool }) => tool === "btrbk")
    .map(({ name, place }) => ({ name: `btrbk-${name}`, place }));
  return [...own, ...switched, ...btrbk];
}
