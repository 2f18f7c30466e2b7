import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { privateFolder } from "./private-folder.ts";

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "p-"));
  vi.stubEnv("TMPDIR", parent);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(parent, { recursive: true });
});

describe("a folder for sockets", () => {
  it("is this user's alone, and is gone when a later program finds that its maker was killed", () => {
    const running = privateFolder(58) as string;
    expect(basename(running)).toMatch(/^nix-imp-/);
    expect(statSync(running).mode & 0o777).toBe(0o700);
    const { pid } = spawnSync("true");
    const left = privateFolder(58) as string;
    writeFileSync(join(left, "owner"), `${pid} ${ours(left)}`);
    writeFileSync(join(left, "socket"), "");
    privateFolder(58);
    expect([left, running].map((folder) => existsSync(folder))).toEqual([false, true]);
  });

  it("leaves what may be somebody's: of other processes, without an owner, open to others, or a link", () => {
    const { pid } = spawnSync("true");
    const make = (name: string, owner: string | undefined) => {
      const folder = join(parent, `nix-imp-${name}`);
      mkdirSync(folder, { mode: 0o700 });
      if (owner !== undefined) writeFileSync(join(folder, "owner"), owner);
      return folder;
    };
    const elsewhere = make("AAAAAA", `${pid} pid:[1]`);
    const young = make("BBBBBB", undefined);
    const open = make("CCCCCC", `${pid} ${ours(privateFolder(58) as string)}`);
    chmodSync(open, 0o755);
    const strange = make("DDDDDD", "nobody");
    const target = make("other-name", `${pid} ${ours(privateFolder(58) as string)}`);
    symlinkSync(target, join(parent, "nix-imp-EEEEEE"));
    const old = make("FFFFFF", undefined);
    utimesSync(old, 0, 0);
    const full = make("GGGGGG", undefined);
    writeFileSync(join(full, "mine"), "");
    utimesSync(full, 0, 0);
    privateFolder(58);
    for (const folder of [elsewhere, young, open, strange, target, full]) expect(existsSync(folder), folder).toBe(true);
    expect(existsSync(old)).toBe(false);
  });

  it("has a short path, or there is none", () => {
    vi.stubEnv("TMPDIR", join(parent, "a".repeat(60)));
    const folder = privateFolder(58) as string;
    rmSync(folder, { recursive: true });
    expect(folder).toMatch(/^\/tmp\/nix-imp-/);
    expect(privateFolder(90)).toBeNull();
  });
});

/** What a folder says of the numbers of its processes. */
function ours(folder: string): string {
  return String(spawnSync("cut", ["-d", " ", "-f", "2-", join(folder, "owner")], { encoding: "utf8" }).stdout).trim();
}
