import { HOLE } from "../eval/value.ts";
import type { OptionNode } from "../modules/option-node.ts";
import type { CalendarUse, Known, Script, SnapshotJob, Unit } from "./host.ts";
import { normalise } from "./paths.ts";
import { unitPeriod } from "./period.ts";
import { shellCommands } from "./shell-commands.ts";
import type { Units } from "./units.ts";
import { known, notKnown } from "./verdict.ts";

/** Services of the host that take btrfs snapshots in their own scripts. */
export function readScriptJobs(root: OptionNode, units: Units, calendars: readonly CalendarUse[]): SnapshotJob[] {
  return units.list.flatMap((unit) => (unit.stage === "system" ? jobOf(root, unit, calendars) : []));
}

function jobOf(root: OptionNode, unit: Unit, calendars: readonly CalendarUse[]): SnapshotJob[] {
  const snapshots = unit.scripts.flatMap(snapshotsIn);
  const [first] = snapshots;
  if (!first) return [];
  return [
    {
      tool: "script",
      name: unit.name,
      place: first.source.place ?? unit.place,
      sources: snapshots.map(({ source }) => source),
      directory: first.directory,
      period: unitPeriod(root, calendars, unit.name),
      retention: undefined,
      node: unit.node,
    },
  ];
}

interface Snapshot {
  readonly source: Known<string>;
  readonly directory: Known<string>;
}

function snapshotsIn(script: Script): Snapshot[] {
  return shellCommands(script.text).flatMap(({ words }) => {
    const [program = "", group = "", action, ...rest] = words;
    if (!/(^|\/)btrfs$/.test(program) || !/^su(b(volume)?)?$/.test(group) || action !== "snapshot") return [];
    const [source, target] = rest.filter((word) => !word.startsWith("-"));
    if (source === undefined || target === undefined) return [];
    return [{ source: pathOf(source, script), directory: directoryOf(target, script) }];
  });
}

function pathOf(word: string, script: Script): Known<string> {
  if (word.includes(HOLE) || word.includes("$")) {
    return notKnown(script.holes[0]?.why ?? `\`${word}\` is only known when the script runs`, script.place);
  }
  const start = script.text.indexOf(word);
  return known(normalise(word), script.placeOf(start, start + word.length) ?? script.place);
}

/** The directory part of a snapshot's name, whose last part usually is a date. */
function directoryOf(target: string, script: Script): Known<string> {
  const end = target.lastIndexOf("/");
  return end > 0 ? pathOf(target.slice(0, end), script) : pathOf(target, script);
}
