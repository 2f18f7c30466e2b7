import type { FileSystem, Host } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";

/** Options of images that are built as a whole and replaced as a whole. */
const IMAGES = [["image", "repart"], ["isoImage"], ["netboot"], ["system", "image"]];

/**
 * Whether a host keeps nothing by design: no store, and no filesystem that could hold one beside the Nix store and what
 * boots it. Live images, appliances and kiosks are such; advice on what to persist is no use to them. An appliance may
 * keep homes. A live medium has the stores of the modules that it shares with other hosts, and nowhere to put them.
 */
export function isStateless(host: Host): boolean {
  const mayKeep = host.stores.length > 0 || host.storesOpen !== undefined;
  if (host.fileSystemsOpen !== undefined || (mayKeep && !isLiveMedium(host))) return false;
  if (host.ephemeralRoot.kind !== "tmpfs") return false;
  const isImage =
    IMAGES.some((path) => host.config.at(...path).isDefined() === true) || host.fileSystems.some(isStoreImage);
  return !host.fileSystems.some((fs) => keepsData(fs) && !(isImage && !mayKeepSystem(fs)));
}

/** Whether a module of NixOS makes a live medium of the host: started from a disc, a stick or the network, and empty each time. */
export function isLiveMedium(host: Host): boolean {
  return host.opaque.some(({ mounts, inside }) => mounts === "live" && inside === undefined);
}

/** A Nix store that comes as one compressed file, as live images and machines that boot from the network have it. */
function isStoreImage({ mountpoint, fsType }: FileSystem): boolean {
  return fsType.known && (fsType.value === "squashfs" || fsType.value === "erofs") && isAtOrBelow(mountpoint, "/nix");
}

/** Whether state of the system may be meant to go there. Homes and data of an image are something else. */
function mayKeepSystem({ mountpoint }: FileSystem): boolean {
  return /^\/(var|etc|persist|persistent|state|keep)(\/|$)/.test(mountpoint);
}

function keepsData({ mountpoint, fsType }: FileSystem): boolean {
  if (fsType.known && (fsType.value === "tmpfs" || fsType.value === "swap")) return false;
  return mountpoint !== "/" && !/^\/(nix|boot|efi|iso|swap|\.swap|tmp|run)(\/|$)/.test(mountpoint);
}
