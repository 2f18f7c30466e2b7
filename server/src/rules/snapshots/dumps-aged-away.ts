import type { Place } from "../../eval/origin.ts";
import { dumpJobs } from "../../host/dump-jobs.ts";
import type { Host, Unit } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { perItem } from "../../host/per-item.ts";
import { calendarSeconds, unitPeriod } from "../../host/period.ts";
import { readString } from "../../host/read-values.ts";
import { known } from "../../host/verdict.ts";
import { secondsWords } from "../../shell/retention.ts";
import { parseTimeSpan } from "../../shell/time-span.ts";
import { backupCoverage } from "../reading/backup-coverage.ts";
import { localRepositories } from "../reading/backup-repositories.ts";
import { scriptWrites } from "../reading/script-writes.ts";
import { type TmpfilesRule, tmpfilesOpen, tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** systemd-tmpfiles deletes dumps before the next one is made, or files of a repository of backups. */
export const dumpsAgedAway = defineRule({
  code: "IMP643",
  name: "dumps-aged-away",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const rules = tmpfilesRules(host);
    if (!rules.some(({ age }) => age !== undefined) || tmpfilesOpen(host)) return;
    for (const { path, by, place } of localRepositories(host)) {
      const rule = ruleFor(rules, path);
      if (!rule) continue;
      report({
        at: rule.place,
        severity: "error",
        message: `systemd-tmpfiles deletes what is older than ${rule.age} below \`${rule.path}\`, and the repository \`${path}\` (\`${by}\`) is there: the backups lose the files that they share with older ones, and cannot be restored.`,
        help: "Leave the age out (`-`), and let the backup program delete what is too old.",
        related: [{ place, message: "the repository" }],
      });
    }
    for (const { path, by, period, place } of writers(host)) {
      const rule = ruleFor(rules, path);
      const age = rule && ageOf(rule);
      if (!rule || age === undefined || age > period || backupCoverage(host, path) !== "no") continue;
      report({
        at: rule.place,
        message: `systemd-tmpfiles deletes what is older than ${rule.age} below \`${rule.path}\`, and \`${by}\` writes there every ${secondsWords(period).replace(/^1 /, "")}: there is never more than one dump, and none once a run has failed. No backup takes the directory.`,
        help: "Give it an age of several times the period, such as 26w for a dump a week, or none (`-`).",
        related: [{ place, message: `written every ${secondsWords(period).replace(/^1 /, "")}` }],
      });
    }
  },
});

/** The rule that says how old files in a directory become; an entry of its own takes a path out of the one above. */
function ruleFor(rules: readonly TmpfilesRule[], path: string): TmpfilesRule | undefined {
  const around = rules.filter((rule) => /^[dDevqQxX]/.test(rule.type) && isAtOrBelow(path, rule.path));
  const innermost = around.reduce((longest, { path: one }) => Math.max(longest, one.length), 0);
  const own = around.filter((rule) => rule.path.length === innermost);
  if (around.some(({ type }) => /^[xX]/.test(type)) || own.some(({ path: one }) => /[*?[%]/.test(one)))
    return undefined;
  const aged = own.filter(({ age }) => age !== undefined);
  return own.length === 1 && aged.length === 1 ? aged[0] : undefined;
}

/** Seconds of an age; undefined where it spares what is on the first level, or counts by one of the times alone. */
function ageOf({ age = "" }: TmpfilesRule): number | undefined {
  if (/^~|:/.test(age)) return undefined;
  const span = parseTimeSpan(age);
  return span.ok ? span.seconds : undefined;
}

interface Writer {
  readonly path: string;
  readonly by: string;
  /** Seconds between two runs. */
  readonly period: number;
  readonly place: Place | undefined;
}

/** What writes dumps by the clock: the jobs of NixOS, and scripts of units. */
function writers(host: Host): readonly Writer[] {
  const jobs = dumpJobs(host.config).flatMap(({ engine, option, location, place }): Writer[] => {
    const node = host.config.at(...option, engine === "mysql" ? "calendar" : "startAt");
    const period = calendarSeconds(readString(node) ?? known("daily"));
    if (location === undefined || !period.known) return [];
    return [{ path: location, by: option.join("."), period: period.value, place: period.place ?? place }];
  });
  const units = dumpsOfUnits(host.units).flatMap(({ name, path, place }): Writer[] => {
    const period = unitPeriod(host.config, host.calendars, name);
    return period?.known ? [{ path, by: name, period: period.value, place: period.place ?? place }] : [];
  });
  return [...jobs, ...units];
}

const DUMPS = /dump|backup|archive|export|slapcat|sqlite3|\btar\b/i;

/** The directories to which units write something with the name of a dump. */
const dumpsOfUnits = perItem((unit: Unit) =>
  unit.stage !== "system"
    ? []
    : unit.scripts.flatMap((script) =>
        !DUMPS.test(script.text)
          ? []
          : scriptWrites(script)
              .filter(({ isBelow, path }) => isBelow || DUMPS.test(path))
              .map(({ directory, start, end }) => ({
                name: unit.name,
                path: directory,
                place: script.placeOf(start, end) ?? script.place,
              })),
      ),
);
