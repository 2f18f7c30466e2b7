import type { Host, Service } from "../../host/host.ts";
import { joinPath } from "../../host/paths.ts";
import { uncoveredLoss } from "./wiped-root.ts";

/** What a service cannot do without, in the directory of its state. */
interface Part {
  readonly path: string;
  readonly what: string;
  /** Options below the service by which it is elsewhere. */
  readonly unless: readonly string[];
}

const SECRETS =
  "the secrets that it makes at its first start, with which second factors, mirrors and tokens in the database are encrypted";

/** As the modules of NixOS place them. */
const PARTS: Readonly<Record<string, Part>> = {
  forgejo: { path: "custom/conf", what: SECRETS, unless: ["customDir", "secrets.security.SECRET_KEY"] },
  gitea: { path: "custom/conf", what: SECRETS, unless: ["customDir"] },
  "home-assistant": { path: ".storage", what: "accounts, devices and what was set up in its window", unless: [] },
  "matrix-synapse": {
    path: "homeserver.signing.key",
    what: "the key by which other servers know it",
    unless: ["settings.signing_key_path"],
  },
  nextcloud: {
    path: "config",
    what: "its config.php, with the secret and the id without which it counts as not installed",
    unless: ["datadir"],
  },
  // Its place below the data directory since 19.03.
  syncthing: {
    path: ".config/syncthing",
    what: "the key by which other devices know it, the pairings and the index",
    unless: ["configDir"],
  },
};

/** The part of a service's state that is lost while others are kept, and that the rest is worth little without. */
export function lostVitalPart(
  host: Host,
  { enable }: Service,
  state: string,
): { readonly path: string; readonly what: string } | undefined {
  const name = /^services\.([^.]+)\.enable$/.exec(enable)?.[1] ?? "";
  const part = PARTS[name];
  if (!part || part.unless.some((option) => isSet(host, ["services", name, ...option.split(".")]))) return undefined;
  const path = joinPath(state, part.path);
  return uncoveredLoss(host, path).lost === "yes" ? { path, what: part.what } : undefined;
}

function isSet({ config }: Host, option: readonly string[]): boolean {
  return config.at(...option).isDefined() !== false;
}
