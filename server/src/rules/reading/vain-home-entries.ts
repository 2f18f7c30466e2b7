import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath } from "../../host/paths.ts";
import { HOME_STATES } from "./home-states.ts";
import { misspeltEntry } from "./misspelt-entry.ts";
import { certainEntries } from "./persisted-entries.ts";
import { isTrue, type UsedHomeState } from "./used-home-states.ts";

/** What is persisted as if it were what is lost, in sentences: another program's place, the system's, one that is none. */
export function misleadingEntries(
  host: Host,
  home: string,
  used: readonly UsedHomeState[],
  lost: readonly UsedHomeState[],
): readonly string[] {
  const paths = lost.flatMap((one) => [
    ...systemEntry(host, one),
    ...unusedOthers(host, home, used, one),
    ...wrongPlaces(host, home, used, one),
  ]);
  return [...new Set(paths)].map((path) => `\`${path}\` is persisted, which holds none of it.`);
}

/** What is persisted of a program for the whole system, as if it were all. */
function systemEntry(host: Host, { state: { ofSystem, unlessOn } }: UsedHomeState): readonly string[] {
  const isForMore = unlessOn !== undefined && isTrue(host.config.at(...unlessOn.split(".")));
  return ofSystem !== undefined && !isForMore && isEntry(host, ofSystem) ? [ofSystem] : [];
}

/** The persisted directories of browsers, or of keyrings, that the person does not have. */
function unusedOthers(
  host: Host,
  home: string,
  used: readonly UsedHomeState[],
  { state: { kind } }: UsedHomeState,
): readonly string[] {
  if (kind === undefined || kind === "folder") return [];
  const taken = used.map(({ state }) => state);
  const others = HOME_STATES.filter((state) => state.kind === kind && !taken.includes(state));
  return others.flatMap(({ paths }) => paths.map((path) => joinPath(home, path)).filter((path) => isEntry(host, path)));
}

/** Places where people look for it, below another base, or with a slip in the name. */
function wrongPlaces(
  host: Host,
  home: string,
  used: readonly UsedHomeState[],
  { state, places }: UsedHomeState,
): readonly string[] {
  const known = (state.insteadOf ?? []).map((path) => (path.startsWith("/") ? path : joinPath(home, path)));
  const [place = ""] = places;
  const base = [".local/share", ".local/state", ".config"]
    .map((one) => joinPath(home, one))
    .find((one) => isAtOrBelow(place, one) && one !== place);
  const name = base === undefined ? undefined : place.slice(base.length + 1);
  const bases = name === undefined ? [] : NO_BASES.map((one) => joinPath(home, `${one}/${name}`));
  const slip = slipOf(host, home, place);
  const isTaken = (path: string) => used.some((other) => other.places.includes(path));
  return [...[...known, ...bases].filter((path) => isEntry(host, path)), ...(slip ? [slip] : [])].filter(
    (path) => !isTaken(path),
  );
}

/** An entry whose name differs by a slip, and is no other program's; short names differ by little. */
function slipOf(host: Host, home: string, place: string): string | undefined {
  const path = place.length - place.lastIndexOf("/") > 6 ? misspeltEntry(host, place)?.path : undefined;
  const isOther = HOME_STATES.some(({ paths }) => paths.some((one) => joinPath(home, one) === path));
  return isOther ? undefined : path;
}

/** What people take for a base directory, and no program does. */
const NO_BASES = [".config/share", ".config/state", ".local/config", ".share", ".state", ".local"];

/** Programs whose persisted places are of no use without a keyring that is lost, in a sentence for each. */
export function unreadableBeside(
  host: Host,
  used: readonly UsedHomeState[],
  lost: readonly UsedHomeState[],
): readonly string[] {
  const keyring = lost.find(({ state }) => state.kind === "keyring");
  if (!keyring || !DESKTOPS.some((option) => isTrue(host.config.at(...option.split("."))))) return [];
  if (used.some((other) => other.state.kind === "keyring" && !lost.includes(other))) return [];
  const kept = used.filter(({ state, places }) => state.isSealed && places.some((path) => isEntry(host, path)));
  return kept.map(({ state, places }) => {
    const path = places.find((one) => isEntry(host, one)) ?? "";
    const label = state.what.split(":")[0] ?? "";
    return `\`${path}\` is persisted, and what ${label} encrypts there cannot be read without its key in \`${keyring.places[0] ?? ""}\`.`;
  });
}

/** Desktops under which Chromium and what is made of it choose the keyring or the wallet by themselves. */
const DESKTOPS = [
  ...["services.desktopManager.gnome.enable", "services.xserver.desktopManager.gnome.enable"],
  ...["services.desktopManager.plasma6.enable", "services.xserver.desktopManager.plasma5.enable"],
  ...["services.xserver.desktopManager.cinnamon.enable", "services.xserver.desktopManager.xfce.enable"],
];

function isEntry(host: Host, path: string): boolean {
  return certainEntries(host).some((entry) => entry.path === path);
}
