import { HOLE } from "../../eval/value.ts";
import { type BackupJob, backupJobs } from "../../host/backup-jobs.ts";
import type { Host, Script, Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { childrenOf, isNamed, readTexts } from "../../host/read-values.ts";
import { scriptsOf } from "../../host/script.ts";
import { commandsOf } from "../../host/script-commands.ts";
import type { Word } from "../../shell/sh-ast.ts";
import { scriptCommands } from "../reading/script-commands.ts";
import { relationsOf } from "../reading/unit-relations.ts";
import { defineRule } from "../rule.ts";

/** Services are stopped so that a backup finds their files at rest, and nothing starts them again. */
export const stoppedForBackup = defineRule({
  code: "IMP653",
  name: "stopped-for-backup",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const jobs = backupJobs(host.config).filter(({ tool }) => tool !== "borgmatic");
    const hooks = jobs.map((job) => ({ by: `the backup \`${job.name}\``, scripts: hooksOf(job), job }));
    const own = ownBackups(host.units).filter(({ unit }) => isTimed(host, unit));
    const runs: Run[] = [...hooks, ...own];
    for (const { by, scripts, job } of runs) {
      const stopped = scripts.flatMap(stopsOf);
      if (stopped.length === 0) continue;
      const left = stopped.filter(({ unit }) => !mayStartAgain(host, unit, [...runs.flatMap((run) => run.scripts)]));
      const [first] = left;
      if (!first) continue;
      const names = [...new Set(left.map(({ unit }) => `\`${unit}\``))];
      const several = names.length > 1;
      report({
        at: first.script.placeOf(first.start, first.end) ?? first.script.place,
        message: `${names.join(", ")} ${several ? "are" : "is"} stopped for ${by}, and nothing starts ${several ? "them" : "it"} again: from the first run on ${several ? "they stay" : "it stays"} down until the next boot.`,
        help:
          job?.tool === "restic"
            ? `Start ${several ? "them" : "it"} when the job has ended, also where it failed: services.restic.backups.${job.name}.backupCleanupCommand = "systemctl start ${left.map(({ unit }) => unit).join(" ")}".`
            : job
              ? `Start ${several ? "them" : "it"} in services.borgbackup.jobs.${job.name}.postHook, which runs also when the job fails.`
              : `Start ${several ? "them" : "it"} in \`postStop\` of the unit, which runs also when the backup fails.`,
        related: job ? [{ place: job.place, message: "the backup" }] : [],
      });
    }
  },
});

interface Run {
  /** For the middle of a sentence. */
  readonly by: string;
  readonly scripts: readonly Script[];
  readonly job?: BackupJob;
}

function hooksOf({ node, tool }: BackupJob): readonly Script[] {
  const names =
    tool === "restic"
      ? ["backupPrepareCommand", "backupCleanupCommand", "dynamicFilesFrom"]
      : ["preHook", "postHook", "postInit", "postCreate", "postPrune", "dumpCommand"];
  return names.flatMap((name) => (isNamed(node, name) ? scriptsOf(node.child(name)) : []));
}

/** What copies data away, or makes a copy of it. */
const COPIES =
  /\b(restic|borg|borgmatic|rclone|kopia|rsync|duplicity|tar|btrfs\s+subvolume\s+snapshot|zfs\s+snapshot|sqlite3|pg_dump|pg_dumpall|mysqldump|mariadb-dump)\b/;

const ownBackups = perItem((unit: Unit): readonly (Run & { readonly unit: Unit })[] => {
  if (unit.stage !== "system" || unit.certain.answer !== "yes") return [];
  if (!unit.scripts.some(({ text }) => text.includes("systemctl") && COPIES.test(text))) return [];
  // Its own `postStop` and the like are among the scripts.
  return [{ by: `\`${unit.name}\``, scripts: unit.scripts, unit }];
});

function isTimed({ calendars, config }: Host, { name }: Unit): boolean {
  return calendars.some(({ timer }) => timer === name) || isNamed(config.at("systemd", "timers"), name);
}

interface Stopped {
  readonly unit: string;
  readonly script: Script;
  readonly start: number;
  readonly end: number;
}

/** The services that a script stops, whatever else happens in it. */
function stopsOf(script: Script): readonly Stopped[] {
  // What ends the script in every case, or remembers what ran, may start it again.
  if (!script.text.includes("stop") || /\btrap\b|is-active|list-units/.test(script.text)) return [];
  const certain = new Set(
    commandsOf(script).all.flatMap(({ name, nameWord, conditional, functionName, via }) =>
      name === "systemctl" && !conditional && functionName === undefined && !via.includes("ssh") && nameWord
        ? [nameWord]
        : [],
    ),
  );
  const starts = new Set([...certain].map(({ start }: Word) => start));
  return scriptCommands(script).flatMap((command): Stopped[] => {
    const words = command.words.slice(1).filter(({ text }) => !text.startsWith("-"));
    if (command.program !== "systemctl" || !starts.has(command.words[0]?.start ?? -1)) return [];
    if (words[0]?.text !== "stop" || command.words.some(({ text }) => /^(--user|-M|-H|--machine|--host)/.test(text)))
      return [];
    return words.slice(1).flatMap(({ text, start, end }): Stopped[] =>
      // Timers, mounts and the like are other things than services.
      /^[\w@:.-]+$/.test(text) && (!/\.\w+$/.test(text) || text.endsWith(".service"))
        ? [{ unit: `${text.replace(/\.service$/, "")}.service`, script, start, end }]
        : [],
    );
  });
}

/** Whether anything of the host speaks of starting a unit, or may do so out of sight. */
function mayStartAgain(host: Host, unit: string, hooks: readonly Script[]): boolean {
  const stem = unit.replace(/\.service$/, "");
  if ([...host.scripts, ...hooks].some((script) => mayStart(script, stem))) return true;
  const { config } = host;
  const systemd = config.child("systemd");
  if (["sockets", "timers", "paths"].some((kind) => isNamed(systemd.child(kind), stem))) return true;
  const own = childrenOf(systemd.child("timers")).some(({ node }) =>
    readTexts(node.at("timerConfig", "Unit")).texts.some(({ text }) => text === unit),
  );
  const woken = host.units.some((one) => {
    if (one.name === stem && ["startAt", "upheldBy"].some((name) => isNamed(one.node, name))) return true;
    return (
      relationsOf(one).some(({ relation, text }) => text === unit && /^(wants|requires|bindsTo)$/.test(relation)) ||
      ["onSuccess", "onFailure", "upholds"].some(
        (name) => isNamed(one.node, name) && readTexts(one.node.child(name)).texts.some(({ text }) => text === unit),
      )
    );
  });
  return own || woken;
}

const STARTS = /\b(start|restart|try-restart|reload-or-restart|isolate)\b/;

/** Whether a script starts a unit, by its name or by one that is only known when it runs. */
function mayStart(script: Script, stem: string): boolean {
  if (!STARTS.test(script.text)) return /^[\s\uFFFC]*$/.test(script.text) && script.holes.length > 0;
  return script.text
    .split(/\n|;|&&/)
    .some((line) => STARTS.test(line) && (line.includes(stem) || /[$*]/.test(line) || line.includes(HOLE)));
}
