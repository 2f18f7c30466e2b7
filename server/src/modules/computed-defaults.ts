import { defaultOf, type OptionDefault } from "../catalogue/catalogue.ts";
import { Cell, look, NixAttrs, NixList, Unknown, type Value } from "../eval/value.ts";
import { homeDefault } from "./home-defaults.ts";
import { impliedDefault, mayBeImplied } from "./implied-defaults.ts";
import { toValue } from "./known-options.ts";
import type { OptionNode } from "./option-node.ts";
import { PostgresPackage } from "./packages.ts";
import { isOfSecret, secretDefault } from "./secret-defaults.ts";

/**
 * Defaults that NixOS computes from other options: what makes one out of the host's whole configuration, which may come to
 * nothing. `release` is that of the host's nixpkgs. Undefined for every option without such a default, which are most of
 * the thousands that a check asks for: nothing is prepared for those.
 */
export function computedDefault(
  path: readonly string[],
  release: string | undefined,
): ((root: OptionNode) => Value | undefined) | undefined {
  const text = path.join(".");
  if (text === "users.users.syncthing.uid") return (root) => syncthingNumber(root, "user");
  if (text === "users.groups.syncthing.gid") return (root) => syncthingNumber(root, "group");
  if (path.length === 4 && path[0] === "users" && path[1] === "users") {
    return (root) => normalUserDefault(root, root.at("users", "users", path[2] as string), path[3] as string);
  }
  if (path.length === 4 && path[1] === "persistence" && path[0] === "environment") return () => storeDefault(path);
  if (path.length === 5 && path[4] === "serviceName") return (root) => containerUnit(path, root);
  if (path.length === 5 && text.startsWith("services.authelia.instances.")) return () => instanceDefault(path);
  const computed = COMPUTED.get(text);
  if (computed) return (root) => computed(root, release);
  const known = defaultOf(path, text);
  const isDependent = known !== undefined && ("below" in known || "versions" in known);
  if (path[0] !== "home-manager" && !isOfSecret(path) && !isDependent && !mayBeImplied(text)) return undefined;
  return (root) =>
    homeDefault(path, root) ??
    secretDefault(path, root) ??
    dependentDefault(path, known, root) ??
    impliedDefault(path, root);
}

/** User and group that NixOS makes for syncthing have a number of their own, unless the service runs as somebody else. */
function syncthingNumber(root: OptionNode, kind: "user" | "group"): Value | undefined {
  if (root.at("services", "syncthing", "enable").value() !== true) return undefined;
  const name = root.at("services", "syncthing", kind);
  return name.isDefined() === false || name.value() === "syncthing" ? 237 : undefined;
}

/** What impermanence says of a store that nobody says otherwise. */
function storeDefault([, , name, option]: readonly string[]): Value | undefined {
  if (option === "persistentStoragePath") return name;
  return option === "enable" ? true : option === "hideMounts" || option === "allowTrash" ? false : undefined;
}

/** Defaults of the catalogue that depend on another option. */
function dependentDefault(
  path: readonly string[],
  known: OptionDefault | undefined,
  root: OptionNode,
): Value | undefined {
  if (known !== undefined && "below" in known) {
    const directory = root
      .at(...known.below.split(".").map((name, at) => (name === "*" ? (path[at] ?? name) : name)))
      .value();
    if (typeof directory !== "string") return undefined;
    return known.place === "." ? directory : `${directory}/${known.place}`;
  }
  if (known === undefined || !("versions" in known)) return undefined;
  // Modules keep a default as it was on hosts installed before a release.
  const state = root.at("system", "stateVersion").value();
  if (typeof state !== "string") return state instanceof Unknown ? state : undefined;
  const newest = known.versions.findLast(({ from }) => from === undefined || from <= state);
  return newest && toValue(newest.value);
}

type Computed = (root: OptionNode, release: string | undefined) => Value | undefined;

const COMPUTED: ReadonlyMap<string, Computed> = new Map<string, Computed>(
  Object.entries({
    "boot.initrd.systemd.enable": (_, release) =>
      release === undefined || release === "unstable" ? undefined : release >= "26.05",
    // Without the name it may still be on, by a filesystem of that type.
    "boot.zfs.enabled": (root) =>
      [root.at("boot", "supportedFilesystems"), root.at("boot", "initrd", "supportedFilesystems")].some(namesZfs) ||
      undefined,
    "networking.fqdn": fullName,
    "networking.fqdnOrHostName": (root) => {
      const name = fullName(root);
      return typeof name === "string" ? name : root.at("networking", "hostName").value();
    },
    "security.acme.certs": certificates,
    "services.postgresql.package": (root) => {
      const version = postgresVersion(root);
      return typeof version === "string" ? new PostgresPackage(version) : version;
    },
    "services.postgresql.dataDir": (root) => {
      const version = postgresVersion(root);
      return typeof version === "string" ? `/var/lib/postgresql/${version}` : version;
    },
  } satisfies Record<string, Computed>),
);

