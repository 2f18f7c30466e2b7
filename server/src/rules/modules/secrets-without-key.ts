import { MergeNode } from "../../modules/merge-node.ts";
import { keylessManagers } from "../reading/secret-identities.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** Secrets that agenix or sops-nix has no key for, which both refuse when the host is evaluated. */
export const secretsWithoutKey = defineRule({
  code: "IMP014",
  name: "secrets-without-key",
  group: "modules",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    if (mayBeSetElsewhere(host)) return;
    for (const { tool, place, emptied } of keylessManagers(host)) {
      const { option, refusal, help } = WORDS[tool];
      const group = tool === "agenix" ? "age" : "sops";
      // Without its module the host fails for another reason.
      if (host.config instanceof MergeNode && host.config.importsGroup(group) === false) continue;
      const secrets = host.config.at(group, "secrets");
      // A module of the workspace with such options is another tool.
      if (secrets instanceof MergeNode && secrets.isDeclared()) continue;
      const why = emptied
        ? "what names its keys is empty"
        : `nothing names its keys, and those that it takes by default are the host keys of sshd, which is off or has none`;
      report({
        at: place,
        message: `${tool} has secrets to decrypt here and no key: ${why}. It refuses to evaluate the host ("${refusal}").`,
        help: `${help} The key has to be there before secrets are decrypted: on a root that is wiped, name it by its path in the store.`,
        related: [{ place: emptied, message: `\`${option}\` is empty here` }],
      });
    }
  },
});

const WORDS = {
  agenix: {
    option: "age.identityPaths",
    refusal: "age.identityPaths must be set, for example by enabling openssh.",
    help: 'Set age.identityPaths, e.g. = [ "/persist/etc/ssh/ssh_host_ed25519_key" ];, or enable sshd.',
  },
  "sops-nix": {
    option: "sops.age.sshKeyPaths",
    refusal:
      "No key source configured for sops. Either set services.openssh.enable or set sops.age.keyFile or sops.gnupg.home",
    help: 'Set sops.age.keyFile, e.g. = "/persist/sops/key.txt";, or sops.age.sshKeyPaths, or enable sshd.',
  },
} as const;
