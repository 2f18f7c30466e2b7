import type { OptionNode } from "../modules/option-node.ts";
import { isBootedByOthers, namesOtherLoader } from "./boot-loaders.ts";
import type { FileSystems } from "./file-systems.ts";
import type { FileSystem, Store } from "./host.ts";
import { readExplicitBoolean, readTexts } from "./read-values.ts";

const IN_CONTAINER = "the host is a container, and what runs it decides what is mounted in it";
const STAND_IN =
  "its only filesystem is a tmpfs that nothing can be started from, so that the root stands for one that this configuration does not have";

/**
 * The filesystems that a host really has. In a container the root is what runs the container makes of it, whatever the
 * configuration says. A tmpfs for `/` with nothing beside it, on a host that nothing starts or of a device that is made up, is there
 * to let the configuration be evaluated.
 */
export function realFileSystems(root: OptionNode, written: FileSystems, stores: readonly Store[]): FileSystems {
  if (isContainer(root)) return { list: [], open: written.open ?? IN_CONTAINER };
  if (isStandIn(root, written, stores)) return { list: [], open: STAND_IN };
  return written;
}

/** Whether nothing but the configuration's word makes a container of the host: `boot.isContainer`, `boot.isNspawnContainer`. */
function isContainer(root: OptionNode): boolean {
  // The module for containers of Proxmox says so of every host that imports it, until it is switched off.
  const proxmox = readExplicitBoolean(root.at("proxmoxLXC", "enable"));
  if (proxmox?.known && !proxmox.value) return false;
  return ["isContainer", "isNspawnContainer"].some((name) => {
    const flag = readExplicitBoolean(root.at("boot", name));
    return flag?.known === true && flag.value;
  });
}

function isStandIn(root: OptionNode, { list, open }: FileSystems, stores: readonly Store[]): boolean {
  const [only, ...others] = list;
  if (open !== undefined || stores.length > 0 || others.length > 0) return false;
  if (only?.mountpoint !== "/" || !only.fsType.known || only.fsType.value !== "tmpfs") return false;
  return isMadeUp(only) || startsNothing(root);
}

/** Whether the device is a word for there being none: whoever writes it wants the configuration evaluated, not started. */
function isMadeUp({ device }: FileSystem): boolean {
  return device.known && /^(\/dev\/)?(dummy|fake|placeholder|stub|null|invalid)$/i.test(device.value);
}

/** Whether no boot loader is installed on any disk, or GRUB to none (`device = "nodev"`), which lets a configuration be built. */
function startsNothing(root: OptionNode): boolean {
  if (isBootedByOthers(root)) return true;
  const grub = root.at("boot", "loader", "grub");
  // With EFI the name of no disk is the usual one: GRUB is on the EFI system partition.
  if (grub.child("efiSupport").isDefined() !== false) return false;
  const lists = [grub.child("device"), grub.child("devices")]
    .filter((node) => node.isDefined() !== false)
    .map((node) => readTexts(node));
  const isNowhere = lists.every(({ texts, open }) => open.length === 0 && texts.every(({ text }) => text === "nodev"));
  return lists.length > 0 && isNowhere && !namesOtherLoader(root);
}
