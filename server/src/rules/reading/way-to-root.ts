import type { Host } from "../../host/host.ts";
import { read, readExplicitBoolean, readItems, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import type { NormalUser } from "./normal-users.ts";

/** Other ways to become root, and other ways to say who one is. */
const OTHER_WAYS = [
  ["security", "doas", "enable"],
  ["security", "sudo-rs", "enable"],
  ["security", "sudo", "extraRules"],
  ["security", "sudo", "configFile"],
  ["security", "pam", "sshAgentAuth", "enable"],
  ["security", "pam", "enableSSHAgentAuth"],
  ["security", "pam", "rssh", "enable"],
  ["security", "pam", "u2f", "enable"],
  ["security", "pam", "p11", "enable"],
  ["security", "pam", "ussh", "enable"],
  ["security", "pam", "yubico", "enable"],
  ["security", "pam", "services", "sudo"],
  ["services", "fprintd", "enable"],
  ["services", "howdy", "enable"],
];

const ROOT_LOGINS = ["hashedPassword", "hashedPasswordFile", "passwordFile", "password"];
const ROOT_FIRST_LOGINS = ["initialHashedPassword", "initialPassword"];

/**
 * Whether sudo with the own password is the only way of the user to become root, as far as the configuration says. False
 * where something about it cannot be told.
 */
export function needsPasswordForRoot(host: Host, user: NormalUser): boolean {
  return sudoAsksForPassword(host, user) && !mayLogIn(host.config.at("users", "users", "root"));
}

/**
 * Whether a user is in `wheel`, and has nothing but sudo with the own password there. False where something about it cannot
 * be told. Source of truth: nixos/modules/security/sudo.nix, where `wheel` needs a password by default.
 */
export function sudoAsksForPassword({ config }: Host, { name, node }: NormalUser): boolean {
  const inWheel =
    readTexts(node.child("extraGroups")).texts.some(
      ({ text, certain }) => text === "wheel" && certain.answer === "yes",
    ) ||
    readTexts(config.at("users", "groups", "wheel", "members")).texts.some(
      ({ text, certain }) => text === name && certain.answer === "yes",
    );
  if (!inWheel || OTHER_WAYS.some((path) => config.at(...path).isDefined() !== false)) return false;
  const sudo = config.at("security", "sudo");
  const isOn = (option: string) => {
    const flag = readExplicitBoolean(sudo.child(option));
    return flag === undefined || (flag.known && flag.value);
  };
  if (!isOn("enable") || !isOn("wheelNeedsPassword")) return false;
  if (mayMatch(sudo.child("extraConfig"), /NOPASSWD|!\s*authenticate|rootpw|targetpw|runaspw/)) return false;
  return !mayMatch(config.at("security", "polkit", "extraConfig"), /Result\.YES/);
}

function mayMatch(node: OptionNode, pattern: RegExp): boolean {
  if (node.isDefined() === false) return false;
  const text = readString(node);
  return text !== undefined && (!text.known || pattern.test(text.value));
}

/** Whether somebody may log in as root: by key, or with a password of the configuration that is not locked. */
function mayLogIn(root: OptionNode): boolean {
  if (root.open() !== undefined) return true;
  const mayBePassword = (option: string) => {
    const reading = read(root.child(option));
    if (reading.state !== "set") return reading.state === "unknown";
    return reading.value !== null && !(typeof reading.value === "string" && /^[!*]/.test(reading.value));
  };
  return [...ROOT_LOGINS, ...ROOT_FIRST_LOGINS].some(mayBePassword) || hasKeys(root);
}

/** Whether an account may have keys for ssh in the configuration. */
export function hasKeys(user: OptionNode): boolean {
  return ["keys", "keyFiles"].some((list) => mayHold(user.at("openssh", "authorizedKeys", list)));
}

function mayHold(node: OptionNode): boolean {
  if (node.isDefined() === false) return false;
  const { items, open } = readItems(node);
  return items.length > 0 || open.length > 0;
}
