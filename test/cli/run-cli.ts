import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { onTestFinished } from "vitest";

/** The built command line tool. `NIX_IMPERMANENCE_DIST` names another build than the one in dist/. */
export const builtCli = resolve(process.env.NIX_IMPERMANENCE_DIST ?? "dist", "cli.js");

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** User and group to run as; only root may choose. */
  readonly uid?: number;
  /** Milliseconds that it may take; a minute unless said. */
  readonly timeout?: number;
}

/** Runs the tool as a process, without colours unless `env` asks for them. */
export function runCli(args: readonly string[], { cwd, env = {}, uid, timeout = 60_000 }: RunOptions = {}): Ran {
  const { NO_COLOR, FORCE_COLOR, GITHUB_ACTIONS, ...rest } = process.env;
  const done = spawnSync(process.execPath, [builtCli, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    timeout,
    env: { ...rest, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  if (done.error) throw done.error;
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

/** A folder with these files, gone when the test is over. */
export function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFiles(folder, files);
  return folder;
}

export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "nix-impermanence-")));
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A host with one finding: the store is mounted too late (IMP301). */
export const LATE_STORE = `{
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; options = [ "mode=755" ]; };
  fileSystems."/nix" = { device = "/dev/sda2"; fsType = "ext4"; };
  # The store of what is kept.
  fileSystems."/persist" = { device = "/dev/sda3"; fsType = "ext4"; };
  environment.persistence."/persist" = {
    directories = [ "/var/log" "/var/lib/nixos" "/var/lib/systemd" ];
    files = [ "/etc/machine-id" ];
  };
}
`;
