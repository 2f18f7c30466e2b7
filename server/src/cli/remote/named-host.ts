import { destinationsOf } from "../../remote/destination.ts";
import type { ConfiguredHost } from "../../remote/remote-command.ts";
import { sshConfigNames } from "../../remote/ssh-config-names.ts";
import { UsageError } from "../usage-error.ts";
import type { Configuration } from "./configured-host.ts";

/** A host as the command line names it, and what that means. */
export interface NamedHost {
  readonly given: string;
  /** What ssh is asked for. */
  readonly destination: string;
  readonly configured: ConfiguredHost | undefined;
  /** What has to be said before anything is done: above all when the destination is not what was given. */
  readonly notes: readonly string[];
}

/**
 * Finds out which machine a name means. A name of `~/.ssh/config` is what that says, as for `ssh` itself; a name of a host
 * of the configuration is the address that this gives; everything else is what `ssh` makes of it.
 *
 * @throws UsageError when the configuration gives several addresses
 */
export function nameHost(
  given: string,
  configuration: Configuration | undefined,
  { sshConfig, as }: { readonly sshConfig: string | undefined; readonly as?: string | undefined },
): NamedHost {
  const literal = { given, destination: given };
  const found = configuration?.find(as ?? given);
  if (as !== undefined && !found) {
    const names = configuration?.names.join(", ") || "none";
    throw new UsageError(`there is no host \`${as}\` in the configuration; there are ${names}`);
  }
  if (!found) return { ...literal, configured: undefined, notes: [] };
  const name = as ?? given;
  if ("why" in found) {
    const note = `the host ${name} of the configuration cannot be evaluated, because ${found.why}; ssh is asked for ${given}`;
    return { ...literal, configured: undefined, notes: [note] };
  }
  const { targets, hostName } = found.facts;
  if (as !== undefined) return { ...literal, configured: found, notes: [] };
  const destinations = destinationsOf(targets);
  if (sshConfigNames(sshConfig).includes(given)) {
    const other = destinations.filter((one) => one !== given);
    const notes =
      other.length === 0
        ? []
        : [`${given} is what the configuration of ssh says; the host's own says ${other.join(", ")}`];
    return { ...literal, configured: found, notes };
  }
  if (destinations.length > 1)
    throw new UsageError(
      `the configuration gives several addresses for ${given}: name one of ${destinations.join(", ")}, and add --host ${given}`,
    );
  const [destination] = destinations;
  if (destination === undefined) {
    const named = hostName.value !== null && hostName.value !== given ? ` (its host name is ${hostName.value})` : "";
    return { ...literal, configured: found, notes: [`the configuration gives no address for ${given}${named}`] };
  }
  const { from, location } = targets[0] as (typeof targets)[number];
  const place = location ? ` (${location.file}:${location.range.start.line + 1})` : "";
  return { given, destination, configured: found, notes: [`${given} is ${destination}, by ${from}${place}`] };
}

/** Whether something could be the name of a host of a configuration; `user@name` and addresses are for ssh alone. */
export function couldBeConfigured(given: string): boolean {
  return /^[\w][\w.-]*$/.test(given);
}
