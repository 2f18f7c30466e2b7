import { printableLine } from "../report/printable.ts";
import { outputOfSsh } from "./run-ssh.ts";
import { configArguments, destinationArguments } from "./ssh-arguments.ts";

/** What ssh makes of the name of a host, by its configuration. */
export interface ResolvedDestination {
  readonly user: string;
  readonly hostName: string;
  readonly port: string;
  /** Hosts or a command on the way. */
  readonly through?: string;
}

/** Milliseconds for what happens on this computer only. */
const LOCAL_LIMIT = 5_000;

/**
 * Asks ssh what it makes of a destination (`ssh -G`), without reaching any host. Undefined when it does not say.
 *
 * @throws TransportError EHOSTNAME for what could be read as an option or hold more than a name
 */
export async function resolveDestination(
  destination: string,
  configFile: string | undefined,
): Promise<ResolvedDestination | undefined> {
  const args = [...configArguments(configFile), "-G", ...destinationArguments(destination)];
  return readResolved((await outputOfSsh(args, LOCAL_LIMIT)) ?? "");
}

/** What `ssh -G` prints: one option in a line, its name in small letters. */
export function readResolved(text: string): ResolvedDestination | undefined {
  const value = (name: string) => new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1];
  const [user, hostName, port] = [value("user"), value("hostname"), value("port")];
  if (user === undefined || hostName === undefined || port === undefined) return undefined;
  const through = [value("proxyjump"), value("proxycommand")].find((one) => one !== undefined && one !== "none");
  return { user, hostName, port, ...(through === undefined ? {} : { through }) };
}

/** Sentences about where ssh connects to, and as whom. */
export function destinationInWords(resolved: ResolvedDestination | undefined): string[] {
  if (!resolved)
    return [
      "What ssh makes of this name is not known: “ssh -G” gives no answer.",
      "Root is used there, if the account is root or sudo asks for no password.",
    ];
  const { user, hostName, port, through } = resolved;
  const address = hostName.includes(":") ? `[${hostName}]` : hostName;
  const way = through === undefined ? "" : `, through ${through}`;
  return [
    printableLine(`ssh connects to ${user}@${address}, port ${port}${way}.`),
    user === "root"
      ? "The account is root, so all of it is done as root there."
      : printableLine(`Root is used there, if sudo asks the account ${user} for no password.`),
  ];
}
