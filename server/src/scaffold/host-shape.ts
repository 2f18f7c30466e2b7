import type { DiskoLayout, FileSystem, Host } from "../host/host.ts";
import { isAtOrBelow } from "../host/paths.ts";
import { childrenOf, readBoolean } from "../host/read-values.ts";
import { homeOf } from "../host/user-home.ts";
import { ScaffoldRefusal } from "./request.ts";

/** A subvolume that the modules need and the host does not have. */
export interface MissingSubvolume {
  readonly name: string;
  readonly mountpoint: string;
}

/** What the modules have to know of a host whose root is a btrfs subvolume. */
export interface HostShape {
  /** Undefined for a host that has no filesystems yet: its disk is laid out. */
  readonly root: FileSystem | undefined;
  readonly rootSubvolume: string;
  /** Where persisted data lives, or is going to. */
  readonly store: string;
  /** Where snapshots go, or are going to. */
  readonly snapshots: string;
  readonly missing: readonly MissingSubvolume[];
  /** The disko layout that declares the root; new subvolumes go there. */
  readonly layout: DiskoLayout | undefined;
  /** Mountpoints of their own that outlive a reboot, with those that are going to be. */
  readonly ownFileSystems: readonly string[];
}

const STORES = ["/persist", "/persistent", "/state", "/nix/persist", "/data/persist"];
const SNAPSHOTS = ["/.snapshots", "/snapshots", "/persist/.snapshots", "/mnt/snapshots"];
/** Filesystems that a reboot empties, or that lie elsewhere. */
const NO_STORE = new Set(["tmpfs", "ramfs", "overlay", "none", "proc", "sysfs", "devpts"]);

/** What with-disko.nix lays out, and homes where there are any. */
export const LAID_OUT: Readonly<Record<string, string>> = {
  nix: "/nix",
  persist: "/persist",
  log: "/var/log",
  backup: "/var/backup",
  containers: "/var/lib/containers",
  snapshots: "/.snapshots",
};

/**
 * Reads the shape of a host. `disk` is the one to lay out where the host has no filesystems. Throws
 * {@link ScaffoldRefusal} where the modules do not fit, or it cannot be told.
 */
export function hostShape(host: Host, disk?: string): HostShape {
  const root = host.fileSystems.find(({ mountpoint }) => mountpoint === "/");
  if (disk !== undefined && host.fileSystems.length > 0) {
    throw new ScaffoldRefusal("the host has filesystems already, and --disk is for one that has none");
  }
  if (!root) {
    if (disk === undefined || host.fileSystemsOpen !== undefined) throw noRoot(host);
    const homes = hasHomes(host) ? ["/home"] : [];
    return {
      ...{ root: undefined, rootSubvolume: "root", store: "/persist", snapshots: "/.snapshots" },
      ...{ missing: [], layout: undefined },
      ownFileSystems: ["/boot", ...Object.values(LAID_OUT), ...homes].sort(),
    };
  }
  const rootSubvolume = subvolumeOfRoot(root);
  if (host.ephemeralRoot.kind !== "none") throw alreadyWiped(host);
  const own = host.fileSystems.filter(isOwn).map(({ mountpoint }) => mountpoint);
  needBoot(own);
  const layout = host.layouts.find(({ subvolumes }) =>
    subvolumes.some(({ mountpoint }) => mountpoint.known && mountpoint.value === "/"),
  );
  const at = (path: string) => host.fileSystems.find((fs) => fs.mountpoint === path && isOwn(fs));
  const present = host.stores.find(({ path }) => path.known && at(path.value))?.path;
  const named = host.fileSystems.find((fs) => isOwn(fs) && isStoreName(fs))?.mountpoint;
  const store = present?.known ? present.value : (STORES.find((path) => at(path)) ?? named ?? "/persist");
  const snapshots = SNAPSHOTS.find((path) => at(path)) ?? "/.snapshots";
  needSameFileSystem(at(store) ?? root, at(snapshots) ?? root);
  const wanted: MissingSubvolume[] = [
    { name: "nix", mountpoint: "/nix" },
    { name: "persist", mountpoint: store },
    { name: "snapshots", mountpoint: snapshots },
    ...(hasHomes(host) ? [{ name: "home", mountpoint: "/home" }] : []),
  ];
  const missing = wanted.filter(({ mountpoint }) => !at(mountpoint));
  const taken = missing.find(({ mountpoint }) => host.fileSystems.some((fs) => fs.mountpoint === mountpoint));
  if (taken) {
    throw new ScaffoldRefusal(
      `what is mounted at \`${taken.mountpoint}\` does not outlive a reboot, or cannot be told`,
      `Give \`${taken.mountpoint}\` a btrfs subvolume first.`,
    );
  }
  return {
    ...{ root, rootSubvolume, store, snapshots, missing, layout },
    ownFileSystems: [...new Set([...own, ...missing.map(({ mountpoint }) => mountpoint)])].sort(),
  };
}

