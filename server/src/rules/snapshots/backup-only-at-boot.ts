import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, nameAt, openOf } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { isStartedByOthers, ownService, ownTimers, placeOfTimer } from "../reading/own-timers.ts";
import { personalMachine } from "../reading/personal-machine.ts";
import { type ScriptCommand, scriptCommands } from "../reading/script-commands.ts";
import { defineRule } from "../rule.ts";

/** A backup whose timer counts from the boot alone. */
export const backupOnlyAtBoot = defineRule({
  code: "IMP676",
  name: "backup-only-at-boot",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const timers = [...resticTimers(host), ...backupTimers(host)];
    if (timers.length === 0) return;
    // What is switched off at night, or starts anew by itself, comes by here often.
    const isRestarted = personalMachine(host) !== undefined || host.scripts.some(({ text }) => REBOOTS.test(text));
    for (const { what, first, place, isOfModule } of timers)
      report({
        at: place,
        severity: isRestarted ? "information" : "warning",
        message: `${what} only has \`${first}\`, which comes once after each boot${isOfModule ? "; `timerConfig` takes the place of the daily default" : ""}. While the host runs there is no other backup, however many months that is.`,
        help: 'Use OnCalendar = "daily"; with Persistent = true; or add OnUnitActiveSec = "1d";, which counts from the last run.',
      });
  },
});

const REBOOTS = /systemctl\s+(reboot|soft-reboot|kexec|poweroff)|shutdown\s+-|\breboot\b|rtcwake/;
const ONCE = /^On(Boot|Startup|Active)Sec$/;
const TRIGGERS = ["OnCalendar", "OnBootSec", "OnStartupSec", "OnActiveSec", "OnUnitActiveSec", "OnUnitInactiveSec"];

interface BackupTimer {
  /** For the beginning of a sentence. */
  readonly what: string;
  readonly first: string;
  readonly place: Place | undefined;
  readonly isOfModule: boolean;
}

/** Whether a timer certainly elapses once, with the setting that says so. */
function onceOnly(triggers: readonly string[]): string | undefined {
  return triggers.length > 0 && triggers.every((one) => ONCE.test(one)) ? triggers[0] : undefined;
}

function resticTimers(host: Host): BackupTimer[] {
  const jobs = host.config.at("services", "restic", "backups");
  if (jobs.isDefined() === false) return [];
  return childrenOf(jobs).flatMap(({ name, node, certain }): BackupTimer[] => {
    const settings = node.child("timerConfig");
    const stem = `restic-backups-${name}`;
    if (certain.answer !== "yes" || openOf(settings) || isStartedElsewhere(host, stem)) return [];
    const first = onceOnly(TRIGGERS.filter((trigger) => isNamed(settings, trigger)));
    if (first === undefined) return [];
    return [{ what: `The backup \`${name}\``, first, place: placeOf(settings, first), isOfModule: true }];
  });
}

function isStartedElsewhere(host: Host, stem: string): boolean {
  const { config } = host;
  const services = config.at("systemd", "services");
  return (
    isNamed(config.at("systemd", "timers"), stem) ||
    (isNamed(services, stem) && isNamed(services.child(stem), "startAt")) ||
    isStartedByOthers(host, ["systemd"], `${stem}.service`)
  );
}

/** Timers of the host's own that start a service which makes copies of data. */
function backupTimers(host: Host): BackupTimer[] {
  return ownTimers(host).flatMap((timer): BackupTimer[] => {
    const { name, scope, settings, triggers, starts } = timer;
    const first = onceOnly(triggers);
    if (first === undefined || scope.length > 1 || !starts?.endsWith(".service")) return [];
    const stem = starts.slice(0, -".service".length);
    const service = ownService(host, scope, stem);
    if (!service || isNamed(service, "startAt") || isNamed(service.child("serviceConfig"), "Restart")) return [];
    if (!makesBackup(host, stem) || isStartedByOthers(host, scope, starts)) return [];
    return [
      {
        what: `The timer \`${name}\`, which makes a backup,`,
        first,
        place: placeOf(settings, first) ?? placeOfTimer(timer),
        isOfModule: false,
      },
    ];
  });
}

function placeOf(settings: OptionNode, setting: string): Place | undefined {
  return nameAt(settings.child(setting)) ?? nameAt(settings);
}

/** Whether a service certainly copies data and does not go on by itself. */
function makesBackup(host: Host, name: string): boolean {
  const unit = host.units.find((one) => one.stage === "system" && one.name === name);
  if (unit?.certain.answer !== "yes") return false;
  const commands = unit.scripts.flatMap(scriptCommands);
  return commands.some(isBackup) && !commands.some(({ program }) => program === "sleep");
}

/** Programs that copy data, with the word that makes them do so. */
const BACKUPS: Readonly<Record<string, RegExp>> = {
  borg: /^create$/,
  borgmatic: /./,
  btrbk: /^(run|snapshot|resume)$/,
  btrfs: /^send$/,
  duplicity: /./,
  kopia: /^snapshot$/,
  "mariadb-dump": /./,
  mysqldump: /./,
  pg_dump: /./,
  pg_dumpall: /./,
  restic: /^backup$/,
  syncoid: /./,
  zfs: /^send$/,
};

function isBackup({ program, words }: ScriptCommand): boolean {
  const word = BACKUPS[program];
  return (
    word !== undefined && (words.length === 1 ? word.test("x") : words.slice(1).some(({ text }) => word.test(text)))
  );
}
