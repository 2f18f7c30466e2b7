import { singleQuoted } from "./script-input.ts";

/** Why a host could not be asked, as a code for programs and a sentence for people. */
export type TransportCode =
  | "EHOSTNAME"
  | "EDNS"
  | "EREFUSED"
  | "EUNREACH"
  | "EBANNER"
  | "EAUTH"
  | "EHOSTKEY"
  | "EUNKNOWNHOST"
  | "ECONFIG"
  | "EKEYPERM"
  | "ENOSSH"
  | "ENOSHELL"
  | "EPASSWORD"
  | "EROOT"
  | "EFORCED"
  | "ESHARING"
  | "EREBOOTED"
  | "ETTY"
  | "EINCOMPLETE"
  | "EPROTOCOL"
  | "ESCRIPT"
  /** What was named is not there on the host. */
  | "ENOTFOUND"
  /** The host lacks what is needed. */
  | "ECANNOT"
  | "ECANCELLED"
  | "ECONSENT"
  | "ETIMEOUT"
  | "ESSH";

export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly code: TransportCode;
  constructor(code: TransportCode, message: string) {
    super(message);
    this.code = code;
  }

  /** The command line has two copies of this class: that of what begins early throws, too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === "TransportError";
  }
}

/** The command that removes the known key that ssh complains of. */
function removal(stderr: string): string {
  const file = /^(?:Offending|Matching) [^\n]{0,80}key in (.{1,4096}):\d{1,9}\s?$/m.exec(stderr)?.[1];
  const name = /^Host key for (\S{1,300}) has changed/m.exec(stderr)?.[1];
  return ["ssh-keygen", ...(file ? ["-f", singleQuoted(file)] : []), "-R", singleQuoted(name ?? "HOST")].join(" ");
}

/** Whether a destination is on the machine of this name. */
function isNameOf(name: string, destination: string): boolean {
  const rest = destination.replace(/^ssh:\/\//, "").replace(/^.*@/, "");
  return rest.replace(/:\d+$/, "").replace(/^\[|\]$/g, "") === name || rest === name;
}

/** What a program on the way said, beside what ssh says of it. */
function saidOnTheWay(stderr: string): string {
  const own = /^(?:kex_exchange_|banner exchange|ssh_dispatch_run|Connection (?:closed|reset|timed out)|\s*$)/;
  const lines = stderr.split("\n").filter((line) => !own.test(line));
  return lines.join(" ").trim().slice(0, MAX_QUOTED);
}

/** The connection ended before the host itself said a word. */
const CUT = /timed out during banner exchange|banner exchange: |kex_exchange_identification/;

type Row = readonly [pattern: RegExp, code: TransportCode, message: (host: string, found: RegExpExecArray) => string];

/**
 * What ssh and sudo print (in the C locale), the most telling first. A host can print anything as well: no pattern may take
 * long, so that nothing in front of what tells it is without a limit.
 */
const ROWS: readonly Row[] = [
  [
    /REVOKED HOST KEY DETECTED/,
    "EHOSTKEY",
    (host) => `The key of ${host} is marked as revoked. Whoever revoked it did not want it to be used again.`,
  ],
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    "EHOSTKEY",
    (host, { input }) =>
      `The key of ${host} is not the one that is known. Somebody may be listening, or the host was installed anew, or its /etc/ssh is not persisted. Find out which. Only if the new key is right: ${removal(input)} removes the old one.`,
  ],
  [
    /Host key verification failed|No .* host key is known/,
    "EUNKNOWNHOST",
    (host) =>
      `The key of ${host} is not known yet, and was not trusted now. Run ssh ${host} once in a terminal, and compare the fingerprint.`,
  ],
  [
    /Permissions \d+ for '(.{1,4096})' are too open/,
    "EKEYPERM",
    (_, [, file = ""]) =>
      `The private key ${file} can be read by others, so ssh does not use it. To change that: chmod 600 ${singleQuoted(file)}.`,
  ],
  [
    /Bad configuration option|terminating, \d+ bad configuration|Bad owner or permissions on|Can't open user config/,
    "ECONFIG",
    () => "ssh does not understand its configuration.",
  ],
  [
    /Could not resolve hostname ([^\s:]{1,300})/i,
    "EDNS",
    (host, [, name]) =>
      name && !isNameOf(name, host)
        ? `Cannot find ${name}, on the way to ${host} (DNS).`
        : `Cannot find host ${host} (DNS).`,
  ],
  [
    /ControlPath too long|control ?socket|mux_client|unix_listener|Master refused/i,
    "ESHARING",
    (host) => `The shared connection to ${host} does not work. ssh -O exit ${host} ends it.`,
  ],
  [/port (\d+): Connection refused/, "EREFUSED", (host, [, port]) => `${host} refuses ssh on port ${port}.`],
  [
    /channel \d+: open failed: ([^\n]{1,300})|stdio forwarding failed/,
    "EBANNER",
    (host, [, why]) => `The host on the way to ${host} does not reach it${why ? `: ${why.trim()}` : ""}.`,
  ],
  [
    /(\S{1,300}): Permission denied \(([^)]{0,200})\)/,
    "EAUTH",
    (host, { input, 1: who, 2: how }) =>
      `${who}${CUT.test(input) ? `, on the way to ${host},` : ""} was not let in (tried: ${how}). If the key has a passphrase, add it to an agent with ssh-add first.`,
  ],
  [
    CUT,
    "EBANNER",
    (host, { input }) => {
      const said = saidOnTheWay(input);
      return said === ""
        ? `${host} answers, but not as an ssh server does, or it is overloaded.`
        : `The way to ${host} ended before it answered: a ProxyCommand or ProxyJump in the configuration of ssh. It says: ${said}`;
    },
  ],
  [
    /Connection timed out|Operation timed out|No route to host|Network is unreachable/,
    "EUNREACH",
    (host) => `No answer from ${host}.`,
  ],
  [
    /This service allows sftp connections only/,
    "EFORCED",
    (host) =>
      `${host} lets this account in for sftp only (ForceCommand internal-sftp in sshd_config). Use an account that may run commands.`,
  ],
  [/This account is currently not available/, "ENOSHELL", (host) => `The account on ${host} has no shell.`],
  [
    /incorrect (?:password|authentication) attempt|Sorry, try again|Authentication failed, try again|no password was provided/,
    "EPASSWORD",
    (host) => `sudo on ${host} does not accept the password.`,
  ],
  [
    /you must have a tty|a terminal is required/,
    "ETTY",
    (host) => `sudo on ${host} wants a terminal (requiretty). Allow this account to use it without one.`,
  ],
  [
    /is not in the sudoers file|not allowed to execute|(?:may not|not allowed to) run sudo|I'm afraid I can't do that/,
    "EPASSWORD",
    (host) => `sudo on ${host} does not allow this account to become root.`,
  ],
];

/** Characters of a program's own words in a sentence for people. */
export const MAX_QUOTED = 2000;

/** The error that this output stands for, or undefined when it says nothing known. */
export function errorOfOutput(stderr: string, host: string): TransportError | undefined {
  for (const [pattern, code, message] of ROWS) {
    const found = pattern.exec(stderr);
    if (!found) continue;
    const detail = code === "ECONFIG" ? ` It says: ${stderr.trim().slice(0, MAX_QUOTED)}` : "";
    return new TransportError(code, message(host, found) + detail);
  }
  return undefined;
}
