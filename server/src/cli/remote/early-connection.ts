import { Connections } from "../../remote/connections.ts";
import { diffScripts } from "../../remote/diff/diff-scripts.ts";
import { type EarlyCall, prepareCall } from "../../remote/run-ssh.ts";
import { REMOTE_COMMAND, scriptInput } from "../../remote/script-input.ts";
import { checkedDestination, sshArguments } from "../../remote/ssh-arguments.ts";

/*
 * The way to a host takes longer than all that this computer has to do, so it begins before the program is read that knows the
 * arguments. What is run on the host waits for its script, and ends without one when the arguments turn out to be wrong. A
 * comparison is sent its script at once: it asks what to compare, and changes nothing before it has an answer.
 */

/** What was begun before the program was read. */
export interface EarlyConnection {
  /** What the sessions of this command share. */
  readonly connections: Connections;
  readonly call: EarlyCall;
  /** Until then the call may not have begun. */
  readonly begun: Promise<void>;
}

const VERBS = new Set(["status", "list", "diff", "snapshot", "gc", "persist", "show", "restore", "rollback"]);
/** Verbs for which one call is enough, unless an option says otherwise. */
const ONE_CALL = new Set(["status", "list", "diff"]);
const MORE_CALLS = /^--(?:sudo|last-reboot)$/;

/** @param args what follows `remote`; anything but a verb, a host and options is left for later */
export function connectEarly(args: readonly string[]): EarlyConnection {
  const connections = new Connections();
  const call: EarlyCall = { prepared: undefined };
  return { connections, call, begun: connect(args, connections, call) };
}

async function connect(
  [verb = "", host = "", ...args]: readonly string[],
  connections: Connections,
  call: EarlyCall,
): Promise<void> {
  if (!VERBS.has(verb) || host.startsWith("-")) return;
  const configFile = valueOfOption("--ssh-config", args);
  try {
    checkedDestination(host);
    const isOneCall = ONE_CALL.has(verb) && !args.some((arg) => MORE_CALLS.test(arg));
    if (isOneCall) connections.leaveAlone(host, configFile);
    const controlFolder = isOneCall ? undefined : await connections.controlFolder(host, configFile);
    const argv = sshArguments(host, REMOTE_COMMAND, {
      ...{ controlFolder, controlSeconds: connections.seconds },
      ...(configFile === undefined ? {} : { configFile }),
    });
    const asks = isOneCall && verb === "diff";
    prepareCall(call, argv, asks ? (nonce) => scriptInput(diffScripts, [], nonce) : undefined);
  } catch {
    // The command itself will meet it, and say what it is.
  }
}

function valueOfOption(option: string, args: readonly string[]): string | undefined {
  const at = args.findLastIndex((arg) => arg === option || arg.startsWith(`${option}=`));
  const given = args[at];
  return given === option ? args[at + 1] : given?.slice(option.length + 1);
}
