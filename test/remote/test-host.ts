import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const program = resolve("test/remote/host.sh");

type HostVerb = "up" | "reboot" | "crash" | "powerloss" | "lose" | "find" | "stepping" | "top" | "inside" | "destroy";

/** A host of its own for one test file; `destroy` in afterAll. */
export class TestHost {
  readonly folder = mkdtempSync(join(tmpdir(), "nix-impermanence-host-"));

  static async start(): Promise<TestHost> {
    const host = new TestHost();
    // A test that is killed leaves no host behind: the kernel ends it with its starter only when asked, so we ask here.
    process.once("exit", () => spawnSync(program, ["destroy", host.folder]));
    host.run("up", String(await freePort()));
    return host;
  }

  get configFile(): string {
    return join(this.folder, "ssh_config");
  }

  /** @throws Error when the command fails */
  run(verb: HostVerb, ...args: string[]): string {
    const done = spawnSync(program, [verb, this.folder, ...args], {
      encoding: "utf8",
      // The host goes on after this command, and must not hold its pipes.
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
    });
    if (done.status !== 0) throw new Error(`host.sh ${verb} ended with ${done.status}: ${done.stderr}`);
    return done.stdout;
  }
}

/** A port of 127.0.0.1 that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
