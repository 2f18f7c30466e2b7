import type { Place } from "../../eval/origin.ts";
import type { Host, Script, Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { unitPeriod } from "../../host/period.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { secondsWords } from "../../shell/retention.ts";
import type { Word } from "../../shell/sh-ast.ts";
import { resolveWord } from "../../shell/sh-values.ts";
import { dateFormatsOf } from "../reading/date-names.ts";
import { lossOf } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** Snapshots that are taken more often than their names change. */
export const collidingSnapshots = defineRule({
  code: "IMP646",
  name: "colliding-snapshots",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const { unit, scripts } of datedSnapshots(host.units)) {
      const period = unitPeriod(host.config, host.calendars, unit.name);
      if (!period?.known) continue;
      for (const script of scripts) {
        for (const { word, readonly } of namesOf(script)) {
          const lasts = lifeOf(script, word);
          if (lasts === undefined || period.value * 2 > lasts || mayBeFree(host, script, word)) continue;
          report({
            at: script.placeOf(word.start, word.end) ?? script.place,
            message: `\`${unit.name}\` runs every ${secondsWords(period.value).replace(/^1 /, "")}, and the name of its snapshot changes once in ${secondsWords(lasts)}: from the second run on there is one of that name already. ${
              readonly
                ? "btrfs wants to put the new one into it, and it is read-only: the run fails (“Read-only file system”), and nothing is taken."
                : "btrfs puts the new one into it, and the third run fails."
            }`,
            help: "Take the time into the name, too: $(date +%Y-%m-%d_%H%M).",
            related: [{ place: period.place, message: `every ${secondsWords(period.value)}` }],
          });
        }
      }
    }
    for (const run of repeatedScripts(host)) {
      for (const { word, readonly } of fixedNamesOf(run.script)) {
        const path = resolveWord(word, commandsOf(run.script).scope).value ?? "";
        if (isSpokenOf(host, run.script, word, path) || lossOf(host, path).lost !== "no") continue;
        report({
          at: run.script.placeOf(word.start, word.end) ?? run.script.place,
          message: `${run.who} runs ${run.when}, and its snapshot is always \`${path}\`, which nothing deletes or moves: from the second run on there is one of that name already. ${
            readonly
              ? "btrfs wants to put the new one into it, and it is read-only: the command fails (“Read-only file system”), and the first snapshot stays the only one."
              : "btrfs puts the new one into it, and the third run fails."
          }`,
          help: "Take the date into the name, and delete old ones; or delete the last one first.",
          related: [{ place: run.place, message: run.when }],
        });
      }
    }
  },
});

interface Snapshotting {
  readonly unit: Unit;
  readonly scripts: readonly Script[];
}

/** Services with scripts that snapshot something. */
function snapshotting(isConcerned: (text: string) => boolean): (units: readonly Unit[]) => readonly Snapshotting[] {
  return perItem((unit) => {
    if (unit.stage !== "system" || unit.certain.answer !== "yes") return [];
    const scripts = unit.scripts.filter(({ text }) => text.includes("snapshot") && isConcerned(text));
    return scripts.length > 0 ? [{ unit, scripts }] : [];
  });
}

const datedSnapshots = snapshotting((text) => text.includes("date"));
const btrfsSnapshots = snapshotting((text) => text.includes("btrfs"));

interface Run {
  readonly script: Script;
  readonly who: string;
  readonly when: string;
  readonly place: Place | undefined;
}

/** The scripts with a snapshot that certainly run more than once. */
function repeatedScripts(host: Host): Run[] {
  const units = btrfsSnapshots(host.units).flatMap(({ unit, scripts }): Run[] => {
    if (unit.conditions.length > 0) return [];
    const period = unitPeriod(host.config, host.calendars, unit.name);
    if (period && !period.known) return [];
    const target = unit.wantedBy.find(({ text }) =>
      /^(multi-user|default|graphical|basic|sysinit)\.target$/.test(text),
    );
    if (!period && !target) return [];
    const when = period ? `every ${secondsWords(period.value).replace(/^1 /, "")}` : "at every boot";
    return scripts.map((script) => ({ script, who: `\`${unit.name}\``, when, place: period?.place ?? target?.place }));
  });
  return [
    ...snapshotActivations(host.scripts).map((script) => {
      const who = `The activation script \`${script.option[2] ?? ""}\``;
      return { script, who, when: "at every boot and every rebuild", place: script.place };
    }),
    ...units,
  ];
}