function isOwn({ mountpoint, fsType, options, certain }: FileSystem): boolean {
  if (mountpoint === "/" || certain.answer !== "yes") return false;
  if (fsType.known && NO_STORE.has(fsType.value)) return false;
  return !options.some(({ text }) => text === "bind" || text === "rbind");
}

/** A subvolume that is called a store, wherever it is mounted. */
function isStoreName({ subvolume }: FileSystem): boolean {
  return subvolume?.known === true && /^(.*\/)?@?(persist|persistent|state)$/.test(subvolume.value);
}

function noRoot({ fileSystemsOpen }: Host): ScaffoldRefusal {
  if (fileSystemsOpen !== undefined) {
    return new ScaffoldRefusal(`what is mounted on \`/\` cannot be told, because ${fileSystemsOpen}`);
  }
  return new ScaffoldRefusal(
    "the host declares no filesystem for `/`",
    "Declare it first, in `fileSystems` or through disko, or let --disk lay out a whole disk.",
  );
}

function subvolumeOfRoot({ fsType, subvolume }: FileSystem): string {
  if (!fsType.known) throw new ScaffoldRefusal(`the filesystem of \`/\` cannot be told, because ${fsType.why}`);
  if (fsType.value === "tmpfs") {
    throw new ScaffoldRefusal("`/` is a tmpfs, which is empty at every boot already", "There is nothing to wipe.");
  }
  if (fsType.value !== "btrfs") {
    throw new ScaffoldRefusal(
      `\`/\` is on ${fsType.value}, and the modules wipe a subvolume of btrfs`,
      "Move the root to btrfs first, or use a root on tmpfs.",
    );
  }
  if (!subvolume?.known) {
    throw new ScaffoldRefusal(`the subvolume of \`/\` cannot be told, because ${subvolume?.why ?? "nothing names it"}`);
  }
  if (subvolume.value === "") {
    throw new ScaffoldRefusal(
      "`/` is the top level of its filesystem, with every other subvolume inside",
      "Give the root a subvolume of its own, and mount it with subvol=NAME.",
    );
  }
  return subvolume.value;
}

function alreadyWiped({ ephemeralRoot }: Host): ScaffoldRefusal {
  if (ephemeralRoot.kind === "unknown") {
    return new ScaffoldRefusal(`whether something wipes the root already cannot be told, because ${ephemeralRoot.why}`);
  }
  const by = ephemeralRoot.kind === "rollback" ? ` by \`${ephemeralRoot.rollback.option.join(".")}\`` : "";
  return new ScaffoldRefusal(
    `the root is wiped at every boot already${by}`,
    "Remove what does it first: two of them would archive an empty root.",
  );
}

/** What a boot loader reads has to be there before anything of the root is. */
function needBoot(own: readonly string[]): void {
  if (own.some((path) => ["/boot", "/efi", "/boot/efi"].includes(path))) return;
  throw new ScaffoldRefusal(
    "`/boot` is on the root, which would be wiped with the kernels in it",
    "Give `/boot` a filesystem of its own first.",
  );
}

function needSameFileSystem(store: FileSystem, snapshots: FileSystem): void {
  const known = store.fsType.known && store.fsType.value !== "btrfs" ? store : undefined;
  if (known) {
    throw new ScaffoldRefusal(`\`${known.mountpoint}\` is not on btrfs, so there can be no snapshots of it`);
  }
  if (!store.device.known || !snapshots.device.known || store.device.value === snapshots.device.value) return;
  throw new ScaffoldRefusal(
    `\`${store.mountpoint}\` and \`${snapshots.mountpoint}\` are on different devices: a snapshot stays on its filesystem`,
  );
}

/** Whether a person has a home below /home. */
function hasHomes({ config }: Host): boolean {
  return childrenOf(config.at("users", "users")).some(({ name, node, certain }) => {
    const normal = readBoolean(node.child("isNormalUser"));
    if (certain.answer === "no" || normal?.known !== true || !normal.value) return false;
    const home = homeOf(config, name);
    return home.known && isAtOrBelow(home.value, "/home");
  });
}
