import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A program `ssh` that only writes down its arguments, to see whether and how one is started. */
export class FakeSsh {
  private readonly folder = mkdtempSync(join(tmpdir(), "nix-impermanence-ssh-"));
  private readonly calls = join(this.folder, "calls");

  constructor(exitCode = 255) {
    const file = join(this.folder, "ssh");
    writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$*" >>'${this.calls}'\nexit ${exitCode}\n`);
    chmodSync(file, 0o755);
  }

  /** The environment in which it is found first. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, PATH: `${this.folder}:${process.env.PATH}` };
  }

  /** One line of arguments for each start. */
  get started(): string[] {
    return existsSync(this.calls) ? readFileSync(this.calls, "utf8").trim().split("\n") : [];
  }

  /** Those that would reach a host, without questions about ssh's own configuration. */
  get logins(): string[] {
    return this.started.filter((line) => !/(?:^| )-G /.test(line));
  }
}