const snapshotActivations = perItem((script: Script) => {
  const { option, text } = script;
  const isActivation = option[0] === "system" && option[1] === "activationScripts";
  return isActivation && text.includes("snapshot") && text.includes("btrfs") ? [script] : [];
});

/** Where snapshots go whose name never changes; a command that runs in a loop or a function may be given others. */
function fixedNamesOf(script: Script): { readonly word: Word; readonly readonly: boolean }[] {
  const { storage, scope } = commandsOf(script);
  return storage.flatMap((command) => {
    if (command.kind !== "subvolume-snapshot" || command.tool !== "btrfs" || command.use.functionName !== undefined)
      return [];
    const { value } = resolveWord(command.destination, scope);
    return value !== undefined && /^\/.+[^/]$/.test(value)
      ? [{ word: command.destination, readonly: command.readonly }]
      : [];
  });
}

/** Whether the name stands anywhere else: what tests it, moves it or deletes it has to name it. */
function isSpokenOf(host: Host, script: Script, { start, end }: Word, path: string): boolean {
  const { text } = script;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const variables = [...text.slice(start, end).matchAll(/\$\{?(\w+)/g)].map(([, variable]) => variable ?? "");
  const rest = text.slice(0, start) + text.slice(end);
  if (variables.some((variable) => new RegExp(`\\$\\{?${variable}\\b`).test(rest))) return true;
  // A directory into which the snapshot goes has its name from the source.
  if (variables.length === 0 && rest.includes(name)) return true;
  const { storage } = commandsOf(script);
  if (storage.some(({ kind }) => kind === "subvolume-delete" || kind === "move") || /\b(rm|mv)\s/.test(text))
    return true;
  return (
    host.scripts.some((other) => other !== script && other.text.includes(name)) || host.fileSystemsOpen !== undefined
  );
}

/** Where `btrfs subvolume snapshot` of a script puts what it takes, when nothing decides whether it does. */
function namesOf(script: Script): { readonly word: Word; readonly readonly: boolean }[] {
  return commandsOf(script).storage.flatMap((command) =>
    command.kind === "subvolume-snapshot" && command.tool === "btrfs" && !command.use.conditional
      ? [{ word: command.destination, readonly: command.readonly }]
      : [],
  );
}

const DAY = 86_400;

/** Seconds for which a name with a date stays the same; undefined where that is not known, or no date is in it. */
function lifeOf(script: Script, word: Word): number | undefined {
  const { pieces } = resolveWord(word, commandsOf(script).scope);
  const formats = dateFormatsOf(script, word);
  // Each part that is not written down has to be a date.
  if (formats?.length !== 1 || pieces.filter((piece) => !("text" in piece)).length !== 1) return undefined;
  const [format = ""] = formats;
  if (!/^([^%]|%[-_0^#]?[YmdFGVHjyuUWBbhCDe])+$/.test(format)) return undefined;
  if (/%[-_0^#]?H/.test(format)) return 3600;
  if (/%[-_0^#]?[dFjuDe]/.test(format)) return DAY;
  if (/%[-_0^#]?[VUW]/.test(format)) return 7 * DAY;
  return /%[-_0^#]?[mBbh]/.test(format) ? 28 * DAY : undefined;
}

/** Whether something makes the place free, or looks whether it is: a test, a move, or a delete by the script itself. */
function mayBeFree(host: Host, script: Script, word: Word): boolean {
  const { storage } = commandsOf(script);
  if (/\bwhile\b|\buntil\b|RANDOM|uuid|mktemp|(^|\s)(-[edf]|test)\s/.test(script.text)) return true;
  if (storage.some(({ kind, start }) => (kind === "subvolume-delete" || kind === "move") && start < word.start))
    return true;
  return /\b(rm|mv)\s/.test(script.text.slice(0, word.start)) || host.fileSystemsOpen !== undefined;
}
