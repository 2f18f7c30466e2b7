import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, nameAt, openOf, readTexts } from "../../host/read-values.ts";
import { mayBeSetElsewhere } from "./unread-modules.ts";

/**
 * The pools that NixOS imports at boot, by name; undefined when there may be others. Source of truth: zfs.nix of nixpkgs,
 * which imports `boot.zfs.extraPools` and the pools of all `fileSystems` of type zfs.
 */
export function importedPools(host: Host): ReadonlySet<string> | undefined {
  const { config, fileSystems, fileSystemsOpen, scripts } = host;
  const extra = readTexts(config.at("boot", "zfs", "extraPools"));
  if (extra.open.length > 0 || fileSystemsOpen !== undefined || mayBeSetElsewhere(host)) return undefined;
  if (scripts.some(({ text }) => /\bzpool\b[^\n]*\bimport\b/.test(text))) return undefined;
  const mounted = fileSystems.flatMap(({ fsType, device }) =>
    fsType.known && fsType.value === "zfs" ? [device.known ? device.value.split("/")[0] : undefined] : [],
  );
  if (mounted.includes(undefined) || fileSystems.some(({ fsType }) => !fsType.known)) return undefined;
  const units = childrenOf(config.at("systemd", "services")).map(({ name }) => /^zfs-import-(.+)$/.exec(name)?.[1]);
  return new Set([...extra.texts.map(({ text }) => text), ...mounted, ...units].flatMap((name) => name ?? []));
}

/** A pool that disko makes. */
export interface MadePool {
  readonly name: string;
  readonly place: Place | undefined;
}

/**
 * All pools of the host, where disko makes them; undefined where it makes none, where it may make others, and where the
 * host has one of `imported` that was made by hand, so that there may be more.
 */
export function allPools({ config, scripts }: Host, imported: ReadonlySet<string>): readonly MadePool[] | undefined {
  const devices = config.at("disko", "devices");
  const zpool = devices.child("zpool");
  const pools = childrenOf(zpool);
  if (pools.length === 0 || openOf(devices) || openOf(zpool)) return undefined;
  if (pools.some(({ certain }) => certain.answer !== "yes")) return undefined;
  const names = new Set(pools.map(({ name }) => name));
  if ([...imported].some((name) => !names.has(name))) return undefined;
  if (scripts.some(({ text }) => /\bzpool\b[^\n]*\b(create|split)\b/.test(text))) return undefined;
  return pools.map(({ name, node }) => ({ name, place: nameAt(node) }));
}
