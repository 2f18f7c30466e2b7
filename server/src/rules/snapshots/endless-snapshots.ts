import { HOLE } from "../../eval/value.ts";
import type { Host, Script, SnapshotJob } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { unitPeriod } from "../../host/period.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { snapshotsIn } from "../../host/script-snapshots.ts";
import { secondsWords } from "../../shell/retention.ts";
import { resolveWordAll } from "../../shell/sh-values.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** A service that takes snapshots by timer, on a host where nothing ever deletes one. */
export const endlessSnapshots = defineRule({
  code: "IMP614",
  name: "endless-snapshots",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const job of [...host.snapshotJobs.filter(({ tool }) => tool === "script"), ...bcachefsJobs(host)]) {
      const { directory, period } = job;
      if (!period?.known || !directory?.known) continue;
      const unit = host.units.find(({ name, stage }) => stage === "system" && name === job.name);
      if (!unit?.scripts.some(makesNewNames) || mayBeDeleted(host, directory.value)) continue;
      const sources = Math.max(1, job.sources.length);
      const year = Math.round((365.25 * 86_400) / period.value) * sources;
      report({
        at: job.place,
        message: `\`${job.name}\` takes a snapshot every ${secondsWords(period.value).replace(/^1 /, "")}${sources > 1 ? ` of ${sources} subvolumes` : ""}, and nothing in the configuration ever deletes one: about ${year} in \`${directory.value}\` after a year. Whatever is deleted since stays on the disk until it is full.`,
        help: "Delete those that are too old after taking one, by the date in their name; or let btrbk or snapper take and delete them.",
        related: [{ place: period.place, message: `every ${secondsWords(period.value)}` }],
      });
    }
  },
});

interface Job extends Pick<SnapshotJob, "name" | "place" | "sources" | "directory" | "period"> {}

/** Units that take snapshots of bcachefs, which no other rule asks about. */
function bcachefsJobs(host: Host): readonly Job[] {
  return host.units.flatMap(({ name, stage, scripts, place }): Job[] => {
    const taken = stage === "system" ? scripts.flatMap((script) => snapshotsIn(script, "bcachefs")) : [];
    const [first] = taken;
    if (!first) return [];
    const sources = taken.flatMap((one) => one.sources);
    const period = unitPeriod(host.config, host.calendars, name);
    return [{ name, place: first.place ?? place, sources, directory: first.directory, period }];
  });
}

/** Whether each run makes a snapshot under another name: what stands for the date is only known when it runs. */
function makesNewNames(script: Script): boolean {
  const { storage, scope } = commandsOf(script);
  return storage.some(
    (command) =>
      command.kind === "subvolume-snapshot" &&
      resolveWordAll(command.destination, scope).every(({ value }) => value === undefined) &&
      /\bdate\b|EPOCH/.test(script.text),
  );
}

/** Programs that delete snapshots, or anything. */
const DELETES = /\b(btrbk|snapper|delete|del|prune|expire|rotate|clean\w*|gc|rm|purge)\b|-delete\b/i;

/**
 * Whether a script of the host may delete snapshots: it says so, calls something that cannot be read, or belongs to a tool
 * that does. Only scripts that concern the place, or btrfs at all, are looked at.
 */
function mayBeDeleted(host: Host, directory: string): boolean {
  const concerned = host.scripts.filter(({ text }) => /btrfs|bcachefs/.test(text) || text.includes(directory));
  return (
    concerned.some(
      ({ text, holes }) => DELETES.test(text) || holes.some(({ start, end }) => isCalled(text, start, end)),
    ) ||
    host.scripts.some(({ text }) => text.includes(HOLE) && DELETES.test(text)) ||
    tmpfilesRules(host).some(({ path }) => isAtOrBelow(directory, path) || isAtOrBelow(path, directory)) ||
    host.snapshotJobs.some(({ tool }: SnapshotJob) => tool === "btrbk" || tool === "snapper" || tool === "policy") ||
    host.services.some(({ enable }) => /snapper|btrbk/.test(enable))
  );
}

/** Whether what is not known stands where a program is named, not as one of its arguments. */
function isCalled(text: string, start: number, end: number): boolean {
  const before =
    text
      .slice(0, start)
      .split(/[\n;|&(]/)
      .at(-1) ?? "";
  return before.trim() === "" && !/^\/bin\/(btrfs|bcachefs|date|mkdir|mount|umount|echo)\b/.test(text.slice(end));
}
