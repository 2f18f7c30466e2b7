import type { Host, PersistedPath } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { rootWipe } from "./wiped-root.ts";

/** An entry of preservation that is put in place when systemd of the host runs already, over a root that is empty. */
export interface LateEntry {
  /** True when the root is empty only once its wipe works. */
  readonly hypothetical: boolean;
}

/**
 * Whether an entry brings a path too late for what reads it at the start: the activation and systemd itself. Undefined
 * where that is not proven, and where an earlier boot's content lies beneath: on a root that nothing wipes, or on a
 * filesystem of its own. What is not for the initrd is mounted by units of the host, see preservation's module.
 */
export function lateEntry(
  host: Host,
  { store, certain, inInitrd }: PersistedPath,
  path: string,
): LateEntry | undefined {
  if (store.module !== "preservation" || store.enabled.answer !== "yes") return undefined;
  if (inInitrd || certain.answer !== "yes") return undefined;
  // Another entry, perhaps for the same path, may bring it there in time.
  const entries = host.stores.flatMap(({ directories, files }) => [...directories, ...files]);
  if (entries.some((other) => other.inInitrd && isAtOrBelow(path, other.path))) return undefined;
  const wipe = rootWipe(host);
  if (!wipe || (host.fileSystemAt(path)?.mountpoint ?? "/") !== "/") return undefined;
  return { hypothetical: !wipe.works };
}

/** Ends a sentence about what a late entry does at each boot. */
export function onceWiped({ hypothetical }: LateEntry): string {
  return hypothetical ? ", once the root is really wiped, as this configuration intends" : "";
}
