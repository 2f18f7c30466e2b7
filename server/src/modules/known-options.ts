import { type DefaultValue, defaultOf, optionDefault, serviceByEnable, services } from "../catalogue/catalogue.ts";
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

/** The same inside `home-manager.users.<name>`. */
const WHOLE_HOME_OPTIONS = [
  "home.persistence",
  "home.persistence.*",
  "home.file",
  "home.file.*",
  "home.sessionVariables",
  "xdg.configFile",
  "xdg.configFile.*",
  "systemd.user.services",
  "systemd.user.services.*",
].map((text) => text.split("."));

/** Whether the set at this path is one option; `mkForce` around it then replaces all of it. */
export function isWholeOption(path: readonly string[]): boolean {
  // Devices are sets of options in sets of options, down to the last one.
  if (path[0] === "disko" && path[1] === "devices") return true;
  const inHome = pathInHome(path);
  return inHome
    ? WHOLE_HOME_OPTIONS.some((pattern) => fits(pattern, inHome))
    : wholeOptions.some((pattern) => fits(pattern, path));
}

/** Whether NixOS, or a module that is known by its meaning, declares one option at this path whose names users choose. */
export function isNamedSetOption(path: readonly string[]): boolean {
  return NAMED_SETS.has(path.join("."));
}

const NAMED_SETS = new Set(
  WHOLE_OPTIONS.filter((text) => WHOLE_OPTIONS.some((other) => other === `${text}.*`)) as string[],
);

function fits(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length === path.length && pattern.every((part, i) => part === "*" || part === path[i]);
}

/** What a configuration finds when it reads a store back of which it set something else. */
const READ_BACK: readonly (readonly [pattern: readonly string[], make: () => Value])[] = [
  ["environment.persistence.*.users", emptySet],
  ["environment.persistence.*.directories", emptyList],
  ["environment.persistence.*.files", emptyList],
  ["environment.persistence.*.enable", () => true],
  ["environment.persistence.*.hideMounts", () => false],
  ["environment.persistence.*.users.*.directories", emptyList],
  ["environment.persistence.*.users.*.files", emptyList],
  ["preservation.preserveAt.*.users", emptySet],
  ["preservation.preserveAt.*.directories", emptyList],
  ["preservation.preserveAt.*.files", emptyList],
].map(([text, make]) => [(text as string).split("."), make as () => Value]);

function emptySet(): Value {
  return new NixAttrs(new Map());
}

function emptyList(): Value {
  return NixList.of([]);
}

/**
 * The default of an option inside a store, for code that reads it. Readers of hosts do not ask here: to them
 * what nobody writes is not written.
 */
export function readBackDefault(path: readonly string[]): Value | undefined {
  if (path[0] !== "environment" && path[0] !== "preservation") return undefined;
  return READ_BACK.find(([pattern]) => fits(pattern, path))?.[1]();
}

/** Groups and options that every NixOS declares at the top. */
const NIXOS_TOP = new Set(
  `assertions boot console containers documentation environment fileSystems fonts hardware i18n ids lib location meta
  networking nix nixpkgs passthru power powerManagement programs security services specialisation swapDevices system
  systemd time users virtualisation warnings xdg zramSwap`.split(/\s+/),
);

/** Groups that home-manager declares for each user. */
const HOME_TOP = new Set(
  `accounts assertions dconf editorconfig fonts gtk home i18n lib manual news nix nixpkgs programs qt services systemd
  targets wayland xdg xresources xsession warnings`.split(/\s+/),
);

/** Whether NixOS or home-manager certainly declares something at a path, whatever the workspace shows of it. */
export function isDeclaredByNixos(path: readonly string[]): boolean {
  const inHome = pathInHome(path);
  if (inHome) return inHome.length === 1 && HOME_TOP.has(inHome[0] as string);
  return path.length === 1 && NIXOS_TOP.has(path[0] as string);
}

/** What NixOS has no options for at the top: modules of home-manager, flake-parts or nix-darwin set these. */
export const OF_OTHERS: readonly string[] = ["home", "flake", "perSystem", "homebrew"];

/** Groups that every NixOS has and home-manager has not. */
const NOT_IN_HOMES = new Set([...NIXOS_TOP].filter((name) => !HOME_TOP.has(name)));

/** Whether a path is a group of NixOS's in a home, where there is no such thing. `name` is the last of the path. */
export function isMissingInHomes(name: string, path: () => readonly string[]): boolean {
  return NOT_IN_HOMES.has(name) && pathInHome(path())?.length === 1;
}

/** Whether the path is a group of options that NixOS or home-manager certainly has: a set, whatever is defined in it. */
export function isGroupOfNixos(path: readonly string[]): boolean {
  return isDeclaredByNixos(path) && !NO_GROUPS.has(path.at(-1) as string);
}

/** What is one option at the top. */
const NO_GROUPS = new Set(
  "assertions containers fileSystems fonts ids lib manual meta news passthru specialisation swapDevices warnings".split(
    " ",
  ),
);

