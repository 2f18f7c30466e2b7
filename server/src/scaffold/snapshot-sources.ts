import type { Host } from "../host/host.ts";
import { isAtOrBelow } from "../host/paths.ts";
import type { HostShape } from "./host-shape.ts";

/** A subvolume that has snapshots, with the name that these begin with. */
export interface SnapshotSource {
  readonly name: string;
  readonly path: string;
  /** Whether it has them when the policy is about critical data only. */
  readonly isCritical: boolean;
}

/** Rewritten in place, or made of subvolumes of their own: snapshots of it cost much and restore little. */
const UNFIT = ["/var/lib/containers", "/var/lib/docker", "/var/lib/libvirt", "/var/lib/machines", "/swap", "/.swapvol"];
/** Made again, or an archive itself. */
const WORTHLESS = ["/nix", "/boot", "/efi", "/tmp", "/var/tmp", "/var/cache", "/btrfs_tmp", "/.snapshots", "/.btrfs"];

/** What of a host shall have snapshots: its store, homes, and what else lies on a subvolume of the same filesystem. */
export function snapshotSources(host: Host, shape: HostShape): readonly SnapshotSource[] {
  const databases = host.services.flatMap(({ state }) =>
    state.filter(({ database }) => database).map(({ path }) => path),
  );
  const isFit = (path: string) =>
    path !== shape.snapshots &&
    !/(^|\/)\.?cache(\/|$)/.test(path) &&
    ![...UNFIT, ...WORTHLESS].some((other) => isAtOrBelow(path, other)) &&
    !databases.some((database) => isAtOrBelow(path, database));
  const sameDevice = (path: string) => {
    const device = host.fileSystems.find(({ mountpoint }) => mountpoint === path)?.device;
    const root = shape.root?.device;
    return !device?.known || !root?.known || device.value === root.value;
  };
  // The top level holds the subvolumes, which are empty directories in a snapshot of it.
  const isPart = (path: string) => {
    const subvolume = host.fileSystems.find(({ mountpoint }) => mountpoint === path)?.subvolume;
    return !subvolume?.known || subvolume.value !== "";
  };
  const paths = shape.ownFileSystems.filter((path) => path !== shape.store && isFit(path) && sameDevice(path));
  const others = paths.filter(isPart).map((path): SnapshotSource => {
    const isLittle = isAtOrBelow(path, "/var/log") || isAtOrBelow(path, "/var/backup");
    return {
      name:
        path
          .split("/")
          .at(-1)
          ?.replace(/^\./, "")
          .replace(/[^A-Za-z0-9_]/g, "_") ?? path,
      path,
      isCritical: !isLittle,
    };
  });
  const names = new Set<string>(["persist"]);
  const distinct = others.map((source) => {
    const name = names.has(source.name) ? source.path.slice(1).replace(/[^A-Za-z0-9_]/g, "_") : source.name;
    names.add(name);
    return { ...source, name };
  });
  return [{ name: "persist", path: shape.store, isCritical: true }, ...distinct];
}
