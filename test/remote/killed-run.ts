import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { builtCli } from "../cli/run-cli.ts";
import type { TestHost } from "./test-host.ts";

/** How a run is ended: its process on this side by SIGKILL, or the host with all that runs on it. */
export type End = "client" | "host";

/**
 * Runs `remote ARGS` as a process of its own until the host is about to make its change number `step`, and ends it there.
 * Answers the command that did not run, or undefined when there are fewer steps and it ran to its end.
 */
export async function runUntil(
  host: TestHost,
  end: End,
  step: number,
  args: readonly string[],
): Promise<string | undefined> {
  host.run("stepping");
  host.run(
    "inside",
    "sh",
    "-c",
    `rm -f /run/steps/count /run/steps/at /run/steps/always; ${end === "host" ? "touch /run/steps/always;" : ""} echo ${step} >/run/steps/stop`,
  );
  const full = ["remote", ...args, "--ssh-config", host.configFile];
  const client = spawn(process.execPath, [builtCli, ...full], { stdio: ["ignore", "ignore", "inherit"] });
  const closed = once(client, "close");
  let at = "";
  let isRunning = true;
  void closed.then(() => {
    isRunning = false;
  });
  while (isRunning && at === "") {
    await sleep(30);
    at = host.run("inside", "sh", "-c", "cat /run/steps/at 2>/dev/null || :").trim();
  }
  if (at !== "") {
    client.kill("SIGKILL");
    await closed;
    if (end === "host") host.run("powerloss");
    else await untilQuiet(host);
  }
  host.run("inside", "sh", "-c", "rm -f /run/steps/stop");
  return at === "" ? undefined : at;
}

/** Waits until no script of ours is at work on the host. */
async function untilQuiet(host: TestHost): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const free = host.run("inside", "sh", "-c", "flock -n /run/nix-impermanence.lock true && echo free || :").trim();
    if (free === "free") return;
    await sleep(50);
  }
  throw new Error("the host is still at work");
}
