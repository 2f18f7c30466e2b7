import type { OptionNode } from "../modules/option-node.ts";
import type { CalendarUse } from "./host.ts";
import { perItem } from "./per-item.ts";
import { type Child, childrenOf, isNamed, readString, readTexts, setAt } from "./read-values.ts";
import { readUnitBoolean } from "./unit-boolean.ts";
import { known, notKnown } from "./verdict.ts";

/** The options of NixOS that systemd reads as calendar expressions. */
const CALENDARS: readonly string[] = [
  "systemd.timers.*.timerConfig.OnCalendar",
  "systemd.services.*.startAt",
  "systemd.user.timers.*.timerConfig.OnCalendar",
  "systemd.user.services.*.startAt",
  "services.btrbk.instances.*.onCalendar",
  "services.snapper.snapshotInterval",
  "services.btrfs.autoScrub.interval",
  "services.zfs.autoScrub.interval",
  "services.zfs.trim.interval",
  "services.sanoid.interval",
  "services.syncoid.interval",
  "services.fstrim.interval",
  "services.postgresqlBackup.startAt",
  "services.mysqlBackup.calendar",
  "services.restic.backups.*.timerConfig.OnCalendar",
  "services.borgbackup.jobs.*.startAt",
  "services.forgejo.dump.interval",
  "services.gitea.dump.interval",
  "services.gitlab-runner.clear-docker-cache.dates",
  "services.nextcloud.autoUpdateApps.startAt",
  "services.paperless.exporter.onCalendar",
  "services.recyclarr.schedule",
  "services.snapraid.scrub.interval",
  "services.snapraid.sync.interval",
  "services.geoipupdate.interval",
  "nix.gc.dates",
  "nix.optimise.dates",
  "system.autoUpgrade.dates",
  "virtualisation.docker.autoPrune.dates",
  "virtualisation.podman.autoPrune.dates",
];

/** Every calendar expression that somebody sets. */
export function readCalendars(root: OptionNode): CalendarUse[] {
  return READERS.flatMap((uses) => uses(root));
}

/** For each of the options what a host says there; at most one `*` stands for every name. */
const READERS = CALENDARS.map((name): ((root: OptionNode) => readonly CalendarUse[]) => {
  const path = name.split(".");
  const last = path.pop() ?? "";
  const star = path.indexOf("*");
  const usesIn = (set: OptionNode, unit?: string) => (isNamed(set, last) ? usesOf(set.child(last), set, unit) : []);
  if (star < 0) return (root) => usesIn(root.at(...path));
  const below = path.slice(star + 1);
  const usesOfEach = perItem(({ name, node }: Child) =>
    usesIn(node.at(...below), path[0] === "systemd" ? name : undefined),
  );
  return (root) => usesOfEach(childrenOf(root.at(...path.slice(0, star))));
});

function usesOf(node: OptionNode, parent: OptionNode, unit: string | undefined): CalendarUse[] {
  // Only what the workspace writes can be wrong in the workspace; NixOS' defaults parse.
  if (node.isDefined() === false) return [];
  const { texts, open } = readTexts(node);
  const common = {
    option: node.path,
    place: setAt(node),
    timer: unit === undefined ? undefined : triggered(parent, unit),
    persistent: parent.path.at(-1) === "timerConfig" ? readUnitBoolean(parent.child("Persistent")) : undefined,
  };
  const uses: CalendarUse[] = texts
    .filter(({ text }) => text !== "")
    .map(({ text, place }) => ({ ...common, expression: known(text, place) }));
  return [...uses, ...open.map(({ why, place }) => ({ ...common, expression: notKnown<string>(why, place) }))];
}

/** The service a timer starts: its own name unless `Unit` says otherwise. */
function triggered(parent: OptionNode, name: string): string {
  const unit = parent.path.at(-1) === "timerConfig" ? readString(parent.child("Unit")) : undefined;
  return unit?.known ? unit.value.replace(/\.service$/, "") : name;
}
