import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, openOf } from "../../host/read-values.ts";

/** What else may configure Traefik, or be kept in its directory. */
const OTHER_SETTINGS = ["staticConfigFile", "dynamicConfigFile", "dynamic", "environmentFiles", "plugins"];

/**
 * Whether Traefik certainly writes no certificates to its directory: its resolvers are known, and none of them is ACME, as
 * where tailscaled makes the certificates.
 */
export function storesNoCertificate({ config }: Host): boolean {
  const traefik = config.at("services", "traefik");
  if (OTHER_SETTINGS.some((name) => isNamed(traefik, name))) return false;
  const settings = ["staticConfigOptions", "static"].map((name) =>
    name === "static" ? traefik.at(name, "settings") : traefik.child(name),
  );
  const set = settings.filter((node) => node.isDefined() !== false);
  if (set.length === 0 || set.some((node) => openOf(node) !== undefined || isNamed(node, "experimental"))) return false;
  const resolvers = set.map((node) => node.child("certificatesResolvers")).filter((node) => node.isDefined() !== false);
  const all = resolvers.flatMap(childrenOf);
  return (
    resolvers.every((node) => openOf(node) === undefined) &&
    all.every(({ node }) => openOf(node) === undefined && isNamed(node, "tailscale") && !isNamed(node, "acme"))
  );
}
