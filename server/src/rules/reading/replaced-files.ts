import type { Severity } from "../rule.ts";

/** A file that its program replaces by a new one, and what to do instead of persisting it. */
export interface Replaced {
  readonly who: string;
  readonly severity: Severity;
  readonly instead: string;
  /** The option that switches the program on; without it nothing writes the file. */
  readonly option?: string;
}

/** The files of accounts, which several programs write. */
export const ACCOUNTS: Replaced = {
  who: "passwd and NixOS",
  severity: "warning",
  instead:
    "Declare users with `users.mutableUsers = false` and `hashedPasswordFile` in the store, and persist /var/lib/nixos for their ids.",
};

const NETWORK_MANAGER: Replaced = {
  who: "NetworkManager",
  severity: "hint",
  instead: "Persist the directory /var/lib/NetworkManager.",
};

const CATALOG: Replaced = {
  who: "journalctl --update-catalog",
  severity: "hint",
  instead: "Leave it out: systemd makes the catalogue of messages anew at each boot.",
};

const LOGROTATE: Replaced = {
  who: "logrotate",
  severity: "warning",
  instead:
    'Persist a directory such as /var/lib/logrotate, and let the file be in it: services.logrotate.extraArgs = [ "--state" "/var/lib/logrotate/status" ];',
};

const MPD: Replaced = {
  who: "MPD",
  severity: "information",
  instead: "Persist the directory that holds it, or leave it out: MPD makes its database anew from the music.",
};

const TAILSCALE: Replaced = {
  who: "tailscaled",
  severity: "warning",
  instead: 'Persist the directory "/var/lib/tailscale" (mode 0700): nobody else may read the key of the node.',
  option: "services.tailscale.enable",
};

const CUPS: Replaced = {
  who: "cupsd",
  severity: "warning",
  instead: "Persist the directory /var/lib/cups.",
  option: "services.printing.enable",
};

const SYSTEM: ReadonlyMap<string, Replaced> = new Map([
  ...["passwd", "shadow", "group", "gshadow", "subuid", "subgid"].map((name) => [`/etc/${name}`, ACCOUNTS] as const),
  // Its third file, secret_key, is only written when it is missing.
  ...["timestamps", "seen-bssids"].map((name) => [`/var/lib/NetworkManager/${name}`, NETWORK_MANAGER] as const),
  ["/var/lib/systemd/catalog/database", CATALOG],
  ["/var/lib/logrotate.status", LOGROTATE],
  ["/var/lib/mpd/tag_cache", MPD],
  ["/var/lib/tailscale/tailscaled.state", TAILSCALE],
  ...["printers", "classes", "subscriptions"].map((name) => [`/var/lib/cups/${name}.conf`, CUPS] as const),
]);

/** How a file outside of homes is replaced by its program; undefined where that is not known of it. */
export function replacedSystemFile(path: string): Replaced | undefined {
  return SYSTEM.get(path);
}