/** The part of a path that home-manager's modules know; undefined outside of the homes. */
function pathInHome(path: readonly string[]): readonly string[] | undefined {
  return path[0] === "home-manager" && path[1] === "users" && path.length > 3 ? path.slice(3) : undefined;
}

/** Groups of options that widely used modules from outside the workspace declare. */
const MODULES_TOP = new Set(
  `age arion clan comin deployment disko facter gtk hjem home-manager jovian mailserver microvm nixvim preservation proxmox
  proxmoxLXC qt sane simple-nixos-mailserver snapraid sops stylix topology wsl xdg`.split(/\s+/),
);

/**
 * Whether others than the workspace declare options in the group that a path is in. A submodule that the workspace
 * declares there may be an addition to one that cannot be seen, as types of several declarations are joined.
 */
export function isSharedGroup([top]: readonly string[]): boolean {
  return top !== undefined && (NIXOS_TOP.has(top) || MODULES_TOP.has(top));
}

/** Whether somebody is known to declare a group of this name at the top. */
export function isKnownAtTop(name: string): boolean {
  return NIXOS_TOP.has(name) || MODULES_TOP.has(name) || OF_OTHERS.includes(name);
}

/** By what its input is usually called, which module declares a group. */
const PROVIDERS: Readonly<Record<string, RegExp>> = {
  age: /agenix|ragenix/i,
  arion: /arion/i,
  "boot.lanzaboote": /lanzaboote/i,
  clan: /clan/i,
  comin: /comin/i,
  disko: /disko/i,
  "environment.persistence": /impermanence|persist/i,
  facter: /facter/i,
  hjem: /hjem/i,
  "home.persistence": /impermanence|persist/i,
  jovian: /jovian/i,
  mailserver: /mailserver/i,
  microvm: /microvm/i,
  nixvim: /nixvim/i,
  preservation: /preservation/i,
  proxmox: /proxmox/i,
  sops: /sops/i,
  stylix: /stylix/i,
  topology: /topology/i,
  wsl: /wsl/i,
};

/** The inputs whose modules declare a group of options, by their names; undefined for groups that are not known. */
export function providerOf(path: readonly string[]): RegExp | undefined {
  const group = (pathInHome(path) ?? path).join(".");
  return Object.hasOwn(PROVIDERS, group) ? PROVIDERS[group] : undefined;
}

/** Sets to which NixOS itself adds nothing: a name that the workspace does not give is not there. */
const ONLY_THE_USERS = new Set(["environment.persistence", "preservation.preserveAt", "fileSystems"]);

/** Whether the set at this path holds only what the workspace puts there. */
export function isOnlyTheUsers(path: readonly string[]): boolean {
  return ONLY_THE_USERS.has(path.join("."));
}

/** Sets of nixpkgs that are empty when nobody defines anything in them; groups and services there are on every host. */
const EMPTY_SETS = new Set(
  WHOLE_OPTIONS.filter(
    (text) => !text.endsWith("*") && text !== "users.groups" && text !== "systemd.services",
  ) as string[],
);

/**
 * The default of an option that no module of the workspace declares or defines: `enable` is false by
 * nixpkgs' convention, attrsOf options are empty, and the catalogue knows data directories.
 */
export function knownDefault(path: readonly string[]): Value | undefined {
  const last = path.at(-1);
  const text = path.join(".");
  if (last === "enable") {
    if (ENABLED_ENTRIES.some((pattern) => fits(pattern, path))) return true;
    // Some services bring a part along that is on unless it is switched off, such as Immich its database.
    if (!ENABLED_BY_DEFAULT.has(text) && optionDefault(text) !== true) return false;
  }
  if (EMPTY_SETS.has(text)) return new NixAttrs(new Map());
  if (path.length === 4 && path[0] === "users" && path[1] === "users")
    return userDefault(path[2] as string, path[3] as string);
  const plain = PLAIN_DEFAULTS.get(text);
  if (plain !== undefined) return plain;
  const known = defaultOf(path, text);
  if (!known) return ownerDefault(path);
  if ("value" in known) return toValue(known.value);
  if ("versions" in known) return new Unknown(`the default of \`${text}\` depends on \`system.stateVersion\``);
  if ("below" in known) return new Unknown(`the default of \`${text}\` depends on \`${known.below}\``);
  return new Unknown(`nothing sets \`${text}\`, and NixOS computes its default (${known.computed})`);
}

/**
 * `services.x.user` and `services.x.group` are, by default, whoever owns the service's state, and so are the user
 * and group of its unit; the catalogue took that from a configuration where both have their defaults.
 */
function ownerDefault(path: readonly string[]): string | undefined {
  const last = path.at(-1);
  if (last === "user" || last === "group") return ownerOf(path.slice(0, -1), last);
  if (path.length !== 5 || path[0] !== "systemd" || path[1] !== "services" || path[3] !== "serviceConfig")
    return undefined;
  if (last !== "User" && last !== "Group") return undefined;
  return ownerOf(["services", path[2] as string], last === "User" ? "user" : "group");
}

