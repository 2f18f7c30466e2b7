import type { RemoteArgument } from "../../../server/src/protocol.ts";
import type { RemoteHosts } from "../../../server/src/remote/known-hosts.ts";

/** A host that commands can be run on, as a view or a list of choices shows it. */
export interface KnownHost {
  /** What it is called: by the configuration, by ssh, or as it was typed. */
  readonly name: string;
  readonly from: "workspace" | "ssh" | "typed";
  /** Addresses that the configuration gives. */
  readonly destinations: readonly string[];
  /** What is said behind the name. */
  readonly description: string;
}

const ROOTS: Readonly<Record<string, string>> = {
  tmpfs: "root in memory",
  rollback: "root rolled back at boot",
  declared: "root declared as wiped",
  none: "root is kept",
  unknown: "root not known",
};

/** All of them, each name once: those of the workspace, those that were used, those of ssh. */
export function knownHosts({ configured, ssh }: RemoteHosts, used: readonly string[]): KnownHost[] {
  const hosts = new Map<string, KnownHost>();
  const add = (host: KnownHost) => {
    if (!hosts.has(host.name)) hosts.set(host.name, host);
  };
  for (const { name, destinations, root, why } of configured) {
    const where = destinations.length > 0 ? destinations.join(", ") : "no address";
    const description = why === undefined ? `${where} · ${ROOTS[root] ?? root}` : `cannot tell, because ${why}`;
    add({ name, from: "workspace", destinations, description });
  }
  for (const name of used) add({ name, from: "typed", destinations: [], description: "used before" });
  for (const name of ssh) add({ name, from: "ssh", destinations: [], description: "configuration of ssh" });
  return [...hosts.values()];
}

/** What a command is given to reach a host; of several addresses the one that was chosen. */
export function argumentFor({ name, from, destinations }: KnownHost, chosen?: string): RemoteArgument {
  return from === "workspace" && chosen !== undefined && destinations.length > 1
    ? { host: chosen, as: name }
    : { host: name };
}
