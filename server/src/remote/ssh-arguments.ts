import { TransportError } from "./transport-error.ts";

/** How to reach a host, of the caller's own choosing: never from a workspace. */
export interface SshSettings {
  /** Another configuration file than ~/.ssh/config. */
  readonly configFile?: string;
  /** A folder for the control socket, when connections may be shared. */
  readonly controlFolder?: string;
}

/**
 * A destination as ssh takes it: `host`, `user@host` or `ssh://user@host:port`.
 *
 * @throws TransportError EHOSTNAME for what could be read as an option or hold more than a name
 */
export function checkedDestination(host: string): string {
  const plain =
    /^(?:ssh:\/\/)?(?:[\w.+][\w.+-]*@)?(?:[\w.][\w.-]*|\[[\da-fA-F:.%\w]+\]|[\da-fA-F]*:[\da-fA-F:.]+)(?::\d{1,5})?$/;
  if (host.length < 256 && plain.test(host)) return host;
  throw new TransportError("EHOSTNAME", `${JSON.stringify(host)} is not the name of a host.`);
}

/** The arguments of ssh for one call of `command` on `host`. They weaken nothing that the user's configuration asks for. */
export function sshArguments(host: string, command: string, { configFile, controlFolder }: SshSettings = {}): string[] {
  const options = ["BatchMode=yes", "ConnectTimeout=10", "ServerAliveInterval=15", "ServerAliveCountMax=3"];
  if (controlFolder) options.push("ControlMaster=auto", `ControlPath=${controlFolder}/%C`, "ControlPersist=60");
  return [
    ...(configFile ? ["-F", configFile] : []),
    ...["-T", "-a", "-x", ...options.flatMap((option) => ["-o", option])],
    ...["--", checkedDestination(host), command],
  ];
}
