/** Numbers from 0 to 1, always the same for a seed (a linear congruential generator). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const DIRECTORIES = [
  ...['"/var/lib/nixos"', '"/var/lib"', '"/var/log"', '"/var/log/"', '"var/lib/caddy"', '"/etc/ssh"', '"/etc/nixos"'],
  ...['"/var/lib/systemd/coredump"', '"/var/lib/private/ntfy-sh"', '"/var/lib/ntfy-sh"', '"/boot/keys"', '"/nix"'],
  ...['{ directory = "/var/lib/postgresql"; user = "postgres"; }', '"/var/lib/containers/storage/volumes"', '"/home"'],
];
const FILES = ['"/etc/machine-id"', '"/etc/machine_id"', '"/etc/shadow"', '"/etc/ssh/ssh_host_ed25519_key"'];
const HOME_DIRECTORIES = [
  '".ssh"',
  '".gnupg"',
  '"/home/eve/.config"',
  '"~/docs"',
  '".local/share/keyrings"',
  '"Documents"',
];
const OPTIONS = ["compress=zstd:3", "compress=zstd:1", "compress=zstd:20", "nodatacow", "noatime", "ssd", "commit=600"];
const SERVICES = [
  "services.openssh.enable = true;",
  "services.postgresql.enable = true;",
  "services.caddy.enable = true;",
  'services.ntfy-sh = { enable = true; settings.base-url = "https://x"; };',
  "services.btrfs.autoScrub.enable = true;",
  "networking.networkmanager.enable = true;",
  "hardware.bluetooth.enable = true;",
  "virtualisation.docker.enable = true;",
  'nix.gc = { automatic = true; dates = "weekly"; };',
  'services.snapper.configs.persist = { SUBVOLUME = "/persist"; TIMELINE_CREATE = true; };',
  'services.btrbk.instances.local = { onCalendar = "6h"; settings = { snapshot_preserve = "7d"; volume."/persist" = { subvolume = "."; }; }; };',
  'boot.kernel.sysctl = { "vm.dirty_ratio" = 160; "vm.swappiness" = 10; };',
  'systemd.services.job = { script = "btrfs balance start /persist"; startAt = "weekly"; };',
  'systemd.timers.job.timerConfig = { OnUnitActiveSec = "1d"; Persistent = true; };',
  'users.users.eve.hashedPasswordFile = "/var/lib/passwords/eve";',
];

/** A host of two files with several mistakes at once, such as people make; the same for the same numbers. */
export function randomHost(next: () => number): Readonly<Record<string, string>> {
  const some = (list: readonly string[], share: number) => list.filter(() => next() < share);
  const list = (items: readonly string[], indent: string) =>
    next() < 0.5 || items.length === 0
      ? `[ ${items.join(" ")} ]`
      : `[\n${items.map((item) => `${indent}  ${item}${next() < 0.2 ? " # kept" : ""}\n`).join("")}${indent}]`;
  const quoted = (options: readonly string[]) => options.map((option) => `"${option}"`);
  const isBtrfsRoot = next() < 0.6;
  const root = isBtrfsRoot
    ? `fileSystems."/" = { device = "/dev/vda2"; fsType = "btrfs"; options = ${list(quoted(["subvol=root", ...some(OPTIONS, 0.3)]), "  ")}; };
  boot.initrd.postResumeCommands = lib.mkAfter ''
    mkdir /btrfs_tmp
    mount ${next() < 0.5 ? "-o subvolid=5 " : ""}/dev/vda2 /btrfs_tmp
    mv /btrfs_tmp/root "/btrfs_tmp/old_roots/$(date +%F)"
    for i in $(find /btrfs_tmp/old_roots/ ${next() < 0.5 ? "-mindepth 1 " : ""}-maxdepth 1 -mtime +30); do btrfs subvolume delete "$i"; done
    btrfs subvolume create /btrfs_tmp/root
    umount /btrfs_tmp
  '';`
    : `fileSystems."/" = { device = "none"; fsType = "tmpfs"; options = ${list(quoted(some(["size=2GB", "mode=755"], 0.5)), "  ")}; };`;
  const mount = (path: string, flag: string) =>
    `fileSystems."${path}" = { device = "/dev/vda2"; fsType = "btrfs"; options = ${list(quoted([`subvol=${path.slice(1)}`, ...some(OPTIONS, 0.3)]), "  ")};${flag} };`;
  const entries = (share: number) => list([...some(DIRECTORIES, share), ...some(DIRECTORIES, 0.1)], "    ");
  const store = `environment.persistence."/persist" = {
    directories = ${entries(0.35)};
    files = ${list(some(FILES, 0.5), "    ")};
    users.eve.directories = ${list(some(HOME_DIRECTORIES, 0.5), "    ")};
  };`;
  return {
    "/host.nix": `{ lib, pkgs, ... }:
{
  imports = [ ./services.nix ];
  system.stateVersion = "25.11";
  ${root}
  ${mount("/nix", "")}
  ${mount("/persist", next() < 0.5 ? " neededForBoot = true;" : "")}
  ${next() < 0.4 ? mount("/var/log", "") : ""}
  ${store}
  users.users.eve = { isNormalUser = true; };
  ${next() < 0.3 ? 'boot.kernel.sysctl."vm.dirty_ratio" = 20;' : ""}
}
`,
    "/services.nix": `{ pkgs, ... }:
{
  ${some(SERVICES, 0.4).join("\n  ")}
  environment.persistence."/persist".directories = ${entries(0.1)};
}
`,
  };
}
