import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

const prelude = readFileSync(new URL("sandbox.sh", import.meta.url), "utf8");
const NOTHING_CAN_BE_SHOWN = 99;

/**
 * The program and arguments that run a script with mounts and processes of its own. The kernel ends both when the
 * process that started it ends, in whatever way: nothing is left to clean up.
 */
export function sandboxCommand(script: string, ...args: readonly string[]): readonly [string, ...string[]] {
  const own = ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const shell = ["bash", "-c", `${prelude}\n${script}`, "evidence", ...args];
  return ["setpriv", "--pdeathsig", "KILL", "unshare", ...own, ...shell];
}

/**
 * Runs a bash script as root in a sandbox, and returns what it handed over with `fact` and `attempt`. sandbox.sh holds
 * the functions that it can use. `args` are its positional parameters.
 *
 * @throws Error when the script fails, or when this machine does not let it mount anything
 */
export function inSandbox(script: string, ...args: readonly string[]): Readonly<Record<string, string>> {
  const [command, ...rest] = sandboxCommand(script, ...args);
  const { status, error, stderr, output } = spawnSync(command, rest, {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    env: { ...process.env, PATH: `/usr/sbin:/sbin:${process.env.PATH}`, IMAGE: `/mnt/${randomUUID()}.btrfs` },
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
    killSignal: "SIGKILL",
  });
  const fields = (output?.[3] ?? "").split("\0");
  const facts: Record<string, string> = {};
  for (let index = 0; index + 1 < fields.length; index += 2) facts[fields[index]!] = fields[index + 1]!;
  if (error || facts.ready !== "yes" || status === NOTHING_CAN_BE_SHOWN)
    throw new Error(cannotShow(error?.message ?? stderr));
  if (status !== 0) throw new Error(`The script ended with ${status}:\n${stderr}\n${JSON.stringify(facts, null, 2)}`);
  return facts;
}

function cannotShow(reason: string): string {
  return [
    "Nothing can be shown here. These tests look at what btrfs, mount and the kernel really do, so they need root, loop",
    "devices and the right to mount (in a container: --privileged).",
    `What failed: ${reason.trim()}`,
  ].join("\n");
}
