import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { quote } from "../../edits/nix-text.ts";
import { setOption } from "../../edits/option-edit.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { childrenOf, isNamed, readBoolean, readString } from "../../host/read-values.ts";
import { type Readable, readableAtActivation } from "../reading/before-activation.ts";
import { type Identity, type SecretManager, secretManagers } from "../reading/secret-identities.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossOf, severityOfLoss } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext } from "../rule.ts";

interface Judged {
  readonly identity: Identity;
  readonly readable: Readable;
}

/** Secrets are decrypted before persisted paths are mounted: a key below one of them is not there yet. */
export const lateSecretIdentity = defineRule({
  code: "IMP801",
  name: "late-secret-identity",
  group: "secrets",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (isStateless(host)) return;
    for (const manager of secretManagers(host)) {
      const judged = manager.identities.map((identity) => ({
        identity,
        readable: readable(context, manager, identity),
      }));
      const fatal = judged.find((one) => isFatal(context, one));
      if (fatal) {
        report(context, manager, fatal, judged.length > 1);
        continue;
      }
      // One key that can be read may be all it takes; which secret needs which key is in the encrypted files.
      if (judged.some(({ readable: { when } }) => when === "in-time" || when === "unknown")) continue;
      const shown = judged.find(({ readable: { when } }) => when === "late") ?? judged[0];
      if (shown) report(context, manager, shown);
    }
  },
});

/**
 * Whether sops-nix gives up on the whole for this key: it reads `age.keyFile` before it decrypts, and an error there is the
 * end, while a key of SSH that is missing is left out. A file that is made when it is missing is not missing, and an old one
 * may lie below a mount.
 */
function isFatal({ host }: RuleContext, { identity: { option, path }, readable }: Judged): boolean {
  if (option.join(".") !== "sops.age.keyFile" || (readable.when !== "late" && readable.when !== "lost")) return false;
  const sops = host.config.at("sops", "age");
  const made = isNamed(sops, "generateKey") ? readBoolean(sops.child("generateKey")) : undefined;
  if (made && !(made.known && !made.value)) return false;
  return readable.when === "lost" || !readable.persisted || !keptBelow(host, path);
}

function readable({ host }: RuleContext, manager: SecretManager, { path }: Identity): Readable {
  const answer = readableAtActivation(host, path);
  if (answer.when !== "late") return answer;
  // sops-nix' units wait for the mounts of their keys.
  if (manager.tool === "sops-nix" && manager.inUnit) return { when: "in-time" };
  if (isLateForUsersOnly(manager, answer) && !manager.beforeUsers) return { when: "in-time" };
  return answer;
}

/** impermanence binds files in the activation, before sops-nix decrypts what users do not need. */
function isLateForUsersOnly({ tool }: SecretManager, readable: Readable): boolean {
  if (tool !== "sops-nix" || readable.when !== "late") return false;
  return readable.persisted?.kind === "file" && readable.persisted.store.module === "impermanence";
}

function report(context: RuleContext, manager: SecretManager, { identity, readable }: Judged, hasOthers = false): void {
  const { path, place, option, isList } = identity;
  const isDefault = place === undefined;
  const others = hasOthers ? " Other keys do not help: sops-nix stops at a `keyFile` that it cannot read." : "";
  const key = `${manager.tool} decrypts with \`${path}\`${isDefault ? ", sshd's host key, by default" : ""}`;
  if (readable.when === "lost") {
    // A lost host key is reported where sshd is switched on.
    if (isDefault) return;
    context.report({
      at: place,
      severity: severityOfLoss(context.host, readable.isHypothetical, "error"),
      message: `${key}, which is ${readable.why}: after a reboot there ${readable.isHypothetical ? "would be" : "is"} no key, and no secret can be decrypted.${others}`,
      help: "Keep the key in the store and name it by its path there.",
      related: [{ place: readable.place, message: "this is why it is lost" }],
    });
    return;
  }
  if (readable.when !== "late") return;
  const { instead } = readable;
  const below = readable.persisted && keptBelow(context.host, path);
  const forUsersOnly = !manager.inUnit && isLateForUsersOnly(manager, readable);
  const consequence = manager.inUnit
    ? "A unit decrypts that does not wait for the mount, so that secrets are missing on some boots."
    : forUsersOnly
      ? "Secrets with `neededForUsers` are decrypted before the users are made, and impermanence binds the file after that: sops-nix finds no key for them, and users whose passwords they are cannot log in. The other secrets come later, and in time."
      : `Secrets are decrypted when the system is activated, before that mount is there: ${manager.tool} finds ${below ? `what lies below the mount, on \`${below.mountpoint}\`: an old key, or none` : "no key"}, and ${hasPasswords(context.host) ? "users whose passwords are secrets cannot log in" : "what needs a secret does not have it"}.`;
  context.report({
    at: place ?? readable.place ?? manager.place,
    severity: manager.inUnit || below ? "warning" : "error",
    message: `${key}, which is ${readable.why}. ${consequence}${others}`,
    help: `Name the key by its path in the store${instead ? `: ${option.join(".")} = ${isList ? `[ "${instead}" ]` : `"${instead}"`};` : ", on a filesystem with neededForBoot = true."}`,
    related: [
      { place: readable.place, message: readable.persisted ? "persisted here" : "mounted too late" },
      { place: (forUsersOnly ? manager.forUsers : undefined) ?? manager.place, message: "secrets are declared here" },
    ],
    fixes: () => (instead === undefined ? [] : byItsPathInTheStore(context, identity, instead)),
  });
}

/** The filesystem under the bind mount, where it is there in time and keeps what is on it: a key may lie there from before. */
function keptBelow(host: Host, path: string): FileSystem | undefined {
  const fs = host.fileSystemAt(path);
  const isThere = fs && fs.mountpoint !== "/" && fs.certain.answer === "yes" && fs.mountedInInitrd.answer === "yes";
  return isThere && lossOf(host, fs.mountpoint).lost === "no" ? fs : undefined;
}

/** Whether the password of somebody may be a secret: a file in /run, or one that is not known. */
function hasPasswords({ config }: Host): boolean {
  return childrenOf(config.at("users", "users")).some(({ node }) =>
    ["hashedPasswordFile", "passwordFile"].some((name) => {
      const file = isNamed(node, name) ? readString(node.child(name)) : undefined;
      return file !== undefined && (!file.known || file.value.startsWith("/run/"));
    }),
  );
}

function byItsPathInTheStore(
  context: RuleContext,
  { place, option, isList }: Identity,
  instead: string,
): readonly FixPlan[] {
  const edits = place
    ? replaceStringAt(context, place, instead)
    : setOption(context, option, isList ? `[ ${quote(instead)} ]` : quote(instead));
  return offer(edits, { title: `Decrypt with the key at ${instead}`, safety: "safe", preferred: true });
}
