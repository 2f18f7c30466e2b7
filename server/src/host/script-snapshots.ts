import type { OptionNode } from "../modules/option-node.ts";
import type { Word } from "../shell/sh-ast.ts";
import { resolveWordAll } from "../shell/sh-values.ts";
import { expand } from "./expand.ts";
import type { CalendarUse, Known, Script, SnapshotJob, Unit } from "./host.ts";
import { normalise } from "./paths.ts";
import { perItem } from "./per-item.ts";
import { unitPeriod } from "./period.ts";
import { nameAt } from "./read-values.ts";
import { scriptsOf } from "./script.ts";
import { commandsOf } from "./script-commands.ts";
import type { Units } from "./units.ts";
import { known, notKnown } from "./verdict.ts";

/** Services of the host that take btrfs snapshots in their own scripts, and backups that do in their hooks. */
export function readScriptJobs(root: OptionNode, units: Units, calendars: readonly CalendarUse[]): SnapshotJob[] {
  return [
    ...snapshotsOfUnits(units.list).map((job) => ({ ...job, period: unitPeriod(root, calendars, job.name) })),
    ...HOOKS.flatMap(({ jobs, hooks }) => expand(root, jobs).flatMap(({ node }) => hookJob(node, hooks))),
  ];
}

/** Where modules of backups take commands to run before and after. */
const HOOKS = [
  { jobs: ["services", "restic", "backups", "*"], hooks: ["backupPrepareCommand", "backupCleanupCommand"] },
  { jobs: ["services", "borgbackup", "jobs", "*"], hooks: ["preHook", "postCreate", "postHook"] },
] as const;

function hookJob(node: OptionNode, hooks: readonly string[]): SnapshotJob[] {
  const snapshots = hooks.flatMap((hook) => scriptsOf(node.child(hook)).flatMap((script) => snapshotsIn(script)));
  const [first] = snapshots;
  if (!first) return [];
  const sources = snapshots.flatMap((one) => one.sources);
  const place = first.place ?? nameAt(node);
  const name = node.path.at(-1) ?? "";
  const { directory } = first;
  return [{ tool: "script", name, place, sources, directory, period: undefined, keeps: undefined, node }];
}

/** What is known of a job before its timer is. */
const snapshotsOfUnits = perItem((unit: Unit): readonly SnapshotJob[] => {
  const snapshots = unit.stage === "system" ? unit.scripts.flatMap((script) => snapshotsIn(script)) : [];
  const [first] = snapshots;
  if (!first) return [];
  return [
    {
      tool: "script",
      name: unit.name,
      place: first.place ?? unit.place,
      sources: snapshots.flatMap(({ sources }) => sources),
      directory: first.directory,
      period: undefined,
      keeps: undefined,
      node: unit.node,
    },
  ];
});

/** A snapshot that a command of a script takes. */
export interface ScriptSnapshot {
  readonly place: SnapshotJob["place"];
  readonly sources: readonly Known<string>[];
  readonly directory: Known<string>;
}

/** The snapshots that a script takes with one of the tools. */
export function snapshotsIn(script: Script, tool: "btrfs" | "bcachefs" = "btrfs"): readonly ScriptSnapshot[] {
  // Most scripts of a host have nothing to do with snapshots and need no parsing.
  if (!script.text.includes(tool)) return [];
  const { storage, scope } = commandsOf(script);
  return storage.flatMap((command) => {
    if (command.kind !== "subvolume-snapshot" || command.tool !== tool) return [];
    const place = (word: Word) => script.placeOf(word.start, word.end) ?? script.place;
    const sources = resolveWordAll(command.source, scope).map(({ value, reason }) =>
      value === undefined
        ? notKnown<string>(reason ?? "its name is only known when the script runs", place(command.source))
        : known(normalise(value), place(command.source)),
    );
    // The last part of a snapshot's name usually is a date; the directory before it is what counts.
    const [target] = resolveWordAll(command.destination, scope);
    const prefix = target?.value ?? target?.prefix ?? "";
    const end = prefix.lastIndexOf("/");
    const directory =
      end > 0
        ? known(normalise(prefix.slice(0, end)), place(command.destination))
        : notKnown<string>(target?.reason ?? "it is the working directory of the script", place(command.destination));
    return [{ place: place(command.source), sources, directory }];
  });
}
