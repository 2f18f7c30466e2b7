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

/** Files of NixOS that give the host filesystems of its own. From `fileSystems` in nixpkgs' nixos/modules. */
const WITH_FILE_SYSTEMS: readonly (readonly [pattern: RegExp, kind: MountingFile])[] = [
  [/\/installer\/(cd-dvd\/(iso-image|installation-cd-[\w-]+)|netboot\/[\w-]+|kexec\/[\w-]+)\.nix$/, "live"],
  [/\/virtualisation\/qemu-vm\.nix$/, "live"],
  [/\/installer\/sd-card\/[\w-]+\.nix$/, "disk"],
  [
    /\/virtualisation\/((amazon|azure|digital-ocean|google-compute|hyperv|oci|proxmox|virtualbox|vmware)-image|digital-ocean-config|google-compute-config|kubevirt|oci-common|openstack-config)\.nix$/,
    "disk",
  ],
];

/**
 * `live`: a medium whose `/` is in memory, whatever the workspace says of it. `disk`: an image with a `/`, which is not
 * the host's where the workspace gives it one.
 */
export type MountingFile = "live" | "disk";

/** What a module that is one of those files mounts. */
export function mountsForNixos(module: Unknown): MountingFile | undefined {
  const { text, holes } = module.partial ?? { text: "", holes: [] };
  return text.startsWith(`${HOLE}/`) && holes[0]?.why === NIXOS_MODULES.why ? kindOf(text) : undefined;
}

/** The same of a path below nixpkgs, wherever that stands for a folder. */
export function mountingFileOfNixos(path: string): MountingFile | undefined {
  return path.startsWith(`${NIXPKGS_PATH}/nixos/modules/`) ? kindOf(path) : undefined;
}

function kindOf(path: string): MountingFile | undefined {
  return WITH_FILE_SYSTEMS.find(([pattern]) => pattern.test(path))?.[1];
}

/** The file below `nixos/modules` that a path below nixpkgs is; undefined for all other paths. */
export function fileOfNixos(path: string): string | undefined {
  const folder = `${NIXPKGS_PATH}/nixos/modules/`;
  return path.startsWith(folder) ? path.slice(folder.length) : undefined;
}

/** The same of a module that is not at hand: below `modulesPath`, or in a copy of nixpkgs. */
export function unreadFileOfNixos({ soft, ofWorkspace, partial }: Unknown): string | undefined {
  return soft && !ofWorkspace && partial !== undefined ? UNREAD.exec(partial.text)?.[1] : undefined;
}

const UNREAD = new RegExp(`^${HOLE}(?:/nixos/modules)?/([\\w/-]+\\.nix)$`);

/** Whether a file below `nixos/modules` is one of those that may have a model (nixos-images.nix). */
export function mayBeModelled(file: string): boolean {
  return /^(installer\/(cd-dvd|netboot|sd-card)|virtualisation)\/|^profiles\/installation-device\.nix$/.test(file);
}

/** Why a host that imports one of those files that is not modelled is not known. */
export const MOUNTS_ITSELF = "this module of NixOS gives the host filesystems of its own, which are not modelled";
