import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { type Child, childrenOf, nameAt, read, readBoolean, readString } from "../../host/read-values.ts";
import { known } from "../../host/verdict.ts";
import { readableAtActivation } from "../reading/before-activation.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { defineRule } from "../rule.ts";

const OPTIONS = ["hashedPasswordFile", "passwordFile"];

/** Users are made before persisted paths are mounted: a password file below one of them is not there yet. */
export const latePasswordFile = defineRule({
  code: "IMP802",
  name: "late-password-file",
  group: "secrets",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (isStateless(host)) return;
    for (const { user, option, path, place } of passwordFiles(host)) {
      const secret = laterSecret(host, path);
      if (secret) {
        context.report({
          at: place,
          message: `\`${path}\`, the password of ${user}, is a secret that sops-nix decrypts only after users are made, because it does not set \`neededForUsers\`. At every boot the file is not there yet: ${user} gets no password and cannot log in.`,
          help: `Set sops.secrets.${quoted(secret.name)}.neededForUsers = true; the secret is then decrypted before users are made.`,
          related: [{ place: secret.place, message: "the secret is declared here" }],
          fixes: () =>
            offer(setOption(context, ["sops", "secrets", secret.name, "neededForUsers"], "true"), {
              title: `Set sops.secrets.${quoted(secret.name)}.neededForUsers = true`,
              safety: secret.isPlain ? "safe" : "unsafe",
              preferred: true,
              ...(!secret.isPlain && { note: "sops-nix refuses an owner or a group for such secrets." }),
            }),
        });
        continue;
      }
      const readable = readableAtActivation(host, path);
      const what = `\`${path}\`, the password of ${user},`;
      if (readable.when === "lost") {
        context.report({
          at: place,
          message: `${what} is ${readable.why}. After a reboot the file is gone, and nobody can log in as ${user} with a password.`,
          help: `Keep the file in the store, and set users.users.${user}.${option} to its path there.`,
          related: [{ place: readable.place, message: "this is why it is lost" }],
        });
      } else if (readable.when === "late") {
        const { instead, mountpoint } = readable;
        context.report({
          at: place,
          message: `${what} is ${readable.why}. Users are made when the system is activated, before that mount is there: ${user} gets no password and cannot log in.`,
          help: mountpoint
            ? `Let the initrd mount the filesystem: fileSystems."${mountpoint}".neededForBoot = true;`
            : `Name the file by its path in the store${instead ? ` ("${instead}")` : ""}; that is a filesystem the initrd mounts.`,
          related: [{ place: readable.place, message: readable.persisted ? "persisted here" : "mounted too late" }],
          fixes: () => {
            if (mountpoint !== undefined) {
              return offer(setOption(context, ["fileSystems", mountpoint, "neededForBoot"], "true"), {
                title: `Set fileSystems."${mountpoint}".neededForBoot = true`,
                safety: "safe",
                preferred: true,
              });
            }
            return instead === undefined
              ? []
              : offer(replaceStringAt(context, place, instead), {
                  title: `Read the password from ${instead}`,
                  safety: "safe",
                  preferred: true,
                });
          },
        });
      }
    }
  },
});

/** A secret of sops-nix that is decrypted when users are there already, by the path of its file. */
function laterSecret(host: Host, path: string) {
  const folder = readString(host.config.at("sops", "defaultSymlinkPath")) ?? known("/run/secrets");
  if (!folder.known || !path.startsWith(`${folder.value}/`) || keepsPasswords(host)) return undefined;
  for (const { name, node, certain } of childrenOf(host.config.at("sops", "secrets"))) {
    const file = readString(node.child("name")) ?? known(name);
    if (certain.answer !== "yes" || !file.known || path !== `${folder.value}/${file.value}`) continue;
    const early = readBoolean(node.child("neededForUsers")) ?? known(false);
    // A path of its own, or a flag that is not known, says nothing about when the file is there.
    if (node.child("path").isDefined() !== false || !early.known || early.value) return undefined;
    const isPlain = ["owner", "group", "uid", "gid"].every((option) => node.child(option).isDefined() === false);
    return { name, place: nameAt(node), isPlain };
  }
  return undefined;
}

/** Whether a password that was set once, while the file was there, may stay in /etc/shadow. */
function keepsPasswords(host: Host): boolean {
  const mutable = readBoolean(host.config.at("users", "mutableUsers")) ?? known(true);
  if (mutable.known && !mutable.value) return false;
  return host.fateOf("/etc/shadow").survives.answer !== "no";
}

function quoted(name: string): string {
  return /^[A-Za-z_][\w'-]*$/.test(name) ? name : `"${name}"`;
}

interface PasswordFile {
  readonly user: string;
  readonly option: string;
  readonly path: string;
  readonly place: Place | undefined;
}

/** Password files by an absolute path in a text; a path literal is copied to the Nix store and always there. */
function passwordFiles(host: Host): readonly PasswordFile[] {
  return passwordFilesOf(childrenOf(host.config.at("users", "users")));
}

const passwordFilesOf = perItem(({ node: user, certain }: Child): readonly PasswordFile[] =>
  OPTIONS.flatMap((option) => {
    if (certain.answer !== "yes") return [];
    const reading = read(user.child(option));
    if (reading.state !== "set" || typeof reading.value !== "string" || !reading.value.startsWith("/")) return [];
    return [{ user: user.path.at(-1) ?? "", option, path: reading.value, place: reading.place }];
  }),
);
