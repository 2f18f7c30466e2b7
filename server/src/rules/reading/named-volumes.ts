import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** A volume that a declared container names; its data is in the storage of the engine. */
export interface NamedVolume {
  readonly name: string;
  readonly container: string;
  readonly place: Place | undefined;
}

/** A name as container engines take it; what begins with `/`, `.`, `~` or `%` is a folder of the host. */
const NAME = /^[a-z0-9][\w.-]*$/i;
/** Names of volumes whose content is made again. */
const SCRATCH = /(^|[-_.])(cache|caches|tmp|temp|transcodes?|scratch|models?)([-_.]|$)/i;

/**
 * Volumes of the containers that the host declares and that this engine of the system runs, e.g.
 * `virtualisation.docker.enable`. Volumes of users' engines, and those that a script makes elsewhere, are left out.
 */
export function namedVolumes(host: Host, engine: string): NamedVolume[] {
  const virtualisation = host.config.child("virtualisation");
  const declared = virtualisation.at("oci-containers", "containers");
  const isPodman = engine === "virtualisation.podman.enable";
  if (!isPodman && engine !== "virtualisation.docker.enable") return [];
  const lists = runsDeclared(host, isPodman ? "podman" : "docker") ? listsOf(declared, ["volumes"]) : [];
  const quadlets = virtualisation.at("quadlet", "containers");
  if (isPodman) lists.push(...listsOf(quadlets, ["containerConfig", "volumes"]));
  return lists.flatMap(({ container, volumes }) =>
    readTexts(volumes).texts.flatMap(({ text, place, certain }) => {
      const [name = "", inside, options = ""] = text.split(":");
      if (certain.answer !== "yes" || inside === undefined || options.split(",").includes("ro")) return [];
      if (!NAME.test(name) || SCRATCH.test(name) || isMadeElsewhere(host, name)) return [];
      return [{ name, container, place }];
    }),
  );
}

function runsDeclared(host: Host, engine: "docker" | "podman"): boolean {
  const backend = host.config.at("virtualisation", "oci-containers", "backend");
  if (backend.isDefined() !== false) {
    const chosen = readString(backend);
    return chosen?.known === true && chosen.value === engine;
  }
  const { stateVersion } = host.release;
  return engine === "podman" && stateVersion.known && stateVersion.value >= "22.05";
}

function listsOf(containers: OptionNode, path: readonly string[]) {
  if (containers.isDefined() === false) return [];
  return childrenOf(containers).flatMap(({ name, node, certain }) => {
    if (certain.answer !== "yes" || isOff(node.child("enable")) || isRootless(node)) return [];
    return [{ container: name, volumes: node.at(...path) }];
  });
}

function isOff(enable: OptionNode): boolean {
  const flag = enable.isDefined() === false ? undefined : readBoolean(enable);
  return flag !== undefined && (!flag.known || !flag.value);
}

/** podman of a user keeps its volumes in the user's home. */
function isRootless(container: OptionNode): boolean {
  const user = container.at("podman", "user");
  if (user.isDefined() === false) return false;
  const name = readString(user);
  return name?.known !== true || name.value !== "root";
}

/** A volume made by hand may be anywhere: `docker volume create --opt device=…`, or a volume that quadlet declares. */
function isMadeElsewhere(host: Host, name: string): boolean {
  const declared = host.config.at("virtualisation", "quadlet", "volumes");
  const base = name.replace(/\.volume$/, "");
  if (declared.isDefined() !== false && childrenOf(declared).some((volume) => volume.name === base)) return true;
  return host.scripts.some(({ text }) => text.includes("volume create") && text.includes(name));
}