/** Whether a list of filesystems, or a set of switches, has ZFS. */
function namesZfs(option: OptionNode): boolean {
  if (option.isDefined() === false) return false;
  const value = option.value();
  if (value instanceof NixAttrs) return option.child("zfs").value() === true;
  return value instanceof NixList && value.items.some((item) => item instanceof Cell && look(item) === "zfs");
}

/** What `isNormalUser` gives a user; a system user gets its home and group from whoever declares it. */
function normalUserDefault(root: OptionNode, user: OptionNode, option: string): Value | undefined {
  if (user.child("isNormalUser").value() !== true) return undefined;
  switch (option) {
    case "home": {
      const name = user.child("name").value();
      const homes = root.at("users", "defaultUserHome");
      const folder = homes.isDefined() === false ? "/home" : homes.value();
      if (folder instanceof Unknown) return folder;
      return typeof name === "string" && typeof folder === "string" ? `${folder}/${name}` : name;
    }
    case "group":
      return "users";
    case "createHome":
      return true;
    case "homeMode":
      return "700";
    case "uid":
      return null;
    default:
      return undefined;
  }
}

/** The service of a container, which is named after the program that runs it. */
function containerUnit(
  [virtualisation, containers, list, name]: readonly string[],
  root: OptionNode,
): Value | undefined {
  if (virtualisation !== "virtualisation" || containers !== "oci-containers" || list !== "containers") return undefined;
  const backend = root.at("virtualisation", "oci-containers", "backend");
  const state = root.at("system", "stateVersion").value();
  const usual = typeof state === "string" && state < "22.05" ? "docker" : "podman";
  const program = backend.isDefined() === false ? usual : backend.value();
  return typeof program === "string" ? `${program}-${name}` : program;
}

/** Every instance of authelia has an account of its own. */
function instanceDefault([, , , name, option]: readonly string[]): Value | undefined {
  return option === "user" || option === "group" ? `authelia${name === "" ? "" : `-${name}`}` : undefined;
}

function fullName(root: OptionNode): Value | undefined {
  const domain = root.at("networking", "domain").value();
  const host = root.at("networking", "hostName").value();
  if (host instanceof Unknown) return host;
  if (domain instanceof Unknown) return domain;
  return typeof host === "string" && typeof domain === "string" ? `${host}.${domain}` : undefined;
}

/** Certificates that nobody names but a web server asks for. */
function certificates(root: OptionNode): Value | undefined {
  const hosts = root.at("services", "nginx", "virtualHosts");
  if (hosts.isDefined() === false) return new NixAttrs(new Map());
  const open = hosts.open();
  const cells = new Map<string, Cell>();
  let doubt = open;
  for (const { name, certain } of hosts.names()) {
    const asks = hosts.at(name, "enableACME").value();
    if (asks instanceof Unknown && hosts.at(name, "enableACME").isDefined() !== false) doubt ??= asks;
    if (asks !== true) continue;
    if (certain !== true) doubt ??= certain;
    const serverName = hosts.at(name, "serverName").value();
    cells.set(typeof serverName === "string" ? serverName : name, Cell.of(new NixAttrs(new Map())));
  }
  return new NixAttrs(cells, doubt);
}

/** The first state version from which a new installation gets this version of PostgreSQL. */
const POSTGRES: readonly (readonly [stateVersion: string, version: string])[] = [
  ["25.11", "17"],
  ["24.11", "16"],
  ["23.11", "15"],
  ["22.05", "14"],
  ["21.11", "13"],
];
/** From here on the table may be out of date. */
const POSTGRES_UNKNOWN = "26.11";

/** The major version that names the data directory: of the package that is set, else of `system.stateVersion`. */
function postgresVersion(root: OptionNode): Value | undefined {
  const option = root.at("services", "postgresql", "package");
  if (option.isDefined() !== false) {
    const chosen = option.value();
    if (chosen instanceof Unknown) return chosen;
    const name = chosen instanceof NixAttrs ? chosen.get("pname") : undefined;
    const text = name && look(name);
    return typeof text === "string" ? /^postgresql_(\d+)/.exec(text)?.[1] : undefined;
  }
  const state = root.at("system", "stateVersion").value();
  if (state instanceof Unknown) return state;
  if (typeof state !== "string" || state >= POSTGRES_UNKNOWN) return undefined;
  return POSTGRES.find(([from]) => state >= from)?.[1];
}
