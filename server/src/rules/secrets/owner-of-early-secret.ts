import { declaredSecrets } from "../reading/declared-secrets.ts";
import { defineRule } from "../rule.ts";

/** A secret that is decrypted before there are accounts, with an owner that it never gets. */
export const ownerOfEarlySecret = defineRule({
  code: "IMP809",
  name: "owner-of-early-secret",
  group: "secrets",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const { tool, name, node, isEarly, owner, ownerPlace, place } of declaredSecrets(host)) {
      if (tool !== "sops-nix" || !isEarly.known || !isEarly.value || !owner.known || owner.value === "root") continue;
      report({
        at: ownerPlace ?? place,
        message: `The secret \`${name}\` is to belong to \`${owner.value}\` and to be decrypted before users are made (neededForUsers). sops-nix leaves the owner out then: the file belongs to root, and \`${owner.value}\` cannot read it. Versions from before October 2024 refuse to build this.`,
        help: `Leave out the owner where only NixOS reads the file, as for a password. What \`${owner.value}\` itself reads has to be another secret, without neededForUsers (the same key of the file, by \`key\`).`,
        related: [
          { place: isEarly.place ?? node.child("neededForUsers").definitions()[0]?.place, message: "needed for users" },
        ],
      });
    }
  },
});
