import type { Host } from "../../host/host.ts";
import { childrenOf, readBoolean, readTexts, setAt } from "../../host/read-values.ts";
import { homeOf } from "../../host/user-home.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** sshd takes keys alone, none is declared, and those in the homes are lost. */
export const lostAuthorizedKeys = defineRule({
  code: "IMP807",
  name: "lost-authorized-keys",
  group: "secrets",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const sshd = host.config.at("services", "openssh");
    const enable = readBoolean(sshd.child("enable"));
    if (isStateless(host) || enable?.known !== true || !enable.value || mayBeSetElsewhere(host)) return;
    if (takesPasswords(sshd) || knowsOtherKeys(sshd)) return;
    const accounts = childrenOf(host.config.at("users", "users")).filter(({ name, node }) => mayLogIn(name, node));
    if (accounts.length === 0 || accounts.some(({ node }) => declaresKeys(node))) return;
    const losses = accounts.map(({ name }) => lossOfKeys(host, name));
    const [first] = losses;
    if (!first || losses.some((loss) => loss?.lost !== "yes")) return;
    report({
      at: setAt(sshd.child("enable")),
      message: `sshd takes no passwords, no account has keys in the configuration, and \`.ssh/authorized_keys\` in every home is ${whereInWords(first)}. It ${lossInWords(first)}: nobody gets in over ssh then.`,
      help: "Declare the keys: users.users.<name>.openssh.authorizedKeys.keys = [ … ];",
      related: [{ place: first.fate.place, message: whereInWords(first) }],
    });
  },
});

function takesPasswords(sshd: OptionNode): boolean {
  const flags = [sshd.at("settings", "PasswordAuthentication"), sshd.child("passwordAuthentication")];
  return !flags.some((flag) => {
    const value = flag.isDefined() === true ? readBoolean(flag) : undefined;
    return value?.known === true && !value.value;
  });
}

/** Keys may come from a command, from certificates or from files elsewhere. */
function knowsOtherKeys(sshd: OptionNode): boolean {
  const names = ["authorizedKeysCommand", "authorizedKeysFiles", "extraConfig"];
  const settings = ["TrustedUserCAKeys", "AuthorizedKeysCommand", "AuthorizedKeysFile", "AuthorizedPrincipalsFile"];
  return (
    names.some((name) => sshd.child(name).isDefined() !== false) ||
    settings.some((name) => sshd.at("settings", name).isDefined() !== false)
  );
}

function mayLogIn(name: string, node: OptionNode): boolean {
  if (name === "root") return true;
  const isPerson = readBoolean(node.child("isNormalUser"));
  return isPerson?.known === true && isPerson.value;
}

function declaresKeys(node: OptionNode): boolean {
  const keys = node.at("openssh", "authorizedKeys");
  return ["keys", "keyFiles"].some((name) => {
    if (keys.child(name).isDefined() === false) return false;
    const { texts, open } = readTexts(keys.child(name));
    return texts.length > 0 || open.length > 0;
  });
}

function lossOfKeys(host: Host, name: string) {
  const home = homeOf(host.config, name);
  return home.known ? uncoveredLoss(host, `${home.value}/.ssh/authorized_keys`) : undefined;
}
