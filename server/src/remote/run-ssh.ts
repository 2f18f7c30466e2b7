import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

/** A running ssh. */
export type Ssh = ChildProcessWithoutNullStreams;

/**
 * Starts the system's ssh: the only program that is ever started. It has no terminal of its own, so that it can neither ask
 * there nor hear Ctrl-C, which is for the program that waits for it.
 */
export function startSsh(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Ssh {
  const started = Object.keys(environment).length === 0 ? takePrepared(args) : undefined;
  return started ?? spawnSsh(args, environment);
}

/** An ssh that was started before somebody asked for it. */
let prepared: { readonly args: readonly string[]; readonly ssh: Ssh } | undefined;

/** Starts what `startSsh` will be asked for, so that the way to the host is not waited for. Nothing is said on it. */
export function prepareSsh(args: readonly string[]): void {
  dropPreparedSsh();
  const ssh = spawnSsh(args, {});
  // Who starts it anew sees the same error.
  ssh.on("error", () => {});
  prepared = { args, ssh };
}

/** Ends what was prepared and nobody asked for. */
export function dropPreparedSsh(): void {
  prepared?.ssh.kill();
  prepared = undefined;
}

/** One that ended meanwhile has lost what it said. */
function takePrepared(args: readonly string[]): Ssh | undefined {
  const { ssh, args: own } = prepared ?? {};
  if (!ssh || JSON.stringify(own) !== JSON.stringify(args)) return undefined;
  prepared = undefined;
  return ssh.pid !== undefined && ssh.exitCode === null && ssh.signalCode === null ? ssh : undefined;
}

function spawnSsh(args: readonly string[], environment: Readonly<Record<string, string>>): Ssh {
  return spawn("ssh", args, {
    stdio: "pipe",
    env: { ...process.env, LC_ALL: "C", ...environment },
    windowsHide: true,
    detached: process.platform !== "win32",
  });
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
