import type { Host, Store } from "../../server/src/host/host.ts";
import { analyseWorkspace } from "../../server/src/ide/analysis.ts";
import { loadBundledParser } from "../../server/src/platform/node.ts";
import { DiskWorkspace } from "../../server/src/workspace/disk-workspace.ts";

/** What the checker knows of a host for sure, in the shape in which `nix/host.nix` gives it. */
export interface ComparedFacts {
  readonly name: string;
  readonly entry: string;
  readonly hostName: string | undefined;
  /** Paths of stores that are in use; `open` says that there may be more, `doubtful` are those that may be there. */
  readonly persisted: readonly string[];
  readonly preserved: readonly string[];
  readonly homes: readonly string[];
  readonly doubtful: readonly string[];
  readonly open: boolean;
  readonly fileSystems: Readonly<Record<string, FileSystemFacts>>;
  readonly fileSystemsOpen: boolean;
}

/** Fields that are known; those of filesystems that disko or a module of a guest makes are left out. */
interface FileSystemFacts {
  readonly device?: string;
  readonly fsType?: string;
  readonly neededForBoot?: boolean;
}

function factsOf(host: Host): ComparedFacts {
  const inUse = host.stores.filter(({ enabled }) => enabled.answer === "yes");
  const pathsOf = (stores: readonly Store[], certain: boolean) =>
    stores.flatMap(({ directories, files }) =>
      [...directories, ...files]
        .filter((entry) => (entry.certain.answer === "yes") === certain)
        .map(({ path }) => path),
    );
  const isHome = ({ option }: Store) => option[0] === "home-manager";
  const own = host.fileSystems.filter(
    ({ declaredBy, certain }) => declaredBy === "fileSystems" && certain.answer === "yes",
  );
  return {
    name: host.name,
    entry: host.entry,
    hostName: host.hostName.known ? host.hostName.value : undefined,
    persisted: pathsOf(
      inUse.filter((store) => store.module === "impermanence" && !isHome(store)),
      true,
    ),
    preserved: pathsOf(
      inUse.filter((store) => store.module === "preservation"),
      true,
    ),
    homes: pathsOf(inUse.filter(isHome), true),
    doubtful: [
      ...pathsOf(inUse, false),
      ...pathsOf(
        host.stores.filter(({ enabled }) => enabled.answer === "unknown"),
        true,
      ),
    ],
    open:
      host.storesOpen !== undefined || host.stores.some((store) => store.open.length > 0) || host.incomplete.length > 0,
    fileSystems: Object.fromEntries(
      own.map(({ mountpoint, device, fsType, neededForBoot }): [string, FileSystemFacts] => [
        mountpoint,
        {
          ...(device.known ? { device: device.value } : {}),
          ...(fsType.known ? { fsType: fsType.value } : {}),
          ...(neededForBoot.known ? { neededForBoot: neededForBoot.value } : {}),
        },
      ]),
    ),
    fileSystemsOpen: host.fileSystemsOpen !== undefined,
  };
}

const [, , folder] = process.argv;
if (folder) {
  const workspace = new DiskWorkspace(await loadBundledParser(), [folder]);
  const { hosts } = analyseWorkspace(workspace);
  process.stdout.write(JSON.stringify(hosts.map(({ host }) => factsOf(host))));
}
