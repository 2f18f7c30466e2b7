import { z } from "zod";
import { destinationsOf } from "../../remote/destination.ts";
import { sshConfigNames } from "../../remote/ssh-config-names.ts";
import { printableLine } from "../../report/printable.ts";
import { write } from "../terminal.ts";
import { openConfiguration } from "./configured-host.ts";

export const remoteHostsSchema = z.object({
  configured: z
    .array(
      z.object({
        name: z.string(),
        destinations: z
          .array(z.string())
          .describe("What ssh is asked for: the addresses that the configuration gives."),
        from: z.array(z.string()).describe("The options or outputs that give them."),
        hostName: z.string().nullable(),
        root: z.string().describe("What empties the root: tmpfs, rollback, declared, none or unknown."),
        why: z.string().optional().describe("Why the host cannot be evaluated, or its addresses not be used."),
      }),
    )
    .describe("Hosts of the configuration in the folder."),
  ssh: z.array(z.string()).describe("Names of ~/.ssh/config, without patterns."),
});
type RemoteHosts = z.infer<typeof remoteHostsSchema>;

/** `remote hosts`: names that the other commands take. Nothing is asked of any host. */
export async function remoteHosts(flags: {
  readonly folder: string | undefined;
  readonly sshConfig: string | undefined;
  readonly format: "pretty" | "json";
}): Promise<number> {
  const configuration = await openConfiguration(flags.folder ?? ".", flags.folder !== undefined);
  const configured = (configuration?.names ?? []).map((name): RemoteHosts["configured"][number] => {
    const host = configuration?.find(name);
    const nothing = { name, destinations: [], from: [], hostName: null, root: "unknown" };
    if (!host) return nothing;
    if ("why" in host) return { ...nothing, why: host.why };
    const { targets, hostName, ephemeralRoot } = host.facts;
    const about = { name, hostName: hostName.value, root: ephemeralRoot.kind };
    try {
      return { ...about, destinations: destinationsOf(targets), from: targets.map(({ from }) => from) };
    } catch (error) {
      return { ...about, destinations: [], from: [], why: (error as Error).message };
    }
  });
  const found: RemoteHosts = { configured, ssh: sshConfigNames(flags.sshConfig) };
  write(flags.format === "json" ? `${JSON.stringify(found, null, 2)}\n` : text(found));
  return configured.length + found.ssh.length > 0 ? 0 : 1;
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
