import type { Host, Unit } from "../../host/host.ts";
import { mayBeSetElsewhere } from "./unread-modules.ts";

/** What somebody replaces of a unit that is declared elsewhere. */
const BODY = new Set(["script", "preStart", "path", "environment", "description", "enable"]);

/**
 * Whether what is seen of a unit is only what it does, on a host with modules that cannot be read: when it starts, and
 * after what, may be said in one of these. Who writes a whole unit says at least one of both in the same place.
 */
export function isSeenInPart(host: Host, { node }: Unit): boolean {
  return node.names().every(({ name }) => BODY.has(name)) && mayBeSetElsewhere(host);
}
