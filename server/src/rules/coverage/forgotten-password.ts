import type { Place } from "../../eval/origin.ts";
import { nameAt, readBoolean } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { hasKeys, needsPasswordForRoot, sudoAsksForPassword } from "../reading/way-to-root.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

const LASTING = ["hashedPassword", "hashedPasswordFile", "passwordFile", "password"];
const INITIAL_TEXT = ["initialPassword"];
const INITIAL = ["initialHashedPassword", ...INITIAL_TEXT];

/** A password that was set with passwd is in /etc/shadow, which is wiped. */
export const forgottenPassword = defineRule({
  code: "IMP411",
  name: "forgotten-password",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const mutable = readBoolean(host.config.at("users", "mutableUsers"));
    // NixOS itself refuses users without passwords where they cannot be changed.
    if ((mutable && (!mutable.known || !mutable.value)) || isStateless(host)) return;
    const loss = uncoveredLoss(host, "/etc/shadow");
    if (loss.lost !== "yes") return;
    for (const user of normalUsers(host)) {
      if (isOpen(user.node) || anySet(user.node, LASTING)) continue;
      const isInitial = anySet(user.node, INITIAL);
      if (!isInitial && hasAnotherWay(host.config)) continue;
      const byKey = !isInitial && hasKeys(user.node);
      // Who logs in by key misses the password only where sudo asks for it.
      if (byKey && !sudoAsksForPassword(host, user)) continue;
      const byRoot = byKey && !needsPasswordForRoot(host, user);
      const isText = anySet(user.node, INITIAL_TEXT);
      // A hash that is never changed is as good as a lasting one; who says that passwords may be changed means to.
      const isHarmless = isInitial && !isText && host.config.at("users", "mutableUsers").isDefined() === false;
      report({
        at: (isInitial ? initialAt(user.node) : undefined) ?? user.place,
        severity: isHarmless || byRoot ? "information" : "warning",
        message: isInitial
          ? `A password that ${user.name} sets with \`passwd\` ${lossInWords(loss)} with \`/etc/shadow\`, and the initial one${isText ? ", which everybody can read in the Nix store," : ""} is back.`
          : `${user.name} has no password in the configuration. One set with \`passwd\` is in \`/etc/shadow\` and ${lossInWords(loss)}: ${byKey ? `the keys still let ${user.name} in by ssh, but sudo, which asks members of wheel for their password, and the console refuse ${user.name} then${byRoot ? ", who is root only by a login of root's own" : ""}` : `nobody can log in as ${user.name} then`}.`,
        help: `Set users.users.${user.name}.hashedPasswordFile to a file in the store (made with mkpasswd), and users.mutableUsers = false; persisting /etc/shadow does not work, because passwd replaces it.${byKey ? " Or let wheel use sudo without a password (security.sudo.wheelNeedsPassword = false)." : ""}`,
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
      });
    }
  },
});

function initialAt(node: OptionNode): Place | undefined {
  const name = INITIAL.find((one) => node.child(one).isDefined() !== false);
  return name === undefined ? undefined : nameAt(node.child(name));
}

function anySet(node: OptionNode, names: readonly string[]): boolean {
  return names.some((name) => node.child(name).isDefined() !== false);
}

/** Attributes may come from where they cannot be seen. */
function isOpen(node: OptionNode): boolean {
  return node.open() !== undefined;
}

/** Automatic login, and logins that need no password of the host. */
function hasAnotherWay(root: OptionNode): boolean {
  return [
    ["services", "displayManager", "autoLogin", "user"],
    ["services", "xserver", "displayManager", "autoLogin", "user"],
    ["services", "getty", "autologinUser"],
    ["services", "greetd", "settings", "initial_session"],
    ["services", "homed", "enable"],
    ["users", "ldap", "enable"],
    ["services", "kanidm", "enablePam"],
    ["services", "sssd", "enable"],
  ].some((path) => root.at(...path).isDefined() !== false);
}
