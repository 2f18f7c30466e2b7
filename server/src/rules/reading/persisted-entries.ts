import type { Host, PersistedPath } from "../../host/host.ts";

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
  return stores
    .filter(({ enabled }) => enabled.answer === "yes")
    .flatMap(({ directories, files }) => [...directories, ...files])
    .filter(({ certain }) => certain.answer === "yes");
}

/** The home below which the paths of `users.<name>` and of home-manager are. */
export function homeOfEntry({ path, written }: PersistedPath): string | undefined {
  const below = written.replace(/^\/+|\/+$/g, "");
  return path.endsWith(`/${below}`) ? path.slice(0, path.length - below.length - 1) : undefined;
}
