import { knownHosts, type RemoteHosts } from "../../remote/known-hosts.ts";
import { printableJson, printableLine } from "../../report/printable.ts";
import { write } from "../terminal.ts";
import { folderOfConfiguration } from "./configuration-folder.ts";
import { openConfiguration } from "./open-configuration.ts";

/** `remote hosts`: names that the other commands take. Nothing is asked of any host. */
export async function remoteHosts(flags: {
  readonly folder: string | undefined;
  readonly sshConfig: string | undefined;
  readonly format: "pretty" | "json";
}): Promise<number> {
  const folder = folderOfConfiguration(flags.folder);
  const configuration = folder === undefined ? undefined : await openConfiguration(folder);
  const hosts = (configuration?.names ?? []).map((name) => ({ name, about: configuration?.find(name) }));
  const found = knownHosts(hosts, flags.sshConfig);
  write(flags.format === "json" ? `${printableJson(found)}\n` : text(found));
  return found.configured.length + found.ssh.length > 0 ? 0 : 1;
}

function text({ configured, ssh }: RemoteHosts): string {
  const lines = [
    ...configured.map(({ name, destinations, from, why }) => {
      if (why !== undefined) return `${name}  cannot tell where, because ${why}`;
      return `${name}  ${destinations.length > 0 ? `${destinations.join(", ")} (${from.join(", ")})` : "no address in the configuration"}`;
    }),
    ...ssh.map((name) => `${name}  (configuration of ssh)`),
  ];
  if (lines.length === 0) return "No host was found here, and the configuration of ssh names none.\n";
  return `${lines.map(printableLine).join("\n")}\n`;
}
