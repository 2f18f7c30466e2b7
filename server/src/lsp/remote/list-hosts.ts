import { knownHosts, type RemoteHosts } from "../../remote/known-hosts.ts";
import type { ConfiguredHosts } from "./configured-hosts.ts";

/** Names that commands take: hosts of the workspace, and those of ssh's configuration. Nothing is asked of any host. */
export async function listHosts(hosts: ConfiguredHosts, sshConfig: string | undefined): Promise<RemoteHosts> {
  const names = await hosts.names();
  const found = await Promise.all(names.map(async (name) => ({ name, about: await hosts.find(name) })));
  return knownHosts(found, sshConfig);
}
