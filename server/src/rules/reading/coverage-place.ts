import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { mainStore } from "./main-store.ts";
import { rootWipe } from "./wiped-root.ts";

/** Where to speak of something that is written nowhere: at the store that lacks it, else at what wipes the root. */
export function coveragePlace(host: Host): Place | undefined {
  return mainStore(host)?.place ?? host.stores[0]?.place ?? rootWipe(host)?.place;
}
