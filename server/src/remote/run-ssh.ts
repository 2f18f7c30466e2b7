import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

/** A running ssh. */
export type Ssh = ChildProcessWithoutNullStreams;

/** A call that was begun: an ssh, and the mark of the script that it is for. */
export interface BegunCall {
  readonly ssh: Ssh;
  readonly nonce: string;
  /** Whether the script is on its way already. */
  readonly isSent: boolean;
}

/** What was said on an ssh that was started before somebody asked for it. */
interface Said {
  readonly nonce: string;
  readonly input: Buffer;
}

const running = new Set<Ssh>();

/** Lets this program end before ssh does, when all that was asked is answered. */
export function leaveRunningSsh(): void {
  for (const ssh of running) {
    ssh.unref();
    for (const stream of [ssh.stdin, ssh.stdout, ssh.stderr]) stream.destroy();
  }
}

/** A place for the call that was begun before somebody asked for it. */
export interface EarlyCall {
  prepared: { readonly args: readonly string[]; readonly ssh: Ssh; readonly said: Said | undefined } | undefined;
}

let early: EarlyCall = { prepared: undefined };

/** Looks there for what `prepareCall` began, in another copy of this module: the one that is read first. */
export function lookForCall(place: EarlyCall): void {
  early = place;
}

/**
 * Starts what `beginCall` will be asked for, so that the way to the host is not waited for.
 *
 * @param inputOf what it will be given to say; nothing is said on it when left out
 */
export function prepareCall(place: EarlyCall, args: readonly string[], inputOf?: (nonce: string) => Buffer): void {
  const ssh = startSsh(args);
  // Who starts it anew sees the same error.
  ssh.on("error", () => {});
  ssh.stdin.on("error", () => {});
  const nonce = newNonce();
  const said = inputOf && { nonce, input: inputOf(nonce) };
  if (said) ssh.stdin.write(said.input);
  place.prepared = { args, ssh, said };
}

/** Ends what was prepared and nobody asked for. */
export function dropPreparedCall(): void {
  if (!early.prepared) return;
  leaveAtEnd(early.prepared.ssh).kill();
  early.prepared = undefined;
}

/** Starts ssh for one script, whose input is `inputOf` a mark of its own. */
export function beginCall(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  inputOf: (nonce: string) => Buffer,
): BegunCall {
  const own = Object.keys(environment).length === 0 ? takePrepared(args) : undefined;
  if (own && !own.said) return { ssh: own.ssh, nonce: newNonce(), isSent: false };
  if (own?.said?.input.equals(inputOf(own.said.nonce))) return { ssh: own.ssh, nonce: own.said.nonce, isSent: true };
  // It was another script.
  own?.ssh.kill();
  return { ssh: startSsh(args, environment), nonce: newNonce(), isSent: false };
}

function newNonce(): string {
  // It takes longer to be read than ssh needs to start, which is waited for more.
  return process.getBuiltinModule("node:crypto").randomBytes(16).toString("hex");
}

/** One that ended meanwhile has lost what it said. */
function takePrepared(args: readonly string[]): EarlyCall["prepared"] {
  const own = early.prepared;
  if (!own || JSON.stringify(own.args) !== JSON.stringify(args)) return undefined;
  early.prepared = undefined;
  leaveAtEnd(own.ssh);
  return own.ssh.pid !== undefined && own.ssh.exitCode === null && own.ssh.signalCode === null ? own : undefined;
}

/**
 * Starts the system's ssh: the only program that is ever started. It has no terminal of its own, so that it can neither ask
 * there nor hear Ctrl-C, which is for the program that waits for it.
 */
function startSsh(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Ssh {
  const ssh = spawn("ssh", args, {
    stdio: "pipe",
    env: { ...process.env, LC_ALL: "C", ...environment },
    windowsHide: true,
    detached: process.platform !== "win32",
  });
  return leaveAtEnd(ssh);
}

/** Ends an ssh that is not in yet, with those that it started for hosts on the way: one that asks would answer by itself. */
export function endOnTheWay(ssh: Ssh): void {
  try {
    if (ssh.pid === undefined || process.platform === "win32") ssh.kill();
    else process.kill(-ssh.pid, "SIGTERM");
  } catch {
    // It has ended meanwhile.
  }
}

/** Lets `leaveRunningSsh` know of it. */
function leaveAtEnd(ssh: Ssh): Ssh {
  if (!running.has(ssh)) ssh.once("close", () => running.delete(ssh));
  running.add(ssh);
  return ssh;
}

/** What a short call of ssh prints on standard output, or undefined when it fails or takes longer than `limit` ms. */
export function outputOfSsh(args: readonly string[], limit: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const ssh = startSsh(args);
    const timer = setTimeout(() => ssh.kill("SIGKILL"), limit);
    let text = "";
    ssh.stdin.on("error", () => {}).end();
    ssh.stderr.resume();
    ssh.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    const done = (result: string | undefined) => {
      clearTimeout(timer);
      resolve(result);
    };
    ssh.once("error", () => done(undefined));
    ssh.once("close", (code) => done(code === 0 ? text : undefined));
  });
}
