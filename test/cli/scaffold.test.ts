import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { hostFiles } from "../../server/src/testing/scaffold-files.ts";
import { folderWith, runCli, temporaryFolder } from "./run-cli.ts";

const CHANGED = ["hosts/servers/hetzner-vps/default.nix", "hosts/servers/hetzner-vps/disko.nix", "flake.nix"];
const contents = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(nix|sh|md)$/.test(name))
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );

it("migrates the server of the documents: the patch and what is written are the same", () => {
  const folder = temporaryFolder();
  cpSync("examples/hetzner-vps", folder, { recursive: true });
  const before = contents(folder);
  const patch = runCli(["migrate", folder, "--diff"], { cwd: folder });
  expect(contents(folder)).toEqual(before);
  const written = runCli(["migrate", folder, "--write"], { cwd: folder });
  expect(written.code, written.stderr).toBe(0);
  for (const file of CHANGED) expect(written.stdout).toContain(`changed ${file}\n`);
  expect(written.stdout).toContain("new     hosts/servers/hetzner-vps/server-impermanence.nix\n");
  const patched = temporaryFolder();
  cpSync("examples/hetzner-vps", patched, { recursive: true });
  execFileSync("git", ["init", "--quiet", "."], { cwd: patched });
  execFileSync("git", ["apply", "-"], { cwd: patched, input: patch.stdout });
  expect(contents(patched)).toEqual(contents(folder));
});

it("makes a plan of it only when it is not told to write", () => {
  const folder = temporaryFolder();
  cpSync("examples/hetzner-vps", folder, { recursive: true });
  const before = contents(folder);
  const plan = runCli(["migrate", folder], { cwd: folder });
  expect(plan.code, plan.stderr).toBe(0);
  expect(plan.stdout).toContain("Nothing was written");
  expect(contents(folder)).toEqual(before);
  const refused = runCli(["scaffold", folder], { cwd: folder });
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toContain("Use migrate.");
});

it("asks for the host where there are several, and writes nothing outside of the project", () => {
  const files = hostFiles({
    ...{ release: "25.11", disk: "disko", style: "@", flake: "pattern", services: true, hosts: 2 },
  });
  const folder = folderWith(Object.fromEntries(Object.entries(files).map(([path, text]) => [path.slice(1), text])));
  const which = runCli(["scaffold", folder], { cwd: folder });
  expect(which.code).toBe(2);
  expect(which.stderr).toContain("`other`, `web`");
  const outside = runCli(["scaffold", folder, "--host", "web", "--modules", "../elsewhere"], { cwd: folder });
  expect(outside.stderr).toContain("is no folder below the project");
  expect(outside.code).toBe(2);
  const elsewhere = temporaryFolder();
  symlinkSync(elsewhere, join(folder, "modules"));
  const linked = runCli(["scaffold", folder, "--host", "web", "--write"], { cwd: folder });
  expect(linked.stderr).toContain("leads out of the project; nothing was written");
  expect(existsSync(join(folder, "hosts/web/server-impermanence.nix"))).toBe(false);
  expect(readdirSync(elsewhere)).toEqual([]);
});
