import type { Host, PersistedPath } from "../../host/host.ts";
import { forgottenStores } from "./forgotten-stores.ts";

const known = new WeakMap<Host["stores"], readonly PersistedPath[]>();

/** The entries that are certainly persisted, of stores that are certainly in use. Many rules ask for them. */
export function certainEntries({ stores }: Host): readonly PersistedPath[] {
  let entries = known.get(stores);
  if (!entries) {
    entries = readCertainEntries(stores);
    known.set(stores, entries);
  }
  return entries;
}

function readCertainEntries(stores: Host["stores"]): readonly PersistedPath[] {
  return certainOf(stores.filter(({ enabled }) => enabled.answer === "yes"));
}

function certainOf(stores: Host["stores"]): readonly PersistedPath[] {
  return stores
    .flatMap(({ directories, files }) => [...directories, ...files])
    .filter(({ certain }) => certain.answer === "yes");
}

/**
 * The same with those that are listed for preservation where nobody switches it on: what they are meant to keep is known,
 * and one mistake must not hide the next.
 */
export function intendedEntries(host: Host): readonly PersistedPath[] {
  const forgotten = forgottenStores(host);
  return forgotten.length > 0 ? [...certainEntries(host), ...certainOf(forgotten)] : certainEntries(host);
}

/** The home below which the paths of `users.<name>` and of home-manager are; not known of what is written with the home. */
export function homeOfEntry({ path, written }: PersistedPath): string | undefined {
  if (path === written) return undefined;
  const below = written.replace(/^\/+|\/+$/g, "");
  return path.endsWith(`/${below}`) ? path.slice(0, path.length - below.length - 1) : undefined;
}
