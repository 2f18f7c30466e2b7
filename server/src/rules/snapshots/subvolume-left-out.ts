import type { FileSystem, Host, SnapshotJob } from "../../host/host.ts";
import { isAtOrBelow, isBelow } from "../../host/paths.ts";
import { isSameDevice } from "../../host/rollback-target.ts";
import { backupCoverage, btrbkSends } from "../reading/backup-coverage.ts";
import { btrbkVolumes, isUnmounted } from "../reading/btrbk-volumes.ts";
import { dataOn } from "../reading/data-on-filesystem.ts";
import { isLeftOutByPlace, isLittleInSnapshots } from "../reading/subvolume-names.ts";
import { treePlace } from "../reading/subvolume-tree.ts";
import { lossOf } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A mounted subvolume with the data of a service is in no snapshot, while others of its filesystem are. */
export const subvolumeLeftOut = defineRule({
  code: "IMP640",
  name: "subvolume-left-out",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    // What a job was to take that looks in the wrong place is not known.
    if (btrbkVolumes(host).some((volume) => isUnmounted(host, volume))) return;
    const jobs = host.snapshotJobs.filter(({ tool }) => tool !== "sanoid");
    const taken = takenBy(host, jobs);
    if (!taken || taken.length === 0) return;
    const sends = btrbkSends(host.config);
    for (const fs of host.fileSystems) {
      const name = subvolumeOf(fs);
      if (name === undefined || taken.some((one) => one.fs === fs || isSame(one, fs, name))) continue;
      const sibling = taken.find(
        (one) => isOneFileSystem(one.fs, fs) && one.name !== undefined && !name.startsWith(`${one.name}/`),
      );
      // What lies inside of a source by its place in the tree is the matter of another rule.
      if (!sibling || taken.some((one) => one.name !== undefined && isBelow(`/${name}`, `/${one.name}`))) continue;
      const kept = dataOn(host, fs);
      if (!kept || lossOf(host, fs.mountpoint).lost !== "no" || backupCoverage(host, kept.path) !== "no") continue;
      const around = taken.find((one) => isBelow(fs.mountpoint, one.path) && one.path !== "/");
      report({
        at: fs.disko?.place ?? fs.place,
        severity: sends || around ? "warning" : "information",
        message: `\`${fs.mountpoint}\` holds ${kept.what} and is a subvolume of its own, \`${name}\`, of which no job takes snapshots, while \`${sibling.job.name}\` takes those of \`${(around ?? sibling).path}\`. ${around ? `A snapshot of \`${around.path}\` has an empty directory in its place, as it ends at the next mount: of this data` : "Of this data"} there is neither a snapshot nor a backup.`,
        help: `Take snapshots of \`${name}\` as well, or of a place for the data that is taken.`,
        related: [
          { place: (around ?? sibling).place, message: `\`${(around ?? sibling).path}\` is taken` },
          { place: kept.place, message: "kept there" },
        ],
      });
    }
  },
});

interface Taken {
  readonly job: SnapshotJob;
  readonly path: string;
  readonly place: SnapshotJob["place"];
  readonly fs: FileSystem;
  /** The place in the tree of its filesystem. */
  readonly name: string | undefined;
}

/** What the jobs take; undefined where one of them may take more. */
function takenBy(host: Host, jobs: readonly SnapshotJob[]): readonly Taken[] | undefined {
  const all: Taken[] = [];
  for (const job of jobs) {
    if (job.sources.length === 0) return undefined;
    for (const source of job.sources) {
      const fs = source.known ? host.fileSystemAt(source.value) : undefined;
      if (!source.known || !fs) return undefined;
      all.push({
        job,
        path: source.value,
        place: source.place ?? job.place,
        fs,
        name: treePlace(host, source.value).name,
      });
    }
  }
  return all;
}

/** The subvolume of btrfs that is certainly mounted, unless its name or place says that it is to be in no snapshot. */
function subvolumeOf({ certain, fsType, subvolume, mountpoint, options }: FileSystem): string | undefined {
  if (certain.answer !== "yes" || !fsType.known || fsType.value !== "btrfs" || !subvolume?.known) return undefined;
  const { value: name } = subvolume;
  if (name === "" || mountpoint === "/" || options.some(({ text }) => /^r?bind$/.test(text))) return undefined;
  if (isLittleInSnapshots(`/${name}`) || isLittleInSnapshots(mountpoint)) return undefined;
  return isLeftOutByPlace(name) || isLeftOutByPlace(mountpoint) ? undefined : name;
}

function isOneFileSystem(a: FileSystem, b: FileSystem): boolean {
  return (
    a.device.known &&
    b.device.known &&
    isSameDevice(a.device.value, b.device.value, a.disko?.layout.label ?? b.disko?.layout.label)
  );
}

/** The same subvolume may be mounted at several places, and one device has many names: equal names are enough. */
function isSame(taken: Taken, fs: FileSystem, name: string): boolean {
  return taken.name === undefined || taken.name === name || isAtOrBelow(taken.path, fs.mountpoint);
}
