import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, itemNode, nameAt, readBoolean, readItems, readString, readTexts } from "../../host/read-values.ts";
import { usersByUnit } from "./users-by-unit.ts";

/** A key that a secret manager reads to decrypt. */
export interface Identity {
  readonly path: string;
  /** Where the path is written; undefined for a default. */
  readonly place: Place | undefined;
  /** The option that names it. */
  readonly option: readonly string[];
  /** Whether that option is a list of such paths. */
  readonly isList: boolean;
}

/** agenix or sops-nix as a host uses it. */
export interface SecretManager {
  readonly tool: "agenix" | "sops-nix";
  readonly identities: readonly Identity[];
  /** Where its secrets are declared. */
  readonly place: Place | undefined;
  /** Some secret is needed before users are made, so that it is decrypted first of all. */
  readonly beforeUsers: boolean;
  /** Where such a secret is declared, for a tool that decrypts the others later. */
  readonly forUsers?: Place | undefined;
  /** A systemd unit decrypts instead of the activation script. */
  readonly inUnit: boolean;
}

/** The secret managers whose keys are completely known. */
export function secretManagers(host: Host): readonly SecretManager[] {
  return [agenix(host), sops(host)].filter((manager) => manager !== undefined);
}

/** A secret manager that certainly has secrets to decrypt and certainly no key: its module refuses to be evaluated. */
export interface KeylessManager {
  readonly tool: SecretManager["tool"];
  /** Where its secrets are declared. */
  readonly place: Place | undefined;
  /** Where it is said that it has no key, if that is said. */
  readonly emptied: Place | undefined;
}

/** The secret managers without any key. What modules that cannot be read may add is not looked at. */
export function keylessManagers(host: Host): readonly KeylessManager[] {
  const { config } = host;
  const has = (tool: string) => childrenOf(config.at(tool, "secrets")).some(({ certain }) => certain.answer === "yes");
  const isUnset = (...path: string[]) => config.at(...path).isDefined() === false;
  const isEmpty = (option: readonly string[], types: readonly string[]) => pathsAt(host, option, types)?.length === 0;
  const manager = (tool: SecretManager["tool"], group: string, option: readonly string[]) => ({
    tool,
    place: nameAt(config.at(group, "secrets")),
    emptied: nameAt(config.at(...option)),
  });
  // Each has options of earlier names, which hand on what is set there.
  const isAgenixKeyless =
    has("age") && isUnset("age", "sshKeyPaths") && isEmpty(["age", "identityPaths"], ["ed25519", "rsa"]);
  const isSopsKeyless =
    has("sops") &&
    readString(config.at("sops", "age", "keyFile")) === undefined &&
    readString(config.at("sops", "gnupg", "home")) === undefined &&
    isUnset("sops", "gnupgHome") &&
    isUnset("sops", "sshKeyPaths") &&
    isEmpty(["sops", "age", "sshKeyPaths"], ["ed25519"]) &&
    isEmpty(["sops", "gnupg", "sshKeyPaths"], ["rsa"]);
  return [
    ...(isAgenixKeyless ? [manager("agenix", "age", ["age", "identityPaths"])] : []),
    ...(isSopsKeyless ? [manager("sops-nix", "sops", ["sops", "age", "sshKeyPaths"])] : []),
  ];
}

function agenix(host: Host): SecretManager | undefined {
  const age = host.config.at("age");
  const secrets = age.child("secrets");
  if (childrenOf(secrets).every(({ certain }) => certain.answer !== "yes")) return undefined;
  const identities = pathsAt(host, ["age", "identityPaths"], ["ed25519", "rsa"]);
  const inUnit = usersByUnit(host);
  if (!identities?.length || inUnit === undefined) return undefined;
  return {
    tool: "agenix",
    identities,
    place: nameAt(secrets),
    beforeUsers: true,
    inUnit,
  };
}

function sops(host: Host): SecretManager | undefined {
  const root = host.config.at("sops");
  const secrets = childrenOf(root.child("secrets")).filter(({ certain }) => certain.answer === "yes");
  if (secrets.length === 0 || root.at("gnupg", "home").isDefined() !== false) return undefined;
  const keyFile = readString(root.at("age", "keyFile"));
  const age = pathsAt(host, ["sops", "age", "sshKeyPaths"], ["ed25519"]);
  // The RSA host key is taken for GnuPG by default, and whoever names a key of age encrypts for that one.
  const isForAge = keyFile !== undefined || (root.at("age", "sshKeyPaths").isDefined() !== false && age?.length !== 0);
  const isGnupgAsked = !isForAge || root.at("gnupg", "sshKeyPaths").isDefined() !== false;
  const gnupg = isGnupgAsked ? pathsAt(host, ["sops", "gnupg", "sshKeyPaths"], ["rsa"]) : [];
  const asked = readBoolean(root.child("useSystemdActivation"));
  const inUnit = asked === undefined ? usersByUnit(host) : asked.known ? asked.value : undefined;
  if (!age || !gnupg || keyFile?.known === false || inUnit === undefined) return undefined;
  const option = ["sops", "age", "keyFile"];
  const own = keyFile ? [{ path: keyFile.value, place: keyFile.place, option, isList: false }] : [];
  const identities = [...own, ...age, ...gnupg].filter(({ path }) => path.startsWith("/"));
  if (identities.length === 0) return undefined;
  const forUsers = secrets.find(({ node }) => {
    const flag = readBoolean(node.child("neededForUsers"));
    return flag?.known === true && flag.value;
  });
  return {
    tool: "sops-nix",
    identities,
    place: nameAt(root.child("secrets")),
    beforeUsers: forUsers !== undefined,
    forUsers: forUsers && nameAt(forUsers.node),
    inUnit,
  };
}

/** Paths of a list option, else sshd's host keys of the given types, which are the default of both tools. */
function pathsAt(host: Host, option: readonly string[], types: readonly string[]): readonly Identity[] | undefined {
  const node = host.config.at(...option);
  if (node.isDefined() === false) return hostKeys(host, option, types);
  const { texts, open } = readTexts(node);
  if (open.length > 0 || texts.some(({ certain }) => certain.answer !== "yes")) return undefined;
  return texts.map(({ text, place }) => ({ path: text, place, option, isList: true }));
}

function hostKeys(host: Host, option: readonly string[], types: readonly string[]): readonly Identity[] | undefined {
  const ssh = host.config.at("services", "openssh");
  // The second is an alias of the first.
  const switches = [ssh, host.config.at("services", "sshd")].map((group) => readBoolean(group.child("enable")));
  if (switches.some((enabled) => enabled?.known === false)) return undefined;
  if (!switches.some((enabled) => enabled?.known && enabled.value)) return [];
  const keys = ssh.child("hostKeys");
  if (keys.isDefined() === false) {
    return types.map((type) => ({ path: `/etc/ssh/ssh_host_${type}_key`, place: undefined, option, isList: true }));
  }
  const { items, open } = readItems(keys);
  if (open.length > 0) return undefined;
  const found: Identity[] = [];
  for (const item of items) {
    const key = itemNode(item, keys.path);
    const type = readString(key.child("type"));
    const path = readString(key.child("path"));
    if (!type?.known || !path?.known) return undefined;
    if (types.includes(type.value)) found.push({ path: path.value, place: path.place, option, isList: true });
  }
  return found;
}
