import type { OptionNode } from "../modules/option-node.ts";
import { expand } from "./expand.ts";
import type { CalendarUse } from "./host.ts";
import { perNode } from "./per-node.ts";
import { isNamed, readBoolean, readString, readTexts, setAt } from "./read-values.ts";
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
  return READERS.flatMap(({ path, uses }) => expand(root, path).flatMap(({ node }) => uses(node)));
}

/** For each of the options the path of the set that holds it, and what is said there. */
const READERS = CALENDARS.map((name) => {
  const path = name.split(".");
  const last = path.pop() ?? "";
  const star = path.lastIndexOf("*");
  const uses = perNode((node) => {
    if (!isNamed(node, last)) return [];
    const unit = path[0] === "systemd" && star >= 0 ? node.path[star] : undefined;
    return usesOf(node.child(last), node, unit);
  });
  return { path, uses };
});

function usesOf(node: OptionNode, parent: OptionNode, unit: string | undefined): CalendarUse[] {
  // Only what the workspace writes can be wrong in the workspace; NixOS' defaults parse.
  if (node.isDefined() === false) return [];
  const { texts, open } = readTexts(node);
  const common = {
    option: node.path,
    place: setAt(node),
    timer: unit === undefined ? undefined : triggered(parent, unit),
    persistent: parent.path.at(-1) === "timerConfig" ? readBoolean(parent.child("Persistent")) : undefined,
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
