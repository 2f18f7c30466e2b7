import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, nameAt, openOf, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** A timer of systemd that the configuration declares itself, for the system or for its users. */
export interface OwnTimer {
  readonly name: string;
  readonly node: OptionNode;
  /** Option path of its scope: `systemd` or `systemd.user`. */
  readonly scope: readonly string[];
  readonly settings: OptionNode;
  /** The settings that start its service, as far as they are named. */
  readonly triggers: readonly string[];
  /** The unit that it starts, with its type; undefined when it is not known. */
  readonly starts: string | undefined;
  /** The text of `Unit`, when the timer has one. */
  readonly unit: ReturnType<typeof readString>;
}

const TRIGGERS = ["OnCalendar", "OnBootSec", "OnStartupSec", "OnActiveSec", "OnUnitActiveSec", "OnUnitInactiveSec"];

/** Timers that modules of NixOS, or packages with units, bring along: what the host sets of them is a part only. */
const OF_MODULES =
  /^(acme-|apt-|btrfs-scrub|certbot|clamav-|docker-prune|fstrim|fwupd|gitea-dump|forgejo-dump|grub-|lnxrouter|logrotate|lorri|man-db|mdadm|mdcheck|mdmonitor|mlocate|nextcloud-|nix-gc|nix-optimise|nixos-upgrade|paperless-|plocate|podman-|postgresql|prometheus-|raid-check|sanoid|snapper-|snapraid-|suspend-|syncoid|systemd-|unbound-|update-locatedb|updatedb|xfs_scrub|zfs-|zpool-|znapzend)/;

/** How the timers begin that modules make for each job of an option. */
const OF_JOBS: readonly { readonly begin: string; readonly jobs: readonly string[] }[] = [
  { begin: "borgbackup-job-", jobs: ["services", "borgbackup", "jobs"] },
  { begin: "btrbk-", jobs: ["services", "btrbk", "instances"] },
  { begin: "pgbackrest-", jobs: ["services", "pgbackrest", "stanzas"] },
  { begin: "restic-backups-", jobs: ["services", "restic", "backups"] },
];

/**
 * Whether a timer is, or may be, one that a module makes for a job. A name alone says little: a host that declares the
 * service itself, and has no job of that name, only calls its own timer so.
 */
function isOfJob(host: Host, scope: readonly string[], name: string): boolean {
  const family = OF_JOBS.find(({ begin }) => name.startsWith(begin));
  if (!family) return false;
  const jobs = host.config.at(...family.jobs);
  if (!ownService(host, scope, name) || openOf(jobs)) return true;
  const rest = name.slice(family.begin.length);
  return childrenOf(jobs).some((job) => rest === job.name || rest.startsWith(`${job.name}-`));
}

/** The timers that a host certainly declares, whose settings are all known, and that no module of NixOS has. */
export function ownTimers(host: Host): readonly OwnTimer[] {
  return [["systemd"], ["systemd", "user"]].flatMap((scope) =>
    childrenOf(host.config.at(...scope, "timers")).flatMap(({ name, node, certain }): OwnTimer[] => {
      const settings = node.child("timerConfig");
      const enable = isNamed(node, "enable") ? readBoolean(node.child("enable")) : undefined;
      if (certain.answer !== "yes" || (enable && !(enable.known && enable.value))) return [];
      if (openOf(node) || openOf(settings) || OF_MODULES.test(name) || name.includes("@")) return [];
      if (isOfJob(host, scope, name)) return [];
      const unit = isNamed(settings, "Unit") ? readString(settings.child("Unit")) : undefined;
      const starts = unit === undefined ? `${name}.service` : unit.known ? unit.value : undefined;
      const triggers = TRIGGERS.filter((trigger) => isNamed(settings, trigger));
      return [{ name, node, scope, settings, triggers, starts, unit }];
    }),
  );
}

/** A service that the configuration declares itself: what it runs is written there. */
export function ownService(host: Host, scope: readonly string[], name: string): OptionNode | undefined {
  const found = childrenOf(host.config.at(...scope, "services")).find((child) => child.name === name);
  if (found?.certain.answer !== "yes") return undefined;
  const runs = isNamed(found.node, "script") || isNamed(found.node.child("serviceConfig"), "ExecStart");
  return runs ? found.node : undefined;
}

/** Whether a service, timer, socket or the like of the host starts, or may start, a unit. */
export function isStartedByOthers(host: Host, scope: readonly string[], unit: string): boolean {
  const kinds = ["services", "targets", "timers", "sockets", "paths", "mounts"];
  const others = kinds.flatMap((kind) => childrenOf(host.config.at(...scope, kind)));
  return (
    others.some(({ node }) =>
      ["wants", "requires", "bindsTo", "upholds", "onSuccess", "onFailure"].some((relation) => {
        if (!isNamed(node, relation)) return false;
        const { texts, open } = readTexts(node.child(relation));
        return open.length > 0 || texts.some(({ text }) => text === unit);
      }),
    ) ||
    isTriggered(host, scope, unit) ||
    host.scripts.some(({ text }) => text.includes("systemctl") && text.includes(unit.replace(/\.\w+$/, "")))
  );
}

/** Sockets and paths start the service of their name. */
function isTriggered({ config }: Host, scope: readonly string[], unit: string): boolean {
  const stem = /^(.*)\.service$/.exec(unit)?.[1];
  return stem !== undefined && ["sockets", "paths"].some((kind) => isNamed(config.at(...scope, kind), stem));
}

/** Where a timer is declared. */
export function placeOfTimer({ node, settings }: OwnTimer) {
  return nameAt(node) ?? nameAt(settings);
}
