import type { OptionNode } from "../modules/option-node.ts";
import type { DiskoLayout, FileSystem, Script } from "./host.ts";
import { childrenOf, openOf, readTexts } from "./read-values.ts";
import { commandsOf } from "./script-commands.ts";

/** What says which disks a host opens. */
export interface OpenedDisks {
  readonly config: OptionNode;
  readonly fileSystems: readonly FileSystem[];
  /** Why more filesystems than listed may exist. */
  readonly fileSystemsOpen: string | undefined;
  readonly layouts: readonly DiskoLayout[];
  readonly scripts: readonly Script[];
}

/** The name of an opened disk. One with a hyphen may be a volume of LVM. */
export function mappedName(device: string): string | undefined {
  return /^\/dev\/mapper\/([^/-]+)$/.exec(device)?.[1];
}

/** Whether it is proven that the host opens no disk as `/dev/mapper/<name>`. */
export function isUnopened(disks: OpenedDisks, name: string): boolean {
  const root = disks.fileSystems.find(({ mountpoint }) => mountpoint === "/")?.device;
  if (!root?.known || mayBeOpened(disks, name)) return false;
  // Beside a root by another sort of name only a host that opens nothing at all tells that this is not the same disk.
  return mappedName(root.value) !== undefined || (isOfPartition(root.value) && opensNothing(disks));
}

function isOfPartition(device: string): boolean {
  return /^\/dev\/(disk\/by-|sd|vd|nvme|mmcblk)/.test(device);
}

function opensNothing({ config, fileSystems, layouts }: OpenedDisks): boolean {
  const devices = [...fileSystems.map(({ device }) => device), ...layouts.map(({ device }) => device)];
  return (
    childrenOf(config.at("boot", "initrd", "luks", "devices")).length === 0 &&
    devices.every((device) => device.known && !device.value.startsWith("/dev/mapper/"))
  );
}

/** Whether a disk may be opened under a name: the configuration says so, or may say so in a way that is not seen. */
export function mayBeOpened(disks: OpenedDisks, name: string): boolean {
  return mayOpenOthers(disks) || isOpened(disks, name);
}

/** Whether disks may be opened under names that are not in the configuration. */
function mayOpenOthers({ config, fileSystemsOpen, scripts }: OpenedDisks): boolean {
  const initrd = config.at("boot", "initrd");
  const kernel = readTexts(config.at("boot", "kernelParams"));
  return (
    openOf(initrd.at("luks", "devices")) !== undefined ||
    fileSystemsOpen !== undefined ||
    kernel.texts.some(({ text }) => /^(rd\.)?luks/.test(text)) ||
    initrd.at("systemd", "contents").isDefined() !== false ||
    scripts.some((script) => commandsOf(script).all.some(({ name }) => name === "cryptsetup"))
  );
}

function isOpened({ config, fileSystems, layouts }: OpenedDisks, name: string): boolean {
  const device = `/dev/mapper/${name}`;
  return (
    childrenOf(config.at("boot", "initrd", "luks", "devices")).some((child) => child.name === name) ||
    fileSystems.some((fs) => !fs.device.known || fs.device.value === device) ||
    layouts.some((layout) => !layout.device.known || layout.device.value === device)
  );
}
