import type { Host } from "../../host/host.ts";
import { readString } from "../../host/read-values.ts";

/** From which `system.stateVersion` on PostgreSQL is which one, where nobody chooses; the newest first. */
const DEFAULTS: readonly (readonly [from: string, version: string])[] = [
  ["25.11", "17"],
  ["24.11", "16"],
  ["23.11", "15"],
  ["22.05", "14"],
  ["21.11", "13"],
];

/** The major version of the host's PostgreSQL, after which its data directory is named; undefined when it is not known. */
export function postgresVersion({ config, release }: Host): string | undefined {
  const chosen = config.at("services", "postgresql", "package");
  if (chosen.isDefined() !== false) {
    const path = readString(chosen);
    return path?.known ? /postgresql[-_](\d+)/.exec(path.value)?.[1] : undefined;
  }
  const { stateVersion } = release;
  if (!stateVersion.known) return undefined;
  return DEFAULTS.find(([from]) => stateVersion.value >= from)?.[1];
}
