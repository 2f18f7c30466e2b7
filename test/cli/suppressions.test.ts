import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "sarif";
import { describe, expect, it } from "vitest";
import { folderWith, LATE_STORE, runCli } from "./run-cli.ts";

const ALLOWED = LATE_STORE.replace(
  "  environment.persistence",
  "  # impermanence: allow store-not-needed-for-boot — a script mounts it\n  environment.persistence",
);

describe("findings that comments allow", () => {
  it("do not count, are not fixed, and are counted at the end", () => {
    const cwd = folderWith({ "host.nix": ALLOWED });
    const end = "No findings on 1 host. 1 more allowed by comments.\n";
    expect(runCli(["check"], { cwd })).toMatchObject({ code: 0, stdout: end });
    expect(runCli(["check", "--fix", "--unsafe-fixes"], { cwd }).stdout).toBe(`0 fixes applied.\n${end}`);
    expect(readFileSync(join(cwd, "host.nix"), "utf8")).toBe(ALLOWED);
    for (const format of ["concise", "github"]) {
      expect(runCli(["check", "--format", format], { cwd })).toMatchObject({ code: 0, stdout: "", stderr: end });
    }
  });

  it("are shown as such in JSON", () => {
    const { code, stdout } = runCli(["check", "--format", "json"], { cwd: folderWith({ "host.nix": ALLOWED }) });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      findings: [],
      suppressed: [
        {
          code: "IMP301",
          file: "host.nix",
          suppression: {
            kind: "comment",
            reason: "a script mounts it",
            file: "host.nix",
            range: { start: { line: 5 } },
          },
        },
      ],
    });
  });

  it("are shown as such in SARIF", () => {
    const { stdout } = runCli(["check", "--format", "sarif"], { cwd: folderWith({ "host.nix": ALLOWED }) });
    const [run] = (JSON.parse(stdout) as Log).runs;
    expect(run?.results).toHaveLength(1);
    expect(run?.results?.[0]).toMatchObject({
      ruleId: "IMP301",
      suppressions: [
        {
          kind: "inSource",
          justification: "a script mounts it",
          location: { physicalLocation: { region: { startLine: 6 } } },
        },
      ],
    });
    expect(run?.tool.driver.rules).toHaveLength(1);
  });

  it("do not make comments unused when only some hosts are checked", () => {
    const flake = `{ outputs = { nixpkgs, ... }: { nixosConfigurations = {
  a = nixpkgs.lib.nixosSystem { modules = [ ./shared.nix ]; };
  b = nixpkgs.lib.nixosSystem { modules = [ ./shared.nix ./b.nix ]; };
}; }; }\n`;
    const shared = "{\n  # impermanence: allow IMP301 — only on b\n  environment.systemPackages = [ ];\n}\n";
    const cwd = folderWith({ "flake.nix": flake, "shared.nix": shared, "b.nix": "{ }\n" });
    expect(runCli(["check", "--format", "concise"], { cwd }).stdout).toContain("IMP020");
    expect(runCli(["check", "--format", "concise", "--host", "a"], { cwd }).stdout).toBe("");
  });
});
