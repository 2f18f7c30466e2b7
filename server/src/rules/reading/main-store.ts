import type { Host, Store } from "../../host/host.ts";

/** The store that new entries go to: the one that keeps most, of those that are on and at a known path. */
export function mainStore(host: Host): Store | undefined {
  // Stores of home-manager take paths below a home only.
  const usable = host.stores.filter(
    ({ enabled, path, option }) =>
      enabled.answer === "yes" && path.known && (option[0] === "environment" || option[0] === "preservation"),
  );
  // What a cache is for may be deleted.
  const kept = usable.filter(({ path }) => !(path.known && CACHE.test(path.value)));
  const size = (store: Store) => store.directories.length + store.files.length;
  return (kept.length > 0 ? kept : usable).reduce<Store | undefined>(
    (best, store) => (best && size(best) >= size(store) ? best : store),
    undefined,
  );
}

const CACHE = /(^|[/_-])caches?($|[/_-])/i;
