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
  /^(acme-|apt-|borgbackup-job-|btrbk-|btrfs-scrub|certbot|clamav-|docker-prune|fstrim|fwupd|gitea-dump|forgejo-dump|grub-|lnxrouter|logrotate|lorri|man-db|mdadm|mdcheck|mdmonitor|mlocate|nextcloud-|nix-gc|nix-optimise|nixos-upgrade|paperless-|plocate|podman-|postgresql|prometheus-|pg|raid-check|restic-|sanoid|snapper-|snapraid-|suspend-|syncoid|systemd-|unbound-|update-locatedb|updatedb|xfs_scrub|zfs-|zpool-|znapzend)/;

/** The timers that a host certainly declares, whose settings are all known, and that no module of NixOS has. */
export function ownTimers({ config }: Host): readonly OwnTimer[] {
  return [["systemd"], ["systemd", "user"]].flatMap((scope) =>
    childrenOf(config.at(...scope, "timers")).flatMap(({ name, node, certain }): OwnTimer[] => {
      const settings = node.child("timerConfig");
      const enable = isNamed(node, "enable") ? readBoolean(node.child("enable")) : undefined;
      if (certain.answer !== "yes" || (enable && !(enable.known && enable.value))) return [];
      if (openOf(node) || openOf(settings) || OF_MODULES.test(name) || name.includes("@")) return [];
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
