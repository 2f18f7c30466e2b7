import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, readBoolean, readTexts, setAt } from "../../host/read-values.ts";
import { coveragePlace } from "../reading/coverage-place.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { isTrue } from "../reading/used-home-states.ts";
import { lossInWords, uncoveredLoss } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** Switches of NixOS that bring a timer with `Persistent = true`. */
const PERSISTENT = [
  ["services", "btrfs", "autoScrub", "enable"],
  ["services", "zfs", "autoScrub", "enable"],
  ["nix", "gc", "automatic"],
  ["nix", "optimise", "automatic"],
];

/** Options by which somebody asks for `Persistent = true` of a module's timer, each with the switch, or the names, that it needs. */
const ASKED: readonly { readonly group: readonly string[]; readonly flag: string; readonly needs: string }[] = [
  { group: ["services", "snapper"], flag: "persistentTimer", needs: "configs" },
  { group: ["system", "autoUpgrade"], flag: "persistent", needs: "enable" },
  { group: ["nix", "gc"], flag: "persistent", needs: "automatic" },
  { group: ["nix", "optimise"], flag: "persistent", needs: "automatic" },
];

/** Timers with `Persistent` make up for what the machine slept through by a stamp file; without it they make up for nothing. */
export const unpersistedTimerStamps = defineRule({
  code: "IMP404",
  name: "unpersisted-timer-stamps",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { own, switched } = persistentTimers(context.host);
    const timers = [...own, ...switched];
    if (timers.length === 0) return;
    const loss = uncoveredLoss(context.host, "/var/lib/systemd/timers");
    if (loss.lost !== "yes" || isStateless(context.host)) return;
    const names = timers.slice(0, 3).map(({ name }) => `\`${name}\``);
    const more = timers.length > 3 ? ` and ${timers.length - 3} more` : "";
    context.report({
      at: coveragePlace(context.host),
      // Who only took what a module sets may have a machine that is always on, which misses nothing.
      severity: own.length > 0 ? "warning" : "information",
      message: `\`/var/lib/systemd/timers\` ${lossInWords(loss)}, and with it the stamps of ${names.join(", ")}${more}. \`Persistent = true\` then makes up for nothing: a job whose time comes while the machine is off waits for the next time, and a weekly or monthly one may never run.`,
      help: 'Persist "/var/lib/systemd" (it holds the random seed and core dumps too).',
      related: timers.slice(0, 3).map(({ name, place }) => ({ place, message: `\`${name}\` relies on its stamp` })),
      fixes: () => persistFix(context, [{ kind: "directory", path: "/var/lib/systemd" }]),
    });
  },
});

interface Timer {
  readonly name: string;
  readonly place: Place | undefined;
}

/** Timers that the host itself makes persistent, and those of modules that do so. */
function persistentTimers(host: Host): { own: readonly Timer[]; switched: readonly Timer[] } {
  const own = [
    ...host.calendars
      .filter(({ persistent }) => persistent?.known && persistent.value)
      .map(({ option, timer, place }) => ({ name: timer ?? option.join("."), place })),
    ...askedFor(host),
  ];
  const switched = PERSISTENT.filter((path) => {
    const flag = readBoolean(host.config.at(...path));
    return flag?.known && flag.value;
  })
    .map((path) => ({ name: path.slice(0, -1).join("."), place: setAt(host.config.at(...path)) }))
    .filter(({ name }) => !own.some((one) => one.name === name));
  const btrbk = host.snapshotJobs
    .filter(({ tool }) => tool === "btrbk")
    .map(({ name, place }) => ({ name: `btrbk-${name}`, place }));
  return { own, switched: [...switched, ...btrbk] };
}

/** Timers of modules that somebody makes persistent by an option of the module. */
function askedFor({ config }: Host): readonly Timer[] {
  const jobs = childrenOf(config.at("services", "borgbackup", "jobs")).flatMap(({ name, node, certain }) => {
    const flag = node.child("persistentTimer");
    const hasTimer = node.child("startAt").isDefined() === false || readTexts(node.child("startAt")).texts.length > 0;
    return certain.answer === "yes" && hasTimer && isTrue(flag)
      ? [{ name: `borgbackup-job-${name}`, place: setAt(flag) }]
      : [];
  });
  const others = ASKED.flatMap(({ group, flag, needs }) => {
    const node = config.at(...group);
    const isOn = isTrue(node.child(needs)) || node.child(needs).names().length > 0;
    return isOn && isTrue(node.child(flag)) ? [{ name: group.join("."), place: setAt(node.child(flag)) }] : [];
  });
  return [...jobs, ...others];
}
