// Starting programs from the scripts. Only Node itself is used, so this works before anything is installed.
import { spawn } from "node:child_process";
import { root } from "./root.mjs";

/**
 * Runs a program to its end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, timeout?: number, show?: "all" | "nothing" | "terminal" }} [options]
 *   `timeout` in milliseconds: the program and all it started are ended then. `show`: print the output and keep it
 *   (`all`, which holds when left out), only keep it (`nothing`), or hand the program this terminal, so that it sees its
 *   width and colours, and keep nothing (`terminal`).
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>} `code` is 127 when the program is not there.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const show = options.show ?? "all";
    const out = show === "terminal" ? "inherit" : "pipe";
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", out, out],
      // Its own process group, so that a time-out also ends the browsers and servers it started.
      detached: true,
    });
    let output = "";
    let timedOut = false;
    const keep = (stream) => (text) => {
      output += text;
      if (show === "all") stream.write(text);
    };
    child.stdout?.setEncoding("utf8").on("data", keep(process.stdout));
    child.stderr?.setEncoding("utf8").on("data", keep(process.stderr));
    const end = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // The group has ended by itself.
      }
    };
    const onExit = () => end("SIGKILL");
    process.on("exit", onExit);
    const timer = options.timeout
      ? setTimeout(() => {
          timedOut = true;
          // First a word, so that it can end what it started in groups of their own.
          end("SIGTERM");
          setTimeout(() => end("SIGKILL"), 3000).unref();
        }, options.timeout)
      : undefined;
    const finish = (code) => {
      clearTimeout(timer);
      process.off("exit", onExit);
      resolve({ code, output, timedOut });
    };
    child.once("error", (error) => {
      output += `${error.message}\n`;
      finish(127);
    });
    child.once("close", (code) => finish(code ?? 1));
  });
}

// Ctrl+C and a CI that gives up must run the `exit` handlers above, which end what was started.
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
]) {
  process.on(signal, () => process.exit(code));
}
