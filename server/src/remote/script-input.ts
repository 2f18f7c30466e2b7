/**
 * What goes to the remote `sh -s`: all of a verb in one function that is called on the last line, so that input that is
 * cut on its way runs nothing. Arguments are data in single quotes.
 */
import type { Argument } from "./remote-command.ts";
import frame from "./scripts/frame.sh";

/** A string as one word of a POSIX shell, whatever it holds but NUL. */
export function singleQuoted(text: string): string {
  if (text.includes("\0")) throw new RangeError("an argument of a program cannot hold NUL");
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * The whole input of one call, in bytes. `nonce` is of letters and digits.
 *
 * @throws RangeError for an argument that holds NUL
 */
export function scriptInput(scripts: readonly string[], args: readonly Argument[], nonce: string): Buffer {
  const setUp = [`imp_nonce=${singleQuoted(nonce)}`, frame, ...scripts, "record end 0"];
  const begin = `imp_space=$1\nmain() {\n${setUp.join("\n")}\n}\nset --`;
  return Buffer.concat([
    Buffer.from(begin),
    ...args.flatMap((arg) => [Buffer.from(" "), argumentBytes(arg)]),
    Buffer.from('\nmain "$@"; exit\n'),
  ]);
}

function argumentBytes(arg: Argument): Buffer {
  return typeof arg === "string" ? Buffer.from(singleQuoted(arg)) : Buffer.from(singleQuoted(arg.bytes), "latin1");
}

const SHELL = "unshare -m --propagation private sh -s private";

/**
 * The remote command. It is the same for every host and verb, holds nothing of the user's, and means the same to bash,
 * dash, zsh and fish. Root where the account is root or sudo asks nothing; else the account's own rights.
 */
export const REMOTE_COMMAND = [
  "sh -c 'PATH=/run/wrappers/bin:/run/current-system/sw/bin:$PATH:/usr/sbin:/sbin; export PATH;",
  `if [ "$(id -u)" = 0 ]; then exec ${SHELL};`,
  `elif sudo -n unshare -m --propagation private true </dev/null 2>/dev/null; then exec sudo -n ${SHELL};`,
  "else exec sh -s shared; fi'",
].join(" ");

/**
 * The same with a password for sudo as the first line of input. When sudo asks nothing, that line is read and dropped:
 * it must never reach a shell as a command.
 */
export const REMOTE_COMMAND_WITH_PASSWORD = [
  "sh -c 'PATH=/run/wrappers/bin:/run/current-system/sw/bin:$PATH:/usr/sbin:/sbin; export PATH;",
  `if [ "$(id -u)" = 0 ]; then read -r _; exec ${SHELL};`,
  `elif sudo -n true </dev/null 2>/dev/null; then read -r _; exec sudo -n ${SHELL};`,
  `else exec sudo -S -k -p "" ${SHELL}; fi'`,
].join(" ");
