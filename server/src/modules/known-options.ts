import { type DefaultValue, optionDefaults } from "../catalogue/catalogue.ts";
import { Cell, NixAttrs, NixList, Unknown, type Value } from "../eval/value.ts";

/** Options whose sets are one value each; `*` stands for any name. From the types in nixpkgs, disko and impermanence. */
const WHOLE_OPTIONS = [
  "fileSystems",
  "fileSystems.*",
  "environment.persistence",
  "environment.persistence.*",
  "environment.persistence.*.users.*",
  "preservation.preserveAt",
  "preservation.preserveAt.*",
  "preservation.preserveAt.*.users.*",
  "environment.etc",
  "environment.etc.*",
  "environment.variables",
  "environment.sessionVariables",
  "boot.kernel.sysctl",
  "boot.initrd.luks.devices",
  "boot.initrd.luks.devices.*",
  "boot.initrd.systemd.services",
  "boot.initrd.systemd.services.*",
  "systemd.services",
  "systemd.services.*",
  "systemd.services.*.serviceConfig",
  "systemd.services.*.unitConfig",
  "systemd.timers",
  "systemd.timers.*",
  "systemd.timers.*.timerConfig",
  "systemd.mounts",
  "systemd.tmpfiles.settings",
  "users.users",
  "users.users.*",
  "users.groups",
  "users.groups.*",
  "services.btrbk.instances",
  "services.btrbk.instances.*",
  "services.btrbk.instances.*.settings",
  "services.snapper.configs",
  "services.snapper.configs.*",
  "services.redis.servers",
  "services.redis.servers.*",
  "virtualisation.oci-containers.containers",
  "virtualisation.oci-containers.containers.*",
  "containers",
  "containers.*",
  "nix.settings",
  "nix.registry",
] as const;

const wholeOptions = WHOLE_OPTIONS.map((text) => text.split("."));

/** Whether the set at this path is one option; `mkForce` around it then replaces all of it. */
export function isWholeOption(path: readonly string[]): boolean {
  return wholeOptions.some(
    (pattern) => pattern.length === path.length && pattern.every((part, i) => part === "*" || part === path[i]),
  );
}

/** Sets of nixpkgs that are empty when nobody defines anything in them. */
const EMPTY_SETS = new Set(WHOLE_OPTIONS.filter((text) => !text.endsWith("*")) as string[]);

/**
 * The default of an option that no module of the workspace declares or defines: `enable` is false by
 * nixpkgs' convention, attrsOf options are empty, and the catalogue knows data directories.
 */
export function knownDefault(path: readonly string[]): Value | undefined {
  const last = path.at(-1);
  if (last === "enable" && !ENABLED_BY_DEFAULT.has(path.join("."))) return false;
  const text = path.join(".");
  if (EMPTY_SETS.has(text)) return new NixAttrs(new Map());
  if (path.length === 4 && path[0] === "users" && path[1] === "users")
    return userDefault(path[2] as string, path[3] as string);
  const known = optionDefaults.get(text);
  if (!known) return undefined;
  if ("value" in known) return toValue(known.value);
  return new Unknown(`nothing sets \`${text}\`, and NixOS computes its default (${known.computed})`);
}

function toValue(value: DefaultValue): Value {
  if (Array.isArray(value)) return NixList.of(value.map((item: DefaultValue) => Cell.of(toValue(item))));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value as Readonly<Record<string, DefaultValue>>);
    return new NixAttrs(new Map(entries.map(([name, item]) => [name, Cell.of(toValue(item))])));
  }
  return value as null | string | number | boolean;
}

/** `enable` options that nixpkgs switches on. */
const ENABLED_BY_DEFAULT = new Set([
  "documentation.enable",
  "documentation.man.enable",
  "documentation.info.enable",
  "documentation.doc.enable",
  "documentation.nixos.enable",
  "networking.firewall.enable",
  "nix.enable",
  "nix.channel.enable",
  "boot.initrd.enable",
  "boot.kernel.enable",
  "boot.loader.grub.enable",
  "security.sudo.enable",
  "services.logrotate.enable",
  "fonts.fontconfig.enable",
  "programs.nano.enable",
  "programs.bash.enable",
  "programs.bash.completion.enable",
  "programs.less.enable",
  "services.timesyncd.enable",
  "services.nscd.enable",
  "services.lvm.enable",
  "services.udev.enable",
  "programs.command-not-found.enable",
  "networking.dhcpcd.enable",
  "xdg.mime.enable",
  "xdg.icons.enable",
  "xdg.sounds.enable",
  "boot.initrd.systemd.enable",
  "system.switch.enable",
  "disko.enableConfig",
]);

function userDefault(user: string, option: string): Value | undefined {
  if (option === "home") return user === "root" ? "/root" : undefined;
  return option === "name" ? user : undefined;
}
