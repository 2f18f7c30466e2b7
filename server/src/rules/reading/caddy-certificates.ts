import type { Host } from "../../host/host.ts";
import { childrenOf, openOf, readString, readStringOrNull, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** What else may name a site of Caddy. */
const OTHER_SITES = ["configFile", "extraConfig", "settings", "resume"];

/**
 * Whether Caddy certainly asks for no certificate: all its sites are known, and each is plain HTTP or is given a
 * certificate that somebody else looks after, by `useACMEHost` or by a line `tls certificate key` of its own.
 */
export function asksForNoCertificate(host: Host): boolean {
  const caddy = host.config.at("services", "caddy");
  const sites = caddy.child("virtualHosts");
  if (OTHER_SITES.some((name) => caddy.child(name).isDefined() !== false)) return false;
  if (mayAskItself(caddy.child("globalConfig"))) return false;
  if (sites.isDefined() === false || openOf(sites) !== undefined) return false;
  const all = childrenOf(sites);
  return all.length > 0 && all.every(({ name, node }) => isGivenOne(node) || isPlain(name, node));
}

/** Global options name no site, but for a certificate on demand, an authority of its own, or what is read from elsewhere. */
function mayAskItself(options: OptionNode): boolean {
  if (options.isDefined() === false) return false;
  const text = readString(options);
  return text?.known !== true || /\b(on_demand|pki|layer4|import)/.test(text.value);
}

function isPlain(name: string, node: OptionNode): boolean {
  const hostName = node.child("hostName");
  const named = hostName.isDefined() === false ? undefined : readString(hostName);
  if (named && !named.known) return false;
  const aliases = readTexts(node.child("serverAliases"));
  if (aliases.open.length > 0) return false;
  const addresses = [named?.value ?? name, ...aliases.texts.map(({ text }) => text)];
  return addresses.flatMap((text) => text.split(/[\s,]+/)).every((text) => /^(http:\/\/|(?!https:).*:80$)/.test(text));
}

/** Caddy asks for none where the site names the files of one. */
function isGivenOne(node: OptionNode): boolean {
  const acme = readStringOrNull(node.child("useACMEHost"));
  if (acme?.known === true && acme.value !== null) return true;
  const text = readString(node.child("extraConfig"));
  return text?.known === true && /^\s*tls\s+\/\S+\s+\/\S+\s*$/m.test(text.value);
}
