import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Connections } from "../../server/src/remote/connections.ts";
import { openSession } from "../../server/src/remote/open-session.ts";
import type { RemoteCommand } from "../../server/src/remote/remote-command.ts";
import { builtCli } from "../cli/run-cli.ts";
import type { TestHost } from "./test-host.ts";

/** How a run is ended: its process on this side by SIGKILL, or the host with all that runs on it. */
export type End = "client" | "host";

/** Runs commands on a host that is ended again and again. Says yes to everything. */
export class Runner {
  readonly #host: TestHost;
  readonly #destination: string;
  #connections = new Connections();

  constructor(host: TestHost, user = "root") {
    this.#host = host;
    this.#destination = `${user}@127.0.0.1`;
  }

  /** Runs a command to its end. */
  call<Options, Result>(command: RemoteCommand<Options, Result>, options: object): Promise<Result> {
    const settings = {
      ...{ configFile: this.#host.configFile, connections: this.#connections },
      confirm: async () => true,
    };
    return command.run(this.#destination, command.options.parse(options), openSession(this.#destination, settings));
  }

  /**
   * Runs a command until the host is about to make its change number `step`, and ends it there. Answers what did not run, or
   * undefined when there are fewer steps and it ran to its end.
   *
   * @param words the command as it is typed, for what can be killed: `options` are the same for this process
   */
  async until<Options, Result>(
    end: End,
    step: number,
    command: RemoteCommand<Options, Result>,
    options: object,
    words: readonly string[],
  ): Promise<string | undefined> {
    const steps = this.#inside("run/steps");
    if (!existsSync(steps)) this.#host.run("stepping");
    for (const name of ["count", "at", "always"]) rmSync(join(steps, name), { force: true });
    if (end === "host") writeFileSync(join(steps, "always"), "");
    writeFileSync(join(steps, "stop"), `${step}\n`);
    // Its file is made before it is written.
    const at = () => (existsSync(join(steps, "at")) ? readFileSync(join(steps, "at"), "utf8").trim() : "");
    const ended = end === "client" ? this.#start(command.name, words) : this.#run(command, options);
    while (at() === "" && !ended.isOver()) await sleep(5);
    const stopped = at();
    if (stopped === "") {
      await ended.end();
    } else {
      if (end === "host") this.#host.run("powerloss");
      await ended.end();
      if (end === "client") await this.#untilQuiet();
      else await this.close();
    }
    rmSync(join(this.#inside("run/steps"), "stop"), { force: true });
    return stopped === "" ? undefined : stopped;
  }

  /** Ends the connections. */
  async close(): Promise<void> {
    await this.#connections.close();
    this.#connections = new Connections();
  }

  /** A path of the host as this machine sees it. */
  #inside(path: string): string {
    return join("/proc", readFileSync(join(this.#host.folder, "init"), "utf8").trim(), "root", path);
  }

  /** A process of its own, which is killed. */
  #start(name: string, words: readonly string[]) {
    const args = [builtCli, "remote", name, this.#destination, ...words, "--ssh-config", this.#host.configFile];
    const client = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
    const closed = once(client, "close");
    const isOver = () => client.exitCode !== null || client.signalCode !== null;
    const end = async () => {
      if (this.#isStopped()) client.kill("SIGKILL");
      await closed;
    };
    return { isOver, end };
  }

  /** In this process: it is the host that ends. */
  #run<Options, Result>(command: RemoteCommand<Options, Result>, options: object) {
    let over = false;
    const running = this.call(command, options)
      .catch(() => undefined)
      .finally(() => {
        over = true;
      });
    return { isOver: () => over, end: async () => void (await running) };
  }

  #isStopped(): boolean {
    return existsSync(this.#inside("run/steps/at"));
  }

  /** Waits until no script of ours is at work on the host. */
  async #untilQuiet(): Promise<void> {
    const lock = this.#inside("run/nix-impermanence.lock");
    for (let tries = 0; tries < 500; tries++) {
      if (spawnSync("flock", ["-n", lock, "true"]).status === 0) return;
      await sleep(10);
    }
    throw new Error("the host is still at work");
  }
}
