import type { Host } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { childrenOf, isNamed, readString } from "../../host/read-values.ts";
import { tmpfilesRules } from "./tmpfiles.ts";
import { mayBeSetByOwnModules } from "./unread-modules.ts";

/**
 * Whether something may make a directory at a boot, so that it is there, if empty: tmpfiles, an account's home, a script
 * that names it, or a module that cannot be read here, for whose service it is called.
 */
export function mayBeMade(host: Host, path: string): boolean {
  if (mayBeSetByOwnModules(host)) return true;
  if (tmpfilesRules(host).some((rule) => /^[dDvqQCLe]/.test(rule.type) && isAtOrBelow(rule.path, path))) return true;
  if (host.scripts.some(({ text }) => text.includes(path))) return true;
  const homes = childrenOf(host.config.at("users", "users")).some(({ name, node }) => {
    const home = isNamed(node, "home") ? readString(node.child("home")) : undefined;
    return home?.known === false || isAtOrBelow(normalise(home?.value ?? `/home/${name}`), path);
  });
  return homes || isOfService(host, path);
}

/** Directories below those that modules of NixOS make for their services, by the name of a service that is set up. */
function isOfService({ config }: Host, path: string): boolean {
  const name = /^\/var\/(?:lib|cache|log|spool)\/(?:private\/)?([^/]+)/.exec(path)?.[1];
  return name !== undefined && childrenOf(config.child("services")).some((service) => name.startsWith(service.name));
}
