import type { Place } from "../../eval/origin.ts";
import { dumpJobs } from "../../host/dump-jobs.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { isAtOrBelow, isBelow, joinPath } from "../../host/paths.ts";
import { dataPaths } from "./data-paths.ts";

/** Servers that show directories to others, who may well keep copies there. */
const SHARES =
  /^services\.(samba|nfs|rsyncd|syncthing|minio|garage|sftpgo|vsftpd|webdav|restic|borgbackup|btrbk|plex|jellyfin|emby)\b/;

/** What holds copies of what is elsewhere on the host. */
const COPIES = /^services\.(\w+Backup|restic|borgbackup|borgmatic|btrbk)\./;

/** Data that cannot be made again. */
export interface KeptData {
  readonly path: string;
  readonly what: string;
  readonly place: Place | undefined;
}

/** What a service keeps on a filesystem that cannot be made again, other than databases that are dumped. */
export function dataOn(host: Host, { mountpoint }: FileSystem): KeptData | undefined {
  const dumped = new Set(dumpJobs(host.config).map(({ engine }) => `services.${engine}.enable`));
  for (const { enable, enabled, state, place } of host.services) {
    if (enabled.answer !== "yes" || dumped.has(enable) || COPIES.test(enable)) continue;
    const own = state.find(
      ({ path, kind, little, containers, perhapsCache }) =>
        kind === "state" && !little && !containers && !perhapsCache && isOn(host, path, mountpoint),
    );
    if (own) return { path: own.path, what: `what \`${enable.replace(/\.enable$/, "")}\` keeps`, place };
  }
  const named = dataPaths(host).find(
    ({ path, isSure, option }) =>
      isSure && isAtOrBelow(path, mountpoint) && !SHARES.test(option.join(".")) && !COPIES.test(option.join(".")),
  );
  return named && { path: named.path, what: `\`${named.path}\` (${named.by})`, place: named.place };
}

/** Whether a path lies on a filesystem: where it is used, or in a store below which the filesystem is mounted for it. */
function isOn(host: Host, path: string, mountpoint: string): boolean {
  if (isAtOrBelow(path, mountpoint)) return true;
  const store = host.fateOf(path).persisted?.store.path;
  return (
    store?.known === true && isBelow(mountpoint, store.value) && isAtOrBelow(joinPath(store.value, path), mountpoint)
  );
}
