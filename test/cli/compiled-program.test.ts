import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { describe, expect, it, onTestFinished } from "vitest";
import { builtCli } from "./run-cli.ts";

const dist = dirname(builtCli);
const bundles = ["cli-program.cjs", "cli-remote.cjs"];
const compiledOf = (bundle: string) => `${bundle}.${process.version}-${process.platform}-${process.arch}`;

/** A copy of what the command line needs of dist/. */
function copyOfDist(): string {
  const folder = mkdtempSync(join(tmpdir(), "nix-impermanence-dist-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  for (const name of readdirSync(dist).filter((name) => /^cli.*(?<!\.map)$|\.wasm$/.test(name)))
    cpSync(join(dist, name), join(folder, name));
  return folder;
}

/** What it says of the example, as JSON. */
function check(folder: string, env: Record<string, string> = {}) {
  const args = [join(folder, "cli.js"), "check", "examples/hetzner-vps", "--format", "json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
  return JSON.parse(stdout);
}

describe("what the build compiled of the program", () => {
  it.each(bundles)("is taken by the Node that it was built with: %s", (bundle) => {
    const file = join(dist, bundle);
    const script = new Script(readFileSync(file, "latin1"), {
      ...{ filename: file, cachedData: readFileSync(compiledOf(file)) },
    });
    expect(script.cachedDataRejected).toBe(false);
  });

  it.each(bundles)("is of a bundle in ASCII, which is read as such: %s", (bundle) => {
    expect(readFileSync(join(dist, bundle)).every((byte) => byte < 128)).toBe(true);
  });

  it("changes nothing of what is said, where it is absent, cut, of another program or for other flags", () => {
    const folder = copyOfDist();
    const local = compiledOf(join(folder, "cli-program.cjs"));
    const said = check(folder);
    expect(said.findings.length).toBeGreaterThan(10);
    expect(check(folder, { NODE_OPTIONS: "--interpreted-frames-native-stack" })).toEqual(said);
    truncateSync(local, 100_000);
    expect(check(folder)).toEqual(said);
    writeFileSync(local, "");
    expect(check(folder)).toEqual(said);
    writeFileSync(local, new Script("function other() {}").createCachedData());
    expect(check(folder)).toEqual(said);
    rmSync(local);
    expect(check(folder)).toEqual(said);
  });
});
