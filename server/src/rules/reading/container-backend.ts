import type { Host } from "../../host/host.ts";
import { readString } from "../../host/read-values.ts";

/** The engine that runs `virtualisation.oci-containers`; undefined where it is not known. */
export function containerBackend({ config, release }: Host): "podman" | "docker" | undefined {
  const chosen = readString(config.at("virtualisation", "oci-containers", "backend"));
  const { stateVersion } = release;
  const backend = chosen
    ? chosen.known && chosen.value
    : stateVersion.known && (stateVersion.value >= "22.05" ? "podman" : "docker");
  return backend === "podman" || backend === "docker" ? backend : undefined;
}
