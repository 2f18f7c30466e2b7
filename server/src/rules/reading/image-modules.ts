import type { Host } from "../../host/host.ts";

/** Modules that bring the Nix store along in another way: installation images, virtual machines, containers. */
const IMAGES =
  /netboot|installer\/(?!scan)|iso-image|sd-image|qemu-vm|microvm|proxmox|lxc|repart|image|virtualisation\/(?!.*guest)/i;

/**
 * Whether the host imports a module that makes an image of it. Such modules have filesystems of their own, and some put
 * them in the place of all others (`mkImageMediaOverride`).
 */
export function importsImageModule(host: Host): boolean {
  return host.opaque.some(({ name }) => IMAGES.test(name));
}
