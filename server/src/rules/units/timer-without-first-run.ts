import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, nameAt, openOf, readBoolean, readString } from "../../host/read-values.ts";
import { isStartedByOthers, ownService, ownTimers, placeOfTimer } from "../reading/own-timers.ts";
import { defineRule } from "../rule.ts";

/** A timer that counts from a run of its service which never happens, or that starts what never ends. */
export const timerWithoutFirstRun = defineRule({
  code: "IMP716",
  name: "timer-without-first-run",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const timer of ownTimers(host)) {
      const { name, scope, settings, triggers, starts } = timer;
      const service = starts?.endsWith(".service")
        ? ownService(host, scope, starts.slice(0, -".service".length))
        : undefined;
      if (!service || starts === undefined) continue;
      const [first] = triggers;
      const related = [{ place: nameAt(service), message: "the service" }];
      const stays = staysActive(service);
      const repeats = triggers.find((one) => /^(OnCalendar|OnUnit(Ina|A)ctiveSec)$/.test(one));
      if (stays && repeats) {
        report({
          at: placeOfTimer(timer),
          message: `\`${starts}\` has \`RemainAfterExit\`: after its first run it stays active, and systemd starts nothing that is active. The timer \`${name}\` (\`${repeats}\`) never runs it again.`,
          help: "Remove RemainAfterExit from the service: a oneshot that a timer starts has to end.",
          related,
        });
        continue;
      }
      const isRelative = triggers.length > 0 && triggers.every((one) => /^OnUnit(Ina|A)ctiveSec$/.test(one));
      const isStarted =
        isNamed(service, "startAt") ||
        ["wantedBy", "requiredBy"].some((key) => isNamed(service, key)) ||
        isStartedByOthers(host, scope, starts);
      if (!isRelative || isStarted) continue;
      report({
        at: nameAt(settings.child(first ?? "OnUnitActiveSec")) ?? placeOfTimer(timer),
        message: `The timer \`${name}\` only has \`${first}\`, which counts from the last run of \`${starts}\`. Nothing else starts that, so there is no first run after a boot to count from, and the timer never elapses.`,
        help: 'Add a first run: timerConfig.OnBootSec = "5min"; or use OnCalendar.',
        related,
      });
    }
    for (const { name, node } of resticJobs(host)) {
      const settings = node.child("timerConfig");
      const triggers = TRIGGERS.filter((trigger) => isNamed(settings, trigger));
      const [first] = triggers;
      const service = `restic-backups-${name}.service`;
      const isRelative = first !== undefined && triggers.every((one) => /^OnUnit(Ina|A)ctiveSec$/.test(one));
      if (!isRelative || openOf(settings) || isStartedElsewhere(host, `restic-backups-${name}`)) continue;
      report({
        at: nameAt(settings.child(first)) ?? nameAt(settings),
        message: `The backup \`${name}\` only has \`${first}\`, which counts from the last run of \`${service}\`. \`timerConfig\` takes the place of the daily default, and nothing else starts the backup: there is no first run after a boot to count from, and no backup is ever made.`,
        help: 'Use OnCalendar = "daily"; with Persistent = true; or add a first run, OnBootSec = "15min";.',
      });
    }
  },
});

const TRIGGERS = ["OnCalendar", "OnBootSec", "OnStartupSec", "OnActiveSec", "OnUnitActiveSec", "OnUnitInactiveSec"];

/** The backups of restic that certainly exist. */
function resticJobs({ config }: Host) {
  const jobs = config.at("services", "restic", "backups");
  return jobs.isDefined() === false ? [] : childrenOf(jobs).filter(({ certain }) => certain.answer === "yes");
}

/** Whether something of the host starts the unit that a module makes, or adds to its timer. */
function isStartedElsewhere(host: Host, stem: string): boolean {
  const timers = host.config.at("systemd", "timers");
  const services = host.config.at("systemd", "services");
  const extended = isNamed(services, stem) ? services.child(stem) : undefined;
  return (
    isNamed(timers, stem) ||
    (extended !== undefined && ["wantedBy", "requiredBy", "startAt"].some((key) => isNamed(extended, key))) ||
    isStartedByOthers(host, ["systemd"], `${stem}.service`)
  );
}

/** Whether a oneshot counts as active after its script has ended. */
function staysActive(service: NonNullable<ReturnType<typeof ownService>>): boolean {
  const settings = service.child("serviceConfig");
  if (!isNamed(settings, "RemainAfterExit") || !isNamed(settings, "Type")) return false;
  const type = readString(settings.child("Type"));
  if (!type?.known || type.value !== "oneshot") return false;
  const flag = readBoolean(settings.child("RemainAfterExit"));
  if (flag?.known) return flag.value;
  const text = readString(settings.child("RemainAfterExit"));
  return text?.known === true && /^(?:1|yes|y|true|t|on)$/i.test(text.value);
}
