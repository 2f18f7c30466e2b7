import { chmodSync, chownSync, cpSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { nixParseError } from "../../server/src/testing/nix-instantiate.ts";
import { folderWith, LATE_STORE, runCli } from "./run-cli.ts";

interface Checked {
  readonly findings: readonly {
    readonly code: string;
    readonly file: string;
    readonly fix?: { readonly safety: string };
  }[];
  readonly fixed?: number;
}

function check(cwd: string, ...args: string[]): Checked & { code: number | null } {
  const { code, stdout, stderr } = runCli(["check", "--format", "json", ...args], { cwd });
  if (code === 2) throw new Error(stderr);
  return { code, ...(JSON.parse(stdout) as Checked) };
}

function nixFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".nix"))
    .sort();
}

function comments(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => /^\s*#/.test(line))
    .map((line) => line.trim());
}

describe("check --fix", () => {
  it("repairs the broken example: files parse, comments stay, a second run does nothing", () => {
    const folder = folderWith();
    cpSync(resolve("examples/hetzner-vps"), folder, { recursive: true });
    const before = new Map(nixFiles(folder).map((path) => [path, readFileSync(join(folder, path), "utf8")]));
    const found = check(folder).findings;
    const first = check(folder, "--fix");
    expect(first.fixed).toBeGreaterThan(10);
    expect(first.findings.length).toBeLessThan(found.length);
    expect(nixFiles(folder)).toEqual([...before.keys()]);
    const changed = [...before].filter(([path, text]) => readFileSync(join(folder, path), "utf8") !== text);
    expect(changed.length).toBeGreaterThan(1);
    for (const [path, text] of changed) {
      const now = readFileSync(join(folder, path), "utf8");
      expect(nixParseError(now), path).toBeUndefined();
      expect(comments(now)).toEqual(expect.arrayContaining(comments(text)));
    }
    const after = new Map(nixFiles(folder).map((path) => [path, readFileSync(join(folder, path), "utf8")]));
    const second = check(folder, "--fix");
    expect(second.fixed).toBe(0);
    expect(second.findings).toEqual(first.findings);
    for (const [path, text] of after) expect(readFileSync(join(folder, path), "utf8")).toBe(text);
    // What is printed after fixing is about the fixed texts.
    expect(check(folder).findings).toEqual(first.findings);
  });

  it("says how much it did", () => {
    const cwd = folderWith({ "host.nix": LATE_STORE });
    const { code, stdout } = runCli(["check", "--fix"], { cwd });
    expect(stdout).toBe("1 fix applied.\nNo findings on 1 host.\n");
    expect(code).toBe(0);
    expect(runCli(["check", "--fix"], { cwd }).stdout).toBe("0 fixes applied.\nNo findings on 1 host.\n");
  });

  it("touches only named files and findings that are severe enough", () => {
    const flake = `{ outputs = { nixpkgs, ... }: {
  nixosConfigurations.h = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ./other.nix ]; };
}; }\n`;
    const cwd = folderWith({ "flake.nix": flake, "host.nix": LATE_STORE, "other.nix": "{ }\n" });
    expect(check(cwd, "--fix", "other.nix").fixed).toBe(0);
    expect(readFileSync(join(cwd, "host.nix"), "utf8")).toBe(LATE_STORE);
    expect(check(cwd, "--fix", "host.nix").fixed).toBe(1);
  });

  it("leaves out what would harm another host that reads the same file", () => {
    const disks = `{
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; options = [ "size=2G" "mode=755" ]; };
  fileSystems."/persist" = { device = "/dev/vda2"; fsType = "ext4"; neededForBoot = true; };
  environment.persistence."/persist".directories = [ "/var/lib/nixos" "/var/lib/systemd" "/var/log" "/var/lib/caddy/data" ];
}\n`;
    const host = (more: string) => `{\n  imports = [ ./shared.nix ];\n${more}}\n`;
    const flake = `{ outputs = { nixpkgs, ... }: {
  nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; };
  nixosConfigurations.b = nixpkgs.lib.nixosSystem { modules = [ ./b.nix ]; };
}; }\n`;
    const whole = '  environment.persistence."/persist".directories = [ "/var/lib/caddy" ];\n';
    const cwd = folderWith({
      "flake.nix": flake,
      "shared.nix": disks,
      "a.nix": host(whole),
      "b.nix": host("  services.caddy.enable = true;\n"),
    });
    expect(check(cwd).findings.map(({ code }) => code)).toContain("IMP412");
    const { stdout } = runCli(["check", "--fix"], { cwd });
    expect(stdout).toContain("was not applied: host `b` would have a new finding");
    expect(readFileSync(join(cwd, "shared.nix"), "utf8")).toContain('"/var/lib/caddy/data"');
  });

  it("keeps mode, owner and links", () => {
    const cwd = folderWith({ "real/host.txt": LATE_STORE, "flake.nix": "" });
    const flake = `{ outputs = { nixpkgs, ... }: {
  nixosConfigurations.h = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; };
}; }\n`;
    writeFileSync(join(cwd, "flake.nix"), flake);
    const real = join(cwd, "real/host.txt");
    symlinkSync("real/host.txt", join(cwd, "host.nix"));
    chmodSync(real, 0o664);
    if (process.getuid?.() === 0) chownSync(real, 1234, 1235);
    const before = statSync(real);
    expect(check(cwd, "--fix").fixed).toBe(1);
    const { mode, uid, gid } = statSync(real);
    expect({ mode, uid, gid }).toEqual({ mode: before.mode, uid: before.uid, gid: before.gid });
    expect(readFileSync(real, "utf8")).toContain("neededForBoot = true;");
    expect(readFileSync(join(cwd, "host.nix"), "utf8")).toBe(readFileSync(real, "utf8"));
    expect(readdirSync(join(cwd, "real"))).toEqual(["host.txt"]);
  });

  it("leaves files alone whose bytes it would lose", () => {
    const cwd = folderWith({ "host.nix": "" });
    const bytes = Buffer.concat([Buffer.from("# caf"), Buffer.from([0xe9]), Buffer.from(`\n${LATE_STORE}`)]);
    writeFileSync(join(cwd, "host.nix"), bytes);
    const { code, stdout } = runCli(["check", "--fix"], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain("note: `host.nix` was not changed: it is not UTF-8");
    expect(readFileSync(join(cwd, "host.nix"))).toEqual(bytes);
  });

  it.runIf(process.getuid?.() === 0)("leaves files alone that may not be written", () => {
    const cwd = folderWith({ "host.nix": LATE_STORE });
    chmodSync(cwd, 0o755);
    chmodSync(join(cwd, "host.nix"), 0o644);
    const { code, stdout } = runCli(["check", "--fix", cwd], { cwd: "/", uid: 65_534 });
    expect(code).toBe(1);
    expect(stdout).toMatch(/was not changed: it cannot be written \(EACCES\)/);
    expect(readFileSync(join(cwd, "host.nix"), "utf8")).toBe(LATE_STORE);
  });
});
