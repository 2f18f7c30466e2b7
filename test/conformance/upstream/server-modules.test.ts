import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { scaffoldHost, scaffoldHosts } from "../../scaffold/hosts.ts";
import { analyseServer, moduleFolder, unitsOf } from "../../scaffold/server-modules.ts";

// nixpkgs is in neither of the registries that `npm test` uses, so `npm run conformance` runs this and is given its
// library by hand.
const library = process.env.NIXPKGS_LIB;
const folder = mkdtempSync(join(tmpdir(), "server-modules-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the modules in the module system of nixpkgs", () => {
  it.each(scaffoldHosts())("are what our evaluator says: $name", async (choice) => {
    expect(library, "NIXPKGS_LIB names the lib folder of nixpkgs").toBeDefined();
    const host = join(folder, "flake.nix");
    cpSync(fileURLToPath(moduleFolder), join(folder, "server"), { recursive: true });
    writeFileSync(host, scaffoldHost(choice));
    const file = fileURLToPath(new URL("server-modules.nix", import.meta.url));
    const args = ["--eval", "--strict", "--json", file, "--arg", "lib", library!];
    const text = execFileSync("nix-instantiate", [...args, "--arg", "host", host], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const real = JSON.parse(text) as Record<string, unknown>;
    expect(real.failed).toEqual([]);
    for (const [option, units] of Object.entries(unitsOf(await analyseServer(choice))))
      expect(real[option], option).toEqual(units);
    expect(real.postResumeCommands !== "").toBe(!choice.systemdStage1);
  });
});
