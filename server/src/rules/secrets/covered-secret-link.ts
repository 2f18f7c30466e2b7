import { parentPath } from "../../eval/path-name.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { readBoolean, readString } from "../../host/read-values.ts";
import { readableAtActivation } from "../reading/before-activation.ts";
import { declaredSecrets } from "../reading/declared-secrets.ts";
import { secretManagers } from "../reading/secret-identities.ts";
import { defineRule } from "../rule.ts";

/** A secret that is put into a directory before a mount covers that directory. */
export const coveredSecretLink = defineRule({
  code: "IMP813",
  name: "covered-secret-link",
  group: "secrets",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    const atActivation = secretManagers(host).filter(({ inUnit }) => !inUnit);
    for (const { tool, name, node, place } of declaredSecrets(host)) {
      const option = node.child("path");
      if (option.isDefined() === false || !atActivation.some((manager) => manager.tool === tool)) continue;
      const path = readString(option);
      // What is put on /boot is for the initrd of the next boot.
      if (!path?.known || !path.value.startsWith("/") || isAtOrBelow(path.value, "/boot")) continue;
      const readable = readableAtActivation(host, parentPath(path.value));
      if (readable.when !== "late" || readable.persisted?.linked) continue;
      const symlink = readBoolean(node.child("symlink"));
      if (tool === "agenix" && symlink && !symlink.known) continue;
      const isCopy = tool === "agenix" && symlink?.known === true && !symlink.value;
      report({
        at: path.place ?? place,
        ...(isCopy ? { severity: "warning" as const } : {}),
        message: `The secret \`${name}\` is put at \`${path.value}\` when the system is activated, and only then what is ${readable.why} is mounted there and covers it. ${
          isCopy
            ? "The service sees the copy that the last `nixos-rebuild switch` left in the store, however old it is, or none; and that copy is on the disk as plain text."
            : "After an installation the service does not find it; only a later `nixos-rebuild switch` puts a link where it is seen, and leaves that in the store."
        }`,
        help: "Leave out `path`, and let the service read the file where it is anyway (config.…secrets.<name>.path); or put it where nothing is mounted.",
        related: [{ place: readable.place, message: readable.persisted ? "persisted here" : "mounted later" }],
      });
    }
  },
});
