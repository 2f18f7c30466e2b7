import { readBoolean, setAt } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

/** systemd in the initrd runs none of the scripted hooks; NixOS refuses to build such a host. */
export const scriptedHookUnderSystemd = defineRule({
  code: "IMP505",
  name: "scripted-hook-under-systemd",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const option = host.config.at("boot", "initrd", "systemd", "enable");
    const enabled = readBoolean(option);
    if (enabled && (!enabled.known || !enabled.value)) return;
    const byDefault = host.release.nixos !== undefined && host.release.nixos >= "26.05";
    if (!enabled && host.release.nixos !== undefined && !byDefault) return;
    const isCertain = enabled !== undefined || byDefault;
    for (const rollback of host.rollbacks) {
      if (rollback.stage !== "initrd-scripted") continue;
      const name = rollback.option.join(".");
      report({
        at: rollback.place,
        severity: isCertain ? "error" : "information",
        message: isCertain
          ? `\`${name}\` belongs to the scripted initrd, but this host has systemd in its initrd${enabled ? "" : ` (the default since NixOS 26.05; this is ${host.release.nixos})`}. NixOS refuses to build it, and the root is not wiped.`
          : `\`${name}\` belongs to the scripted initrd. From NixOS 26.05 on systemd runs the initrd by default and NixOS refuses such hooks; which release this host uses is not known here.`,
        help: "Move the script to boot.initrd.systemd.services.<name>, wanted by initrd.target, after the device and before sysroot.mount. Until 26.11, boot.initrd.systemd.enable = false keeps the old initrd.",
        related: [{ place: enabled ? setAt(option) : undefined, message: "systemd is switched on in the initrd here" }],
      });
    }
  },
});
