import type { Host, Store } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { mayBeSetElsewhere } from "./unread-modules.ts";

/**
 * Stores of preservation with entries, where nothing switches preservation on and no other store keeps anything: what
 * is in them is meant to be kept. Empty where it may be set out of sight.
 */
export function forgottenStores(host: Host): readonly Store[] {
  const kept = host.stores.filter(({ directories, files }) => directories.length + files.length > 0);
  // What another store keeps may be meant in the place of these.
  if (kept.some(({ module, enabled }) => module !== "preservation" || enabled.answer !== "no")) return [];
  if (kept.length === 0) return [];
  if (host.config.at("preservation", "enable").isDefined() !== false) return [];
  return mayBeSetElsewhere(host) ? [] : kept;
}

/** Whether a path is listed in such a store: what happens to it is said there, once for all. */
export function isListedInVain(host: Host, path: string): boolean {
  return forgottenStores(host).some(({ directories, files }) =>
    [...directories, ...files].some((entry) => entry.certain.answer === "yes" && isAtOrBelow(path, entry.path)),
  );
}
