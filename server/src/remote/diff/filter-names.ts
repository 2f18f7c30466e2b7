/** Why rows are not shown unless they are asked for. */
export interface Filter {
  readonly name: string;
  readonly title: string;
}

/** All filters, in the order in which they are asked. A row is hidden by the first that fits. */
export const FILTERS: readonly Filter[] = [
  { name: "links", title: "links into the Nix store, /etc/static or /run, and of persisted files to their store" },
  { name: "activation", title: "made again by NixOS at every boot from the configuration" },
  { name: "accounts", title: "made again from users.users; passwords and users made by hand are lost all the same" },
  { name: "stubs", title: "empty places of mounts" },
  { name: "temporary", title: "in /tmp and /var/tmp, where nothing is meant to last" },
  { name: "caches", title: "caches, which programs fill again" },
  { name: "little", title: "hardly missed, by the catalogue" },
  { name: "directories", title: "directories that are empty, or only lead to what is shown" },
  { name: "again", title: "the boot made them again, with the same type, size and target" },
  { name: "kept", title: "there on a filesystem that is mounted over the place since" },
  { name: "times", title: "nothing changed but times" },
];
