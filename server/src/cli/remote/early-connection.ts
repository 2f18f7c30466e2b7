import { Connections } from "../../remote/connections.ts";
import { dropPreparedSsh, prepareSsh } from "../../remote/run-ssh.ts";
import { REMOTE_COMMAND } from "../../remote/script-input.ts";
import { checkedDestination, sshArguments } from "../../remote/ssh-arguments.ts";

/*
 * The way to a host takes as long as this program needs to be read, so both begin together. What is run on the host waits
 * for its script, and ends without one when the arguments turn out to be wrong.
 */

/** What the sessions of this command share. */
export const connections = new Connections();

const VERBS = new Set(["status", "list", "diff", "snapshot", "gc", "persist", "show", "restore", "rollback"]);

/** @param args what follows `remote`; anything but a verb, a host and options is left for later */
export async function connectEarly([verb = "", host = "", ...args]: readonly string[]): Promise<void> {
  if (!VERBS.has(verb) || host.startsWith("-")) return;
  const configFile = valueOfOption("--ssh-config", args);
  try {
    checkedDestination(host);
    const controlFolder = await connections.controlFolder(host, configFile);
    prepareSsh(sshArguments(host, REMOTE_COMMAND, { configFile, controlFolder, controlSeconds: connections.seconds }));
  } catch {
    // The command itself will meet it, and say what it is.
  }
}

/** Ends what nobody came to use. */
export async function endConnections(): Promise<void> {
  dropPreparedSsh();
  await connections.close();
}

function valueOfOption(option: string, args: readonly string[]): string | undefined {
  const at = args.findLastIndex((arg) => arg === option || arg.startsWith(`${option}=`));
  const given = args[at];
  return given === option ? args[at + 1] : given?.slice(option.length + 1);
}
