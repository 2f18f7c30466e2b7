import { fileSystemAt } from "./fate.ts";
import type { FileSystem, Known, SnapshotJob } from "./host.ts";
import { normalise } from "./paths.ts";
import { isSameDevice } from "./rollback-target.ts";
import { known } from "./verdict.ts";

/**
 * A job with its sources named by where they are used: tools work on subvolumes below a mount of the
 * btrfs top level (`/.btrfs/home`), while the rest of the configuration speaks of `/home`.
 */
export function withMountedSources(job: SnapshotJob, fileSystems: readonly FileSystem[]): SnapshotJob {
  return { ...job, sources: job.sources.map((source) => mountedSource(source, fileSystems)) };
}

function mountedSource(source: Known<string>, fileSystems: readonly FileSystem[]): Known<string> {
  if (!source.known) return source;
  const path = normalise(source.value);
  const around = fileSystemAt(fileSystems, path);
  if (!around?.subvolume?.known || around.mountpoint === path) return source;
  const inside = path.slice(around.mountpoint === "/" ? 1 : around.mountpoint.length + 1);
  const name = around.subvolume.value === "" ? inside : `${around.subvolume.value}/${inside}`;
  const mounted = fileSystems.find(
    (fs) => fs.subvolume?.known && fs.subvolume.value === name && isSameFileSystem(fs, around),
  );
  return mounted ? known(mounted.mountpoint, source.place) : source;
}

function isSameFileSystem({ device: a, disko }: FileSystem, { device: b, disko: other }: FileSystem): boolean {
  return a.known && b.known && isSameDevice(a.value, b.value, disko?.layout.label ?? other?.layout.label);
}
