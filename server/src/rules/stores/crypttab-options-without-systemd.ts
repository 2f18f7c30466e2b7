import { usesSystemdInitrd } from "../../host/initrd.ts";
import { luksDisks } from "../reading/luks-disks.ts";
import { defineRule } from "../rule.ts";

/** Options of crypttab for a disk that the scripted initrd opens, which does not read them. */
export const crypttabOptionsWithoutSystemd = defineRule({
  code: "IMP318",
  name: "crypttab-options-without-systemd",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    if (usesSystemdInitrd(host.config, host.release).answer !== "no") return;
    for (const { name, crypttab } of luksDisks(host)) {
      const [first] = crypttab;
      if (!first) continue;
      const all = crypttab.map(({ text }) => `\`${text}\``).join(", ");
      report({
        at: first.place,
        message: `${all} has no effect on \`${name}\`: \`crypttabExtraOpts\` is read by systemd in the initrd, and this host has the scripted one. ${/tpm2|fido2|pkcs11/.test(all) ? "The token is never asked, and the boot waits for a passphrase." : "The disk is opened without it."}`,
        help: "Set boot.initrd.systemd.enable = true, or leave the options out.",
      });
    }
  },
});
