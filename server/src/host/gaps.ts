import { servicesKeeping } from "../catalogue/catalogue.ts";
import type { Store } from "./host.ts";
import { isAtOrBelow, normalise } from "./paths.ts";

/** Why more may be persisted than is seen. */
export type Gap = Store["open"][number];

/** Whether an entry that is not seen may be one for this path. */
export function gapConcerns({ below, ofService }: Gap, path: string): boolean {
  if (below !== undefined && !isAtOrBelow(path, normalise(below))) return false;
  return ofService === undefined || isOfService(path, ofService);
}

/** What a service keeps has its name in the path, or is in the catalogue. */
function isOfService(path: string, service: string): boolean {
  if (plain(path).includes(plain(service))) return true;
  const id = `services.${service}`;
  return servicesKeeping(path).some((entry) => entry.id === id || entry.id.startsWith(`${id}.`));
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}
