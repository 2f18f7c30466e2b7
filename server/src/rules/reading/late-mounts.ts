import type { FileSystem, Host } from "../../host/host.ts";
import { WHERE_THE_DISK_SAYS } from "../../host/links.ts";
import { optionKey, splitOptions } from "./btrfs-mounts.ts";
import { noneMountsItselfAt } from "./self-mounting-datasets.ts";
import { lossOf, rootWipe } from "./wiped-root.ts";

/** A filesystem without which the boot goes on, on a directory of the root that is wiped. */
export interface LateMount {
  readonly fs: FileSystem;
  /** For the middle of a sentence. */
  readonly why: string;
  /** Mounted only when somebody asks for it. */
  readonly isByHand: boolean;
}

/** Filesystems of other machines: systemd starts services without waiting for them. Source of truth: systemd.mount(5). */
export const NETWORK = /^(nfs4?|cifs|smb3|ceph|glusterfs|davfs2?|(fuse\.)?(sshfs|rclone|s3fs|glusterfs))$/;

/**
 * The filesystems that may be missing while services run, where what is written meanwhile is lost: the directory that is
 * there instead lies on a root that is wiped. With an automount nobody can write there then.
 */
export function lateMounts(host: Host): readonly LateMount[] {
  return host.fileSystems.flatMap((fs): LateMount[] => {
    const { mountpoint, certain, fsType, mountedInInitrd, options, optionsOpen } = fs;
    if (mountpoint === "/" || certain.answer !== "yes" || mountedInInitrd.answer !== "no" || optionsOpen !== undefined)
      return [];
    const own = splitOptions(options);
    const keys = own.map(({ text }) => optionKey(text));
    if (own.some((option) => !option.certain) || keys.includes("x-systemd.automount")) return [];
    // Somebody thought of who needs it.
    if (keys.some((key) => /^x-systemd\.(required-by|wanted-by|before)$/.test(key))) return [];
    if (!fsType.known || /^(tmpfs|overlay|swap)$/.test(fsType.value) || keys.some((key) => /^r?bind$/.test(key)))
      return [];
    const why = keys.includes("noauto")
      ? "is not mounted at boot by itself (`noauto`)"
      : keys.includes("nofail")
        ? "is mounted with `nofail`, so that the boot does not wait for it"
        : NETWORK.test(fsType.value) || keys.includes("_netdev")
          ? "comes over the network, for which services do not wait"
          : undefined;
    const parent = mountpoint.replace(/\/[^/]*$/, "") || "/";
    if (why === undefined || !isOnLostRoot(host, parent)) return [];
    return [{ fs, why, isByHand: keys.includes("noauto") }];
  });
}

/**
 * Whether what is written to a directory is lost with the root. That a pool is imported, whose datasets mount themselves where
 * the disk says, leaves no doubt where disko shows them all, and of the two directories in which all kinds of disks have their mount points.
 */
function isOnLostRoot(host: Host, path: string): boolean {
  const { lost, fate } = lossOf(host, path);
  if (lost !== "unknown") return lost === "yes";
  const wipe = rootWipe(host);
  if (!wipe || fate.persisted || host.fileSystemAt(path)?.mountpoint !== "/" || host.fileSystemsOpen !== undefined)
    return false;
  const { survives } = fate;
  const isOfPool = survives.answer === "unknown" && survives.why.endsWith(WHERE_THE_DISK_SAYS);
  return isOfPool && (path === "/mnt" || path === "/media" || noneMountsItselfAt(host, path));
}
