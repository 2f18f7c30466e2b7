import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { childrenOf, nameAt, openOf, readString } from "../../host/read-values.ts";
import { mayBeSetElsewhere } from "./unread-modules.ts";

/** A dataset of ZFS that the configuration declares. */
export interface DeclaredDataset {
  /** With its pool. */
  readonly name: string;
  readonly place: Place | undefined;
  /** Where it is mounted, as far as the configuration says. */
  readonly mountpoint: string | undefined;
}

/**
 * The datasets of a pool, where disko makes them all; undefined where the pool is none of disko's, where some of it is not
 * known, and where the host itself makes others: by a filesystem that disko does not declare, by a script, or by receiving.
 */
export function allDatasets(host: Host, pool: string): readonly DeclaredDataset[] | undefined {
  const { config, scripts, fileSystems, fileSystemsOpen } = host;
  const devices = config.at("disko", "devices");
  const pools = devices.child("zpool");
  const own = childrenOf(pools).find(({ name }) => name === pool);
  const list = own?.node.child("datasets");
  if (!own || !list || own.certain.answer !== "yes") return undefined;
  if ([devices, pools, own.node, list].some((node) => openOf(node)) || fileSystemsOpen !== undefined) return undefined;
  if (mayBeSetElsewhere(host)) return undefined;
  if (scripts.some(({ text }) => /\bzfs\b[^\n]*\b(create|clone|receive|recv|rename|promote)\b/.test(text)))
    return undefined;
  const members = childrenOf(list);
  if (members.some(({ certain }) => certain.answer !== "yes")) return undefined;
  const declared = members.map(({ name, node }): DeclaredDataset => {
    const mountpoint =
      node.child("mountpoint").isDefined() === false ? undefined : readString(node.child("mountpoint"));
    return {
      name: `${pool}/${name}`,
      place: nameAt(node),
      mountpoint: mountpoint?.known ? normalise(mountpoint.value) : undefined,
    };
  });
  const names = new Set([pool, ...declared.map(({ name }) => name)]);
  const others = fileSystems.some(({ fsType, device }) => {
    if (!fsType.known || fsType.value !== "zfs") return false;
    return !device.known || (device.value.split("/")[0] === pool && !names.has(device.value));
  });
  return others ? undefined : declared;
}
