import { TransportError } from "./transport-error.ts";

/** How to reach a host, of the caller's own choosing: never from a workspace. */
export interface SshSettings {
  /** Another configuration file than ~/.ssh/config. */
  readonly configFile?: string;
  /** A folder for the control socket, when connections may be shared. */
  readonly controlFolder?: string | undefined;
  /** Seconds that a shared connection stays open after its last use. */
  readonly controlSeconds?: number;
  /** The connection is shared with nothing, whatever the configuration says: what was shared turned out not to work. */
  readonly isAlone?: boolean;
  /** Whether ssh may ask: through its askpass program only, as it has no terminal. */
  readonly asks?: boolean;
}

const USER = /[\w.+][\w.+-]*@/.source;
const NAME = /[\w.][\w.-]*/.source;
const IPV6 = /[\da-fA-F]*:[\da-fA-F:.]+(?:%[\w.-]+)?/.source;
const PLAIN = new RegExp(`^(?:${USER})?(?:${NAME}|${IPV6})$`);
const URI = new RegExp(`^ssh://(?:${USER})?(?:${NAME}|\\[${IPV6}\\])(?::\\d{1,5})?$`);

/**
 * A destination as ssh takes it: `host`, `user@host` or `ssh://user@host:port`.
 *
 * @throws TransportError EHOSTNAME for what could be read as an option or hold more than a name
 */
export function checkedDestination(host: string): string {
  if (host.length < 256 && (PLAIN.test(host) || URI.test(host))) return host;
  const isUri = host.length < 256 && URI.test(`ssh://${host}`);
  const hint = isUri ? ` Write ssh://${host}, as with every port and address in brackets.` : "";
  throw new TransportError("EHOSTNAME", `${JSON.stringify(host)} is not the name of a host.${hint}`);
}

const IPV6_URI = new RegExp(`^ssh://(?<user>${USER})?\\[(?<address>${IPV6})\\](?::(?<port>\\d{1,5}))?$`);

/**
 * How ssh is given a destination, behind its options. It takes no address of IPv6 in `ssh://` (it prints its usage), so that is taken
 * apart.
 *
 * @throws TransportError EHOSTNAME as `checkedDestination`
 */
export function destinationArguments(destination: string): string[] {
  const { user = "", address, port } = IPV6_URI.exec(checkedDestination(destination))?.groups ?? {};
  if (address === undefined) return ["--", destination];
  return [...(port === undefined ? [] : ["-p", port]), "--", `${user}${address}`];
}

/** The arguments of ssh for one call of `command` on `host`. They weaken nothing that the user's configuration asks for. */
export function sshArguments(
  host: string,
  command: string,
  { configFile, controlFolder, controlSeconds = 20, isAlone = false, asks = false }: SshSettings = {},
): string[] {
  const options = [
    ...[`BatchMode=${asks ? "no" : "yes"}`, "ConnectTimeout=10", "ServerAliveInterval=15", "ServerAliveCountMax=3"],
    // A configuration may say otherwise for logins by hand: errors have to be seen, and this command has to be run. Ports that
    // it forwards may be taken by such a login, and its own command would read what is for the host.
    ...["LogLevel=ERROR", "RemoteCommand=none", "PermitLocalCommand=no", "ClearAllForwardings=yes"],
  ];
  return [
    ...configArguments(configFile),
    ...["-T", "-a", "-x", ...options.flatMap((option) => ["-o", option])],
    ...(isAlone ? ["-o", "ControlMaster=no", "-o", "ControlPath=none"] : []),
    ...(controlFolder === undefined ? [] : sharingArguments(controlFolder, controlSeconds)),
    ...[...destinationArguments(host), command],
  ];
}

export function configArguments(configFile: string | undefined): string[] {
  return configFile === undefined ? [] : ["-F", configFile];
}

/** Shares connections through sockets in a folder, each for some seconds after its last use. */
export function sharingArguments(folder: string, seconds: number): string[] {
  const options = ["ControlMaster=auto", `ControlPath=${folder}/%C`, `ControlPersist=${seconds}`];
  return options.flatMap((option) => ["-o", option]);
}