function ownerOf(service: readonly string[], kind: "user" | "group"): string | undefined {
  const states = serviceByEnable([...service, "enable"].join("."))?.states ?? [];
  const owners = new Set(states.map((state) => state[kind]).filter((owner) => owner !== "root" && owner !== undefined));
  const [owner] = owners;
  return owners.size === 1 && owner !== undefined && !owner.includes("*") ? owner : undefined;
}

/** Defaults of options that configurations read and the catalogue of state does not hold. */
const PLAIN_DEFAULTS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["boot.isContainer", false],
  ["networking.domain", null],
  ["networking.hostName", "nixos"],
  ["networking.networkmanager.wifi.backend", "wpa_supplicant"],
  ["security.acme.acceptTerms", false],
  ["services.bind.directory", "/run/named"],
  ["services.buildbot-master.group", "buildbot"],
  ["services.buildbot-master.user", "buildbot"],
  ["services.dawarich.group", "dawarich"],
  ["services.dawarich.user", "dawarich"],
  ["services.firefly-iii-data-importer.dataDir", "/var/lib/firefly-iii-data-importer"],
  ["services.homebox.settings.HOME", "/var/lib/homebox"],
  ["services.matrix-conduit.settings.global.database_path", "/var/lib/matrix-conduit/"],
  ["services.mysql.group", "mysql"],
  ["services.mysql.user", "mysql"],
  ["services.ntfy-sh.group", "ntfy-sh"],
  ["services.ntfy-sh.user", "ntfy-sh"],
  ["services.opencloud.group", "opencloud"],
  ["services.opencloud.user", "opencloud"],
  ["services.postfix.group", "postfix"],
  ["services.postfix.user", "postfix"],
  ["services.qui.group", "qui"],
  ["services.qui.user", "qui"],
  ["services.roon-server.group", "roon-server"],
  ["services.roon-server.user", "roon-server"],
  ["services.renovate.settings.baseDir", "/var/lib/renovate"],
  ["services.renovate.settings.cacheDir", "/var/cache/renovate"],
  ["systemd.machineId", null],
  ["users.groups.users.gid", 100],
  ["users.groups.wheel.gid", 1],
]);

/** A default of the catalogue as a value. */
export function toValue(value: DefaultValue): Value {
  if (Array.isArray(value)) return NixList.of(value.map((item: DefaultValue) => Cell.of(toValue(item))));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value as Readonly<Record<string, DefaultValue>>);
    return new NixAttrs(new Map(entries.map(([name, item]) => [name, Cell.of(toValue(item))])));
  }
  return value as null | string | number | boolean;
}

/** `enable` options that nixpkgs switches on. */
const ENABLED_BY_DEFAULT = new Set([
  "boot.bcache.enable",
  "boot.modprobeConfig.enable",
  "console.enable",
  "powerManagement.enable",
  "security.shadow.enable",
  "services.dbus.enable",
  "systemd.coredump.enable",
  "systemd.oomd.enable",
  "xdg.autostart.enable",
  "xdg.menus.enable",
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

/** Entries that are there to be used: whoever writes one does not have to switch it on. */
const ENABLED_ENTRIES = [
  "environment.etc.*.enable",
  "fileSystems.*.enable",
  "home-manager.users.*.home.file.*.enable",
  ...["cache", "config", "data", "state"].map((kind) => `home-manager.users.*.xdg.${kind}File.*.enable`),
  ...["boot.initrd.systemd", "systemd", "systemd.user"].flatMap((manager) =>
    ["paths", "services", "slices", "sockets", "targets", "timers"].map((kind) => `${manager}.${kind}.*.enable`),
  ),
  ...["links", "netdevs", "networks"].map((kind) => `systemd.network.${kind}.*.enable`),
  "users.users.*.enable",
].map((text) => text.split("."));

/** Homes that NixOS gives the users of services, as far as configurations read them. */
const SERVICE_HOMES: ReadonlyMap<string, string> = new Map([["hydra", "/var/lib/hydra"]]);

/** The group of an account by whom it is made for, where that is called as the account is: `postgres` of postgresql. */
function groupNamedAs(user: string): string | undefined {
  groups ??= groupsOfOwners();
  const [group, another] = groups.get(user) ?? [];
  return group === user && another === undefined ? group : undefined;
}
let groups: ReadonlyMap<string, ReadonlySet<string>> | undefined;

function groupsOfOwners(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { user, group } of services.flatMap(({ states }) => states)) {
    if (user !== undefined && group !== undefined) found.set(user, (found.get(user) ?? new Set()).add(group));
  }
  return found;
}

function userDefault(user: string, option: string): Value | undefined {
  switch (option) {
    case "home":
      return user === "root" ? "/root" : SERVICE_HOMES.get(user);
    case "name":
      return user;
    case "homeMode":
      // The server for sound is the one account that NixOS makes with another mode.
      return user === "pulse" ? "755" : "700";
    case "uid":
      return user === "root" ? 0 : undefined;
    case "group":
      return ownerOf(["services", user], "user") === user ? ownerOf(["services", user], "group") : groupNamedAs(user);
    default:
      return undefined;
  }
}
