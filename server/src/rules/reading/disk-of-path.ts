import type { FileSystem, Host } from "../../host/host.ts";
import { isSameDevice } from "../../host/rollback-target.ts";

/** A disk of the host's own, or a pool, by what is on it. */
export interface Disk {
  /** Equal for what is on one filesystem or pool. */
  readonly key: string;
  readonly shown: string;
  readonly isPool: boolean;
}

/** The device or pool that a path is on, where that is a disk of the host's own. */
export function diskOf(host: Host, path: string): Disk | undefined {
  const fate = host.fateOf(path);
  const fs: FileSystem | undefined = fate.persisted?.store.path.known
    ? host.fileSystemAt(fate.persisted.store.path.value)
    : host.fileSystemAt(path);
  if (fs?.certain.answer !== "yes" || !fs.fsType.known || !fs.device.known || host.fileSystemsOpen !== undefined)
    return undefined;
  const { value: device } = fs.device;
  if (fs.fsType.value === "zfs") {
    const [pool = ""] = device.split("/");
    return { key: `zfs ${pool}`, shown: `the pool \`${pool}\``, isPool: true };
  }
  if (!/^(btrfs|bcachefs|ext[234]|xfs|f2fs)$/.test(fs.fsType.value)) return undefined;
  const layout = host.layouts.find(
    (one) => one.device.known && isSameDevice(device, one.device.value, one.label),
  )?.device;
  const key = layout?.known ? layout.value : device;
  return { key, shown: `${fs.fsType.value} of \`${device}\``, isPool: false };
}
