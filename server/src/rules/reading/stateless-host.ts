import type { FileSystem, Host } from "../../host/host.ts";

/**
 * Whether a host keeps nothing by design: no store, and no filesystem that could hold one beside the Nix store and what
 * boots it. Live images and kiosks are such; advice on what to persist is no use to them.
 */
export function isStateless(host: Host): boolean {
  if (host.stores.length > 0 || host.storesOpen !== undefined || host.fileSystemsOpen !== undefined) return false;
  return host.ephemeralRoot.kind === "tmpfs" && !host.fileSystems.some(keepsData);
}

function keepsData({ mountpoint, fsType }: FileSystem): boolean {
  if (fsType.known && (fsType.value === "tmpfs" || fsType.value === "swap")) return false;
  return mountpoint !== "/" && !/^\/(nix|boot|efi|iso|swap|\.swap|tmp|run)(\/|$)/.test(mountpoint);
}
