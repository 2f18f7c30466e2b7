/**
 * What goes to the remote `sh -s`: all of a verb in one function that is called on the last line, so that input that is
 * cut on its way runs nothing. Arguments are data in single quotes.
 */
import type { Argument } from "./remote-command.ts";
import frame from "./scripts/frame.sh";
import type { Verb } from "./verb.ts";

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
export function scriptInput(
  { scripts, needsRoot = false }: Pick<Verb<unknown>, "scripts" | "needsRoot">,
  args: readonly Argument[],
  nonce: string,
): Buffer {
  const setUp = [`imp_nonce=${singleQuoted(nonce)}`, frame, ...scripts, "record end 0", "over 0"];
  const begin = `${FIRST}\nimp_space=$1\nimp_sudo=\${2-}\nimp_needs_root=${needsRoot ? "yes" : "no"}\nmain() {\n${setUp.join("\n")}\n}\nset --`;
  return Buffer.concat([Buffer.from(begin), ...words(args), Buffer.from('\nmain "$@"; exit\n')]);
}

/** What a line may have that a shell reads by itself, byte by byte. It comes as a whole. */
const LINE = 4000;

/** What is sent to a script that asks: a mark among the signs of life, and words for `set --`, in a line or by their length. */
export function answerInput(args: readonly Argument[]): Buffer {
  const text = Buffer.concat(words(args));
  if (text.length <= LINE && !text.includes("\n")) return Buffer.concat([Buffer.from("="), text, Buffer.from("\n")]);
  return Buffer.concat([Buffer.from(`=${text.length}\n`), text]);
}

function words(args: readonly Argument[]): Buffer[] {
  return args.flatMap((arg) => [Buffer.from(" "), argumentBytes(arg)]);
}

function argumentBytes(arg: Argument): Buffer {
  return typeof arg === "string" ? Buffer.from(singleQuoted(arg)) : Buffer.from(singleQuoted(arg.bytes), "latin1");
}

/** What a shell prints that waits for the script: the password was right. Then the script follows `BEGIN`. */
export const READY = "nix-impermanence is ready";
export const BEGIN = "nix-impermanence begins";

// Not in the account's home, which could not be unmounted as long as somebody works in it. The number of the account is in $r,
// mostly without the start of a program.
const SET_UP =
  'PATH=/run/wrappers/bin:/run/current-system/sw/bin:$PATH:/usr/sbin:/sbin; LC_ALL=C; export PATH LC_ALL; cd /; u="unshare -m --propagation private"; while read -r k r w; do if [ "$k" = Uid: ]; then break; fi; done </proc/self/status; [ "$r" ] || r=$(id -u);';
/**
 * Sets `$c` to the command that becomes root without asking: sudo, or doas or run0 (systemd) where there is no sudo, or
 * where sudo does not allow what doas does. Nothing for root itself. (No exclamation mark: tcsh would look up its history.)
 */
const BECOME_ROOT = [
  'c="sudo -n"; if [ "$r" = 0 ]; then c=;',
  "elif command -v sudo >/dev/null; then if [ -e /etc/doas.conf ]; then",
  'if sudo -n true; then :; elif doas -n true; then c="doas -n"; fi; fi </dev/null >/dev/null 2>&1;',
  'elif command -v doas >/dev/null; then c="doas -n";',
  'elif command -v run0 >/dev/null; then c="run0 --no-ask-password --setenv=PATH"; fi;',
].join(" ");
const AS_ROOT = "if $u true </dev/null 2>/dev/null; then exec $u sh -s private; else exec sh -s shared; fi";

/** The first line of every script, so that a shell can tell whether another one has read of it. */
const FIRST = "# nix-impermanence";
/**
 * Runs the script with a command in `$c`, and without it when that cannot be: as root, or with mounts of its own. What the
 * command said then is the second argument of the script. What is left of a script that began is never run by another shell.
 */
const TRY = [
  "exec 3>&1; w=$($c $u sh -s private 2>&1 >&3 3>&-); s=$?; exec 3>&-;",
  'case $s in 1|126|127) read -r l; if [ "$l" = "',
  FIRST,
  '" ]; then exec sh -s shared "$w"; fi;; esac; printf %s "$w" >&2; exit $s',
].join("");

/**
 * The remote command. It is the same for every host and verb, holds nothing of the user's, and means the same to bash,
 * dash, zsh, fish, tcsh and nushell. Root where the account is root or becomes it without a question; else the account's own rights, and what sudo
 * said as the script's second argument.
 */
export const REMOTE_COMMAND = `sh -c '${SET_UP} ${BECOME_ROOT} ${TRY}'`;

/**
 * The same with a password for sudo as the first line of input. The script is sent when `READY` has come, since sudo would
 * take its lines for further attempts, and too many of those lock an account. Where sudo did not want the password after
 * all, its line is still there: everything before `BEGIN` is dropped, as a password must never reach a shell as a command.
 * (A backslash in single quotes means itself to fish, too, before anything but a quote or a backslash.)
 */
export const REMOTE_COMMAND_WITH_PASSWORD = [
  `sh -c '${SET_UP}`,
  `if [ "$r" = 0 ]; then ${waitForScript("$")}; ${AS_ROOT};`,
  `elif sudo -n $u true </dev/null 2>/dev/null; then ${waitForScript("$")}; exec sudo -n $u sh -s private;`,
  `else exec sudo -S -k sh -c "${waitForScript("\\$")}; exec $u sh -s private"; fi'`,
].join(" ");

function waitForScript(dollar: string): string {
  return `echo ${READY}; while read -r w; do case ${dollar}w in ${BEGIN.replaceAll(" ", "?")}) break;; esac; done`;
}
