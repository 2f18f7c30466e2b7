import type { Host, SnapshotJob } from "../host/host.ts";
import { bindingAt } from "../host/read-values.ts";
import { parseCalendar } from "../shell/calendar.ts";
import { UNIT_SECONDS } from "../shell/retention.ts";
import { mergeEdits } from "./combine-plans.ts";
import { attributeName, quote } from "./nix-text.ts";
import { type EditContext, type FileEdits, setOption } from "./option-edit.ts";
import { removeBindingAt } from "./place-edit.ts";

/**
 * Takes snapshots with btrbk in place of a service of the host's own: the same subvolumes, directory and times, kept by a
 * policy that thins them out. The service and its timer go; what cleans up behind them stays, and has to be taken out by
 * hand. Undefined where what the script does, or the bindings that make it, are not known.
 */
export function btrbkInstead(context: EditContext, job: SnapshotJob): FileEdits | undefined {
  const { host } = context;
  const sources = job.sources.flatMap((source) => (source.known ? [source.value] : []));
  const { directory } = job;
  if (job.tool !== "script" || !directory?.known || sources.length !== job.sources.length) return undefined;
  // A snapshot of a root that is wiped has no use, and btrbk shall not take it.
  const kept = [...new Set(sources)].filter((source) => source !== "/" || host.ephemeralRoot.kind === "none");
  if (kept.length === 0) return undefined;
  const service = removeBindingAt(context, bindingAt(host.config.at("systemd", "services", job.name)));
  const timer = host.config.at("systemd", "timers", job.name);
  const timed = timer.isDefined() === false ? undefined : removeBindingAt(context, bindingAt(timer));
  if (!service || (timer.isDefined() !== false && !timed)) return undefined;
  const { least, schedule } = policyOf(host);
  const text = `{
  onCalendar = ${quote(calendarOf(host, job))};
  settings = {
    timestamp_format = "long";
    snapshot_dir = ${quote(directory.value)};
    snapshot_preserve_min = ${quote(least)};
    snapshot_preserve = ${quote(schedule)};
    subvolume = {
${kept.map((source) => `      ${attributeName(source)} = { };\n`).join("")}    };
  };
}`;
  const name = job.name.replace(/[^\w-]/g, "-");
  const added = setOption(context, ["services", "btrbk", "instances", name], text);
  return added && mergeEdits(added, service, timed);
}

function calendarOf({ calendars }: Host, job: SnapshotJob): string {
  const found = calendars.find(({ timer, expression }) => timer === job.name && expression.known)?.expression;
  return found?.known && parseCalendar(found.value).ok ? found.value : "daily";
}

/** As long as the host's own policy says in days, thinned out; else two weeks of days, four weeks and three months. */
function policyOf({ snapshotJobs }: Host): { least: string; schedule: string } {
  for (const { tool, keeps } of snapshotJobs) {
    const [one] = tool === "policy" && keeps?.policies.known ? keeps.policies.value : [];
    const days = Math.round((one?.policy.youngerThan ?? 0) / UNIT_SECONDS.day);
    if (one && one.policy.spans.length === 0 && days >= 2 && Number.isFinite(days)) {
      return { least: "2d", schedule: `${days}d` };
    }
  }
  return { least: "2d", schedule: "14d 4w 3m" };
}
