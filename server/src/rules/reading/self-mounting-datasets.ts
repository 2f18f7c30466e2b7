import type { Host } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { childrenOf, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { allDatasets } from "./declared-datasets.ts";
import { allPools, importedPools } from "./zfs-pools.ts";

/**
 * Whether no dataset of a pool can mount itself at a path or above it: disko makes all pools of the host and all of their
 * datasets, and the mount points that they are given are other places.
 */
export function noneMountsItselfAt(host: Host, path: string): boolean {
  const imported = importedPools(host);
  const pools = imported && allPools(host, imported);
  return pools?.every(({ name }) => isElsewhere(host, name, path)) === true;
}

function isElsewhere(host: Host, pool: string, path: string): boolean {
  if (allDatasets(host, pool) === undefined) return false;
  const options = host.config.at("disko", "devices", "zpool", pool);
  // Without a mount point of its own the pool is at its name, and its datasets are below it.
  const root = mountpointIn(options.child("rootFsOptions"));
  const own = childrenOf(options.child("datasets")).map(({ node }) => mountpointIn(node.child("options")));
  return [root === "inherited" ? `/${pool}` : root, ...own].every(
    (place) => place !== undefined && !covers(place, path),
  );
}

function covers(place: string, path: string): boolean {
  return place.startsWith("/") && isAtOrBelow(path, normalise(place));
}

/** The property `mountpoint`: a path, `none`, `legacy`, or that it is inherited; undefined when it is not known. */
function mountpointIn(options: OptionNode): string | undefined {
  const node = options.child("mountpoint");
  const text = node.isDefined() === false ? "inherited" : readString(node);
  if (typeof text === "string") return text;
  return text?.known ? text.value : undefined;
}
