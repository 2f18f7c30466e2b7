import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { joinPath, normalise } from "../../host/paths.ts";
import { childrenOf, itemNode, nameAt, openOf, read, readItems, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { type DiskoContent, diskoContents } from "./disko-contents.ts";

/** A file that the host swaps to. */
export interface SwapFile {
  /** Absolute, normalised. */
  readonly path: string;
  readonly place: Place | undefined;
  /** Whether NixOS makes the file at boot when it is missing: it does, and NOCOW, when the size is given. */
  readonly made: boolean;
}

/** The swap files that the host certainly has: of `swapDevices`, and those that disko made at installation. */
export function swapFiles(host: Host): readonly SwapFile[] {
  const files: SwapFile[] = [];
  const option = host.config.child("swapDevices");
  for (const [index, item] of readItems(option).items.entries()) {
    const node = itemNode(item, [...option.path, String(index)]);
    const device = readString(node.child("device"));
    if (item.certain.answer !== "yes" || !device?.known || !isFile(device.value)) continue;
    const size = read(node.child("size"));
    const made = size.state === "unknown" || (size.state === "set" && size.value !== null);
    files.push({ path: normalise(device.value), place: device.place ?? item.place, made });
  }
  for (const { fsType, path } of host.layouts) {
    if (fsType !== "btrfs") continue;
    for (const subvolume of childrenOf(host.config.at(...path))) {
      const mountpoint = readString(subvolume.node.child("mountpoint"));
      if (subvolume.certain.answer !== "yes" || !mountpoint?.known) continue;
      for (const { name, node, certain } of childrenOf(subvolume.node.child("swap"))) {
        const file = readString(node.child("path")) ?? { known: true as const, value: name };
        if (certain.answer !== "yes" || !file.known) continue;
        files.push({ path: joinPath(mountpoint.value, file.value), place: nameAt(node), made: false });
      }
    }
  }
  return files;
}

/** Volumes of ZFS that the host certainly swaps to: of `swapDevices`, and those that disko makes for it. */
export function swapVolumes(host: Host): readonly { readonly device: string; readonly place: Place | undefined }[] {
  const option = host.config.child("swapDevices");
  const listed = readItems(option).items.flatMap((item, index) => {
    const device = readString(itemNode(item, [...option.path, String(index)]).child("device"));
    if (item.certain.answer !== "yes" || !device?.known || !/^\/dev\/(zvol\/|zd\d)/.test(device.value)) return [];
    return [{ device: device.value, place: device.place ?? item.place }];
  });
  const names = new Set(listed.map(({ device }) => device));
  return [...listed, ...diskoSwapVolumes(host.config).filter(({ device }) => !names.has(device))];
}

function diskoSwapVolumes(config: OptionNode) {
  return childrenOf(config.at("disko", "devices", "zpool")).flatMap((pool) =>
    childrenOf(pool.node.child("datasets")).flatMap(({ name, node, certain }) => {
      const type = readString(node.child("type"));
      const content = readString(node.at("content", "type"));
      const isSwap = type?.known && type.value === "zfs_volume" && content?.known && content.value === "swap";
      if (!isSwap || certain.answer !== "yes" || pool.certain.answer !== "yes") return [];
      return [{ device: `/dev/zvol/${pool.name}/${name}`, place: nameAt(node) }];
    }),
  );
}

/** The swap partitions and volumes of disko. */
export function diskoSwaps(config: OptionNode): readonly DiskoContent[] {
  return diskoContents(config).filter(({ type }) => type === "swap");
}

/** Whether there is swap on a disk, or may be, by what the configuration declares and what its units do. */
export function mayHaveSwap(host: Host): boolean {
  const { config } = host;
  const { items, open } = readItems(config.child("swapDevices"));
  if (items.length > 0 || open.length > 0 || openOf(config.at("disko", "devices"))) return true;
  if (diskoSwaps(config).length + swapFiles(host).length + swapVolumes(host).length > 0) return true;
  if (host.layouts.some(({ open: more }) => more !== undefined) || host.fileSystemsOpen !== undefined) return true;
  return (
    config.at("zramSwap", "writebackDevice").isDefined() !== false ||
    config.at("services", "swapspace", "enable").isDefined() !== false ||
    host.units.some(({ scripts }) => scripts.some(({ text }) => /\bswapon\b|mkswapfile/.test(text)))
  );
}

function isFile(device: string): boolean {
  return device.startsWith("/") && !/^\/(dev|run|proc|sys)\//.test(device);
}
