import type { Host } from "../../host/host.ts";
import { childrenOf, openOf, readString, readTexts } from "../../host/read-values.ts";

/** What else may name a site of Caddy. */
const OTHER_SITES = ["configFile", "extraConfig", "settings", "globalConfig", "resume"];

/** Whether Caddy certainly asks for no certificate: each of its sites is plain HTTP, and all are known. */
export function isCaddyPlain(host: Host): boolean {
  const caddy = host.config.at("services", "caddy");
  const sites = caddy.child("virtualHosts");
  if (OTHER_SITES.some((name) => caddy.child(name).isDefined() !== false)) return false;
  if (sites.isDefined() === false || openOf(sites) !== undefined) return false;
  const all = childrenOf(sites);
  return (
    all.length > 0 &&
    all.every(({ name, node }) => {
      const hostName = node.child("hostName");
      const named = hostName.isDefined() === false ? undefined : readString(hostName);
      if (named && !named.known) return false;
      const aliases = readTexts(node.child("serverAliases"));
      if (aliases.open.length > 0) return false;
      const addresses = [named?.value ?? name, ...aliases.texts.map(({ text }) => text)];
      return addresses.flatMap((text) => text.split(/[\s,]+/)).every((text) => /^(http:\/\/|:80$)/.test(text));
    })
  );
}
