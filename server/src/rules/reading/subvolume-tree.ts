import type { DiskoLayout, Host } from "../../host/host.ts";
import { isSameDevice } from "../../host/rollback-target.ts";

/** The subvolume that lies at a path, by its place in the tree of its layout. */
export function treePlace(
  host: Host,
  path: string,
): { readonly name?: string; readonly layout?: DiskoLayout | undefined } {
  const fs = host.fileSystemAt(path);
  if (!fs?.subvolume?.known || !fs.device.known) return {};
  const { value: device } = fs.device;
  const layout =
    fs.disko?.layout ??
    host.layouts.find((one) => one.device.known && isSameDevice(device, one.device.value, one.label));
  const below = path === fs.mountpoint ? "" : path.slice(fs.mountpoint === "/" ? 1 : fs.mountpoint.length + 1);
  return { name: [fs.subvolume.value, below].filter((part) => part !== "").join("/"), layout };
}
