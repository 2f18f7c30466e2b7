import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { folderWith, LATE_STORE, runCli } from "./run-cli.ts";

function texts(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".nix"));
  return Object.fromEntries(files.sort().map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

/** The folder after `check --fix`, by the patch that `check --diff` prints, applied with real tools. */
function compare(make: () => string, ...options: string[]): void {
  const fixed = make();
  runCli(["check", "--fix", ...options], { cwd: fixed });
  const printed = make();
  const before = texts(printed);
  const { code, stdout } = runCli(["check", "--diff", ...options], { cwd: printed });
  expect(texts(printed)).toEqual(before);
  expect(code).toBe(1);
  for (const [command, ...args] of [
    ["git", "apply", "-"],
    ["patch", "-p1", "--quiet"],
  ] as const) {
    const folder = make();
    execFileSync(command, args, { cwd: folder, input: stdout });
    expect(texts(folder), command).toEqual(texts(fixed));
  }
}

describe("check --diff", () => {
  it.each([["--unsafe-fixes"], []])("prints what --fix does to the example %s", (...options) => {
    compare(
      () => {
        const folder = folderWith();
        cpSync(resolve("examples/hetzner-vps"), folder, { recursive: true });
        return folder;
      },
      ...options,
    );
  });

  it.each([
    ["spaces in names", { "my hosts/a host.nix": LATE_STORE }],
    ["letters beyond ASCII and quotes", { 'hôte "1".nix': LATE_STORE }],
    ["Windows line ends", { "host.nix": LATE_STORE.replaceAll("\n", "\r\n") }],
    ["no line end at the end", { "host.nix": LATE_STORE.trimEnd() }],
    ["two files", { "a.nix": LATE_STORE, "b.nix": LATE_STORE }],
  ])("works with %s", (_, files) => {
    compare(() => folderWith(files as Record<string, string>));
  });

  it("ends with 0 and prints nothing when nothing would change, and goes before --fix", () => {
    const well = LATE_STORE.replace('"/dev/sda3";', '"/dev/sda3"; neededForBoot = true;');
    expect(runCli(["check", "--diff"], { cwd: folderWith({ "host.nix": well }) })).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "Nothing would be fixed.\n",
    });
    const cwd = folderWith({ "host.nix": LATE_STORE });
    expect(runCli(["check", "--diff", "--fix"], { cwd })).toMatchObject({
      code: 1,
      stderr: "1 fix would be applied.\n",
    });
    expect(texts(cwd)).toEqual({ "host.nix": LATE_STORE });
    expect(runCli(["check", "--diff", "--format", "json"], { cwd }).code).toBe(2);
  });
});

describe("check --fix --unsafe-fixes", () => {
  const STALE = LATE_STORE.replace("{\n", "{\n  # impermanence: allow IMP701 — was needed once\n");

  it("repairs more than --fix, and says what to look at", () => {
    const cwd = folderWith({ "host.nix": STALE });
    const safe = runCli(["check", "--fix"], { cwd });
    expect(safe.stdout).toContain("1 fix applied.");
    expect(safe.stdout).toContain("1 can be fixed with --fix --unsafe-fixes; look at the result.");
    expect(texts(cwd)["host.nix"]).toContain("was needed once");
    const all = runCli(["check", "--fix", "--unsafe-fixes"], { cwd });
    expect(all.stdout).toContain(
      "Look at the fix “Remove this comment” (IMP020). Unsafe: the comment may be for a host",
    );
    expect(all.code).toBe(0);
    expect(texts(cwd)["host.nix"]).not.toContain("was needed once");
  });

  it("keeps the mode", () => {
    const cwd = folderWith({ "host.nix": STALE });
    const file = join(cwd, "host.nix");
    writeFileSync(file, STALE, { mode: 0o600 });
    const { mode } = statSync(file);
    runCli(["check", "--fix", "--unsafe-fixes"], { cwd });
    expect(statSync(file).mode).toBe(mode);
  });
});
