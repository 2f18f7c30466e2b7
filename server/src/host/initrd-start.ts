import type { OptionNode } from "../modules/option-node.ts";
import type { Unit, Verdict } from "./host.ts";
import { NO, unsure, YES } from "./verdict.ts";

/**
 * Units that an ordinary boot of NixOS's systemd initrd starts (`nixos/modules/system/boot/systemd/initrd.nix`, and
 * bootup(7) for what `initrd.target` needs). Devices and mounts are started when they are there.
 */
export const INITRD_UNITS: readonly string[] = [
  ...[
    "initrd.target",
    "initrd-root-device.target",
    "initrd-root-fs.target",
    "initrd-usr-fs.target",
    "initrd-fs.target",
  ],
  ...["initrd-switch-root.target", "initrd-switch-root.service", "initrd-cleanup.service", "initrd-parse-etc.service"],
  ...["sysinit.target", "basic.target", "local-fs-pre.target", "local-fs.target", "cryptsetup.target", "sysroot.mount"],
  ...["cryptsetup-pre.target", "sockets.target", "paths.target", "timers.target", "slices.target", "swap.target"],
  ...["network.target", "network-pre.target", "network-online.target", "zfs-import.target"],
];

/** Targets that exist in the initrd and are not reached on the way to the root, or belong to the running system. */
const NEVER_REACHED =
  /^(multi-user|graphical|rescue|emergency|shutdown|reboot|poweroff|halt|kexec|final|sleep|suspend|hibernate)\.target$/;

/** Whether the initrd starts what wants or requires a unit, for one name in `wantedBy` or `requiredBy`. */
export function startedInInitrd(root: OptionNode, unit: Unit, name: string): Verdict {
  if (NEVER_REACHED.test(name)) return NO;
  const isKnown = INITRD_UNITS.includes(name) || /\.(device|mount)$|^(systemd-|zfs-import)/.test(name);
  if (isKnown || isDeclared(root, name)) return YES;
  return unsure(`nothing is known here of ${name}, which is to start ${unit.name}.service`, unit.place);
}

/** Whether the host declares a unit of that name for its initrd. */
function isDeclared(root: OptionNode, name: string): boolean {
  const systemd = root.at("boot", "initrd", "systemd");
  const dot = name.lastIndexOf(".");
  const [stem, type] = [name.slice(0, dot), name.slice(dot + 1)];
  return [
    ["units", name],
    [`${type}s`, stem],
  ].some((path) => systemd.at(...path).isDefined() !== false);
}
