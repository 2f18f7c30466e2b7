import type { Host } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import type { NormalUser } from "./normal-users.ts";
import { certainEntries } from "./persisted-entries.ts";
import { type UsedHomeState, usedHomeStates } from "./used-home-states.ts";
import { uncoveredLoss } from "./wiped-root.ts";

/** What a person's programs keep in the home, and what of it is lost for certain. */
export function lostHomeParts(
  host: Host,
  user: NormalUser,
): { readonly used: readonly UsedHomeState[]; readonly lost: readonly UsedHomeState[] } {
  const used = usedHomeStates(host, user);
  const lost = used.filter(
    ({ places }) =>
      places.every((path) => uncoveredLoss(host, path).lost === "yes" && !isPartlyKept(host, path)) &&
      !isKeptByAnotherName(host, user, places[0] ?? ""),
  );
  return { used, lost };
}

/** A directory such as `steam_home` is kept: the program may well have been given it as its home. */
function isKeptByAnotherName(host: Host, { home = "" }: NormalUser, place: string): boolean {
  const name = nameOf(place);
  if (name.length < 4) return false;
  return certainEntries(host).some(
    ({ path, kind }) =>
      kind === "directory" && isAtOrBelow(path, home) && nameOf(path) !== name && nameOf(path).includes(name),
  );
}

function nameOf(path: string): string {
  return path
    .slice(path.lastIndexOf("/") + 1)
    .replace(/^\./, "")
    .toLowerCase();
}

/** Something at or below a path is persisted, perhaps, or is a filesystem. */
export function isPartlyKept(host: Host, path: string): boolean {
  const entries = host.stores.flatMap(({ directories, files }) => [...directories, ...files]);
  return (
    entries.some((entry) => isAtOrBelow(entry.path, path)) ||
    host.fileSystems.some(({ mountpoint }) => isAtOrBelow(mountpoint, path))
  );
}
