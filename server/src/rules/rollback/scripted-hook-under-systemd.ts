import type { Host } from "../../host/host.ts";
import { isNamed, nameAt, readBoolean, readString, setAt } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
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
    const related = [
      { place: enabled ? setAt(option) : undefined, message: "systemd is switched on in the initrd here" },
    ];
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
        related,
      });
    }
    if (!isCertain) return;
    for (const { name, node } of otherHooks(host)) {
      report({
        at: nameAt(node) ?? setAt(node),
        message: `\`${name}\` belongs to the scripted initrd, but this host has systemd in its initrd${enabled ? "" : ` (the default since NixOS 26.05; this is ${host.release.nixos})`}. NixOS refuses to build it ("systemd stage 1 does not support ${name}").`,
        help: insteadOf(name),
        related,
      });
    }
  },
});

/** What the module of systemd's initrd asserts to be empty, below `boot.initrd`. Source of truth: system/boot/systemd/initrd.nix. */
const HOOKS = [
  ...["preFailCommands", "preDeviceCommands", "preLVMCommands", "postDeviceCommands", "postResumeCommands"],
  ...["postMountCommands", "network.postCommands", "extraUtilsCommands", "extraUtilsCommandsTest"],
  ...["extraUdevRulesCommands"],
];

/** Hooks that certainly hold something, other than those that reset the root. */
function otherHooks(host: Host): { name: string; node: OptionNode }[] {
  const initrd = host.config.at("boot", "initrd");
  const used = isNamed(initrd, "enable") ? readBoolean(initrd.child("enable")) : undefined;
  if (host.config.child("boot").isDefined() !== true || (used && !(used.known && used.value))) return [];
  return HOOKS.flatMap((hook) => {
    const [first = "", second] = hook.split(".");
    if (!isNamed(initrd, first)) return [];
    const node = second === undefined ? initrd.child(first) : initrd.child(first).child(second);
    const name = node.path.join(".");
    const isOfARollback = host.rollbacks.some(
      ({ stage, option }) => stage === "initrd-scripted" && option.join(".") === name,
    );
    return isOfARollback || !holdsText(node) ? [] : [{ name, node }];
  });
}

function holdsText(node: OptionNode): boolean {
  if (!node.definitions().some(({ condition }) => condition === true)) return false;
  const text = readString(node);
  return text?.known === true && text.value !== "";
}

function insteadOf(name: string): string {
  if (name.endsWith("extraUdevRulesCommands")) return "Give the rules to boot.initrd.services.udev.";
  if (name.includes("extraUtils"))
    return "Name what the initrd needs in boot.initrd.systemd.initrdBin, extraBin, contents or storePaths.";
  return "Move the commands to boot.initrd.systemd.services.<name>, ordered by units. Until 26.11, boot.initrd.systemd.enable = false keeps the old initrd.";
}
