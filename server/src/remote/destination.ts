import type { FactsJson } from "../report/schema.ts";
import { checkedDestination } from "./ssh-arguments.ts";

type Target = Pick<FactsJson["targets"][number], "address" | "user" | "port">;

/**
 * The destination that `ssh` takes for an address of the configuration.
 *
 * @throws TransportError EHOSTNAME for what could be read as an option or hold more than a name
 */
export function destinationOf({ address, user, port }: Target): string {
  // An address may bring its user along: nixos-rebuild takes it like that.
  const who = user === null || address.includes("@") ? "" : `${user}@`;
  if (port === null || address.startsWith("ssh://")) return checkedDestination(`${who}${address}`);
  const at = address.lastIndexOf("@") + 1;
  const name = address.slice(at);
  const bracketed = name.includes(":") && !name.startsWith("[") ? `[${name}]` : name;
  return checkedDestination(`ssh://${who}${address.slice(0, at)}${bracketed}:${port}`);
}

/** The different destinations among the addresses that a configuration gives for a host. */
export function destinationsOf(targets: readonly Target[]): string[] {
  return [...new Set(targets.map(destinationOf))];
}
