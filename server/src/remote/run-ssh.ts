import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

/** A running ssh. */
export type Ssh = ChildProcessWithoutNullStreams;

/**
 * Starts the system's ssh: the only program that is ever started. It has no terminal of its own, so that it can neither ask
 * there nor hear Ctrl-C, which is for the program that waits for it.
 */
export function startSsh(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Ssh {
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
