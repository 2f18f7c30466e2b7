import type { Place } from "../../eval/origin.ts";
import type { Host, Store } from "../../host/host.ts";
import { namesAt } from "../../host/read-values.ts";
import { mainStore } from "./main-store.ts";
import { rootWipe } from "./wiped-root.ts";

/**
 * Where to speak of something that is written nowhere: at the store that lacks it, where most of its entries are, else
 * at what wipes the root.
 */
export function coveragePlace(host: Host): Place | undefined {
  const store = mainStore(host) ?? host.stores[0];
  return (store && fullestPlace(host, store)) ?? store?.place ?? rootWipe(host)?.place;
}

/** Stores are often written in many files, one service each; the one with most entries is where the rest belongs. */
function fullestPlace(host: Host, store: Store): Place | undefined {
  const counts = new Map<string, number>();
  const entries = [...store.directories, ...store.files].flatMap(({ place }) => place ?? []);
  for (const { file } of entries) counts.set(file, (counts.get(file) ?? 0) + 1);
  const own = counts.get(store.place?.file ?? "") ?? 0;
  const [fullest] = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  if (!fullest || own === fullest[1]) return store.place;
  return namesAt(host.config.at(...store.option)).find(({ file }) => file === fullest[0]);
}
