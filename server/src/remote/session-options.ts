import { outputOfSsh } from "./run-ssh.ts";
import { configArguments, destinationArguments } from "./ssh-arguments.ts";
import { type TransportCode, TransportError } from "./transport-error.ts";

/** What becomes of a call with which ssh does something else than to run a command. Each has a likelier cause, too. */
const OUTCOMES: ReadonlySet<TransportCode> = new Set(["EFORCED", "EINCOMPLETE", "ESSH", "ETIMEOUT"]);

/** Options of ssh, as `ssh -G` prints them, with what they do to a command. Those before OpenSSH 8.7 do not know them. */
const IN_THE_WAY: readonly (readonly [line: RegExp, option: string, why: string])[] = [
  [/^stdinnull (?:yes|true)$/m, "StdinNull yes", "ssh hands nothing on of what the host is asked"],
  [
    /^forkafterauthentication (?:yes|true)$/m,
    "ForkAfterAuthentication yes",
    "ssh goes to the background, and hands nothing on of what the host is asked",
  ],
  [/^sessiontype none$/m, "SessionType none", "ssh runs no command on the host"],
  [/^sessiontype subsystem$/m, "SessionType subsystem", "ssh asks for a subsystem in the place of a command"],
];
/** Milliseconds for what happens on this computer only. */
const LIMIT = 5_000;

/**
 * The error that is shown for one that a call ended with: another one where the user's own configuration of ssh is why. Options
 * for tunnels and logins by hand cannot be overridden from here, as an older ssh would stop at their names.
 */
export async function explained(
  error: TransportError,
  host: string,
  configFile: string | undefined,
): Promise<TransportError> {
  if (!OUTCOMES.has(error.code)) return error;
  // With a command, as ssh refuses to go to the background without one, and without a second one.
  const options = [...configArguments(configFile), "-o", "RemoteCommand=none"];
  const known = (await outputOfSsh([...options, "-G", ...destinationArguments(host), "true"], LIMIT)) ?? "";
  const found = IN_THE_WAY.find(([line]) => line.test(known));
  if (!found) return error;
  const [, option, why] = found;
  return new TransportError(
    "ECONFIG",
    `The configuration of ssh says ${option} for ${host}: with that, ${why}. Leave it out, or give the host a second name there (Host and HostName) without it.`,
  );
}
