import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { perNode } from "../../host/per-node.ts";
import { childrenOf, read } from "../../host/read-values.ts";
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

interface PasswordFile {
  readonly user: string;
  readonly option: string;
  readonly path: string;
  readonly place: Place | undefined;
}

/** Password files by an absolute path in a text; a path literal is copied to the Nix store and always there. */
function passwordFiles(host: Host): readonly PasswordFile[] {
  return childrenOf(host.config.at("users", "users"))
    .filter(({ certain }) => certain.answer === "yes")
    .flatMap(({ node }) => passwordFilesOf(node));
}

const passwordFilesOf = perNode((user): readonly PasswordFile[] =>
  OPTIONS.flatMap((option) => {
    const reading = read(user.child(option));
    if (reading.state !== "set" || typeof reading.value !== "string" || !reading.value.startsWith("/")) return [];
    return [{ user: user.path.at(-1) ?? "", option, path: reading.value, place: reading.place }];
  }),
);
