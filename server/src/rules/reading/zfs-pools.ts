import type { Host } from "../../host/host.ts";
import { childrenOf, readTexts } from "../../host/read-values.ts";
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
