import { HOLE, Unknown, type Value } from "../eval/value.ts";
import { NIXPKGS_PATH } from "./packages.ts";

/** What stands for the folder of NixOS' own modules (`modulesPath`), and for all that is made of its files. */
export const NIXOS_MODULES = new Unknown("it is one of NixOS' own modules", undefined, { soft: true });

/**
 * Whether a value is made by a file of NixOS alone: `import (modulesPath + "/programs/wayland/wayland-session.nix") { … }`
 * instead of a module. As of those that are imported, it is assumed that it leaves alone what the workspace says.
 */
export function isOfNixos(value: Value): boolean {
  return value instanceof Unknown && value.soft && !value.ofWorkspace && value.why === NIXOS_MODULES.why;
}

/**
 * Files of NixOS that give the host filesystems of their own: live media, whose `/` is a tmpfs whatever the workspace
 * says, and images of disks. From `fileSystems` in nixpkgs' nixos/modules.
 */
const WITH_FILE_SYSTEMS =
  /\/(installer\/(cd-dvd\/(iso-image|installation-cd-[\w-]+)|netboot\/[\w-]+|kexec\/[\w-]+|sd-card\/[\w-]+)|virtualisation\/(amazon-image|azure-common|azure-image|digital-ocean-config|digital-ocean-image|google-compute-config|google-compute-image|hyperv-image|kubevirt|oci-common|oci-image|openstack-config|proxmox-image|qemu-vm|virtualbox-image|vmware-image))\.nix$/;

/** Whether a module is one of those files: what it mounts is not modelled, and wins over what the workspace says. */
export function mountsForNixos(module: Unknown): boolean {
  const { text, holes } = module.partial ?? { text: "", holes: [] };
  return text.startsWith(`${HOLE}/`) && holes[0]?.why === NIXOS_MODULES.why && WITH_FILE_SYSTEMS.test(text);
}

/** The same of a path below nixpkgs, wherever that stands for a folder. */
export function isMountingFileOfNixos(path: string): boolean {
  return path.startsWith(`${NIXPKGS_PATH}/nixos/modules/`) && WITH_FILE_SYSTEMS.test(path);
}

/** Why a host that imports one of those files is not known. */
export const MOUNTS_ITSELF = "this module of NixOS gives the host filesystems of its own, which are not modelled";
