import { destinationsOf } from "./destination.ts";
import type { ConfiguredHost } from "./remote-command.ts";
import { sshConfigNames } from "./ssh-config-names.ts";
import { TransportError } from "./transport-error.ts";

/** A host as somebody names it, and what that means. */
export interface NamedHost {
  readonly given: string;
  /** What ssh is asked for. */
  readonly destination: string;
  readonly configured: ConfiguredHost | undefined;
  /** What has to be said before anything is done: above all when the destination is not what was given. */
  readonly notes: readonly string[];
}

export interface Naming {
  readonly sshConfig: string | undefined;
  /** The host of the configuration that it is, whatever the destination is called. */
  readonly as?: string | undefined;
  /** Completes "the configuration gives several addresses for NAME: name one of …". */
  readonly howToChoose: string;
}

/**
 * Finds out which machine a name means. A name of `~/.ssh/config` is what that says, as for `ssh` itself; a name of a host
 * of the configuration is the address that this gives; everything else is what `ssh` makes of it.
 *
 * @param found the host of the configuration that is called `as`, or as given; a reason when it cannot be evaluated
 * @throws TransportError EHOSTNAME when the configuration gives several addresses, or one that is no name of a host
 */
export function nameHost(
  given: string,
  found: ConfiguredHost | { readonly why: string } | undefined,
  { sshConfig, as, howToChoose }: Naming,
): NamedHost {
  const literal = { given, destination: given };
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
    throw new TransportError(
      "EHOSTNAME",
      `the configuration gives several addresses for ${given}: name one of ${destinations.join(", ")}${howToChoose}`,
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
