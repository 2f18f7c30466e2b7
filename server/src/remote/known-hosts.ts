import * as z from "zod";
import type { FactsJson } from "../report/schema.ts";
import { destinationsOf } from "./destination.ts";
import { sshConfigNames } from "./ssh-config-names.ts";

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
export type RemoteHosts = z.infer<typeof remoteHostsSchema>;

/** A host of the configuration: what is known of it, or why nothing is. */
export interface HostInConfiguration {
  readonly name: string;
  readonly about: { readonly facts: FactsJson } | { readonly why: string } | undefined;
}

/** The names that commands take, of a configuration and of a file of ssh. Nothing is asked of any host. */
export function knownHosts(hosts: readonly HostInConfiguration[], sshConfig: string | undefined): RemoteHosts {
  return { configured: hosts.map(configuredHost), ssh: sshConfigNames(sshConfig) };
}

function configuredHost({ name, about }: HostInConfiguration): RemoteHosts["configured"][number] {
  const nothing = { name, destinations: [], from: [], hostName: null, root: "unknown" };
  if (!about) return nothing;
  if ("why" in about) return { ...nothing, why: about.why };
  const { targets, hostName, ephemeralRoot } = about.facts;
  const known = { name, hostName: hostName.value, root: ephemeralRoot.kind };
  try {
    return { ...known, destinations: destinationsOf(targets), from: targets.map(({ from }) => from) };
  } catch (error) {
    return { ...known, destinations: [], from: [], why: (error as Error).message };
  }
}
