import { usesSystemdInitrd } from "../../host/initrd.ts";
import { readBoolean, readExplicitBoolean, setAt } from "../../host/read-values.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** preservation on a host whose initrd runs scripts, which the module refuses to evaluate. */
export const preservationWithScriptedInitrd = defineRule({
  code: "IMP325",
  name: "preservation-with-scripted-initrd",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const enable = host.config.at("preservation", "enable");
    const on = enable.isDefined() === true ? readBoolean(enable) : undefined;
    if (on?.known !== true || !on.value) return;
    const option = host.config.at("boot", "initrd", "systemd", "enable");
    const isSet = readExplicitBoolean(option) !== undefined;
    if (usesSystemdInitrd(host.config, host.release).answer !== "no" || (!isSet && mayBeSetElsewhere(host))) return;
    report({
      at: setAt(enable),
      message: `preservation needs systemd in the initrd, and this host has the scripted one${isSet ? "" : `, which is the default of NixOS ${host.release.nixos}`}: it refuses to evaluate ("This module cannot be used with scripted initrd."), so that the host cannot be built.`,
      help: "Set boot.initrd.systemd.enable = true. Hooks of the scripted initrd, such as a rollback in postDeviceCommands, then have to become services of boot.initrd.systemd.",
      related: isSet ? [{ place: setAt(option), message: "switched off here" }] : [],
    });
  },
});
