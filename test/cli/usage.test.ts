import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { builtCli, folderWith, LATE_STORE, runCli } from "./run-cli.ts";

const SILENT = '{ networking.hostName = "quiet"; }\n';
const TWO_HOSTS = `{ outputs = { nixpkgs, ... }: { nixosConfigurations = {
  one = nixpkgs.lib.nixosSystem { modules = [ ./late.nix ]; };
  two = nixpkgs.lib.nixosSystem { modules = [ ./quiet.nix ]; };
}; }; }
`;

describe("exit codes", () => {
  it("0 without findings, 1 with findings", () => {
    expect(runCli(["check"], { cwd: folderWith({ "host.nix": SILENT }) }).code).toBe(0);
    expect(runCli(["check"], { cwd: folderWith({ "host.nix": LATE_STORE }) }).code).toBe(1);
    // `check` is what the bare program does.
    expect(runCli([], { cwd: folderWith({ "host.nix": LATE_STORE }) }).code).toBe(1);
  });

  it.each([
    [["check", "no/such/folder"], "`no/such/folder` does not exist"],
    [["check", "--host", "nobody"], "there is no host `nobody`"],
    [["check", "--format", "xml"], "argument 'xml' is invalid"],
    [["check", "--severity", "fatal"], "argument 'fatal' is invalid"],
    [["check", "--nonsense"], "unknown option '--nonsense'"],
    [["facts", "--host", "nobody"], "there is no host `nobody`"],
    [["explain", "IMP999"], "there is no rule `IMP999`"],
    [["explain"], "missing required argument"],
    [["schema", "rules"], "`rules` has no schema"],
    [["facts", "a", "--format", "sarif"], "argument 'sarif' is invalid"],
  ])("2 for wrong usage: %s", (args, message) => {
    const { code, stdout, stderr } = runCli(args, { cwd: folderWith({ "host.nix": SILENT }) });
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
  });

  it("0 for help and version", () => {
    for (const args of [["--help"], ["check", "--help"], ["--version"]]) expect(runCli(args).code).toBe(0);
    expect(runCli(["--help"]).stdout).toContain("Exit codes: 0");
  });

  it("of hosts: 1 when there is none; of facts: 2 when there are several or none", () => {
    expect(runCli(["hosts"], { cwd: folderWith() })).toMatchObject({
      code: 1,
      stdout: "No NixOS host was found here.\n",
    });
    const cwd = folderWith({ "flake.nix": TWO_HOSTS, "late.nix": LATE_STORE, "quiet.nix": SILENT });
    expect(runCli(["facts"], { cwd })).toMatchObject({ code: 2, stderr: expect.stringContaining("(one, two)") });
    expect(runCli(["facts"], { cwd: folderWith() }).code).toBe(2);
  });
});

describe("what is checked", () => {
  it("only the hosts that are named", () => {
    const cwd = folderWith({ "flake.nix": TWO_HOSTS, "late.nix": LATE_STORE, "quiet.nix": SILENT });
    expect(runCli(["check"], { cwd }).code).toBe(1);
    expect(runCli(["check", "--host", "one"], { cwd }).code).toBe(1);
    expect(runCli(["check", "--host", "two"], { cwd })).toMatchObject({ code: 0, stdout: "No findings on 1 host.\n" });
    expect(runCli(["check", "--host", "two", "--host", "one"], { cwd }).code).toBe(1);
  });

  it("only what is severe enough", () => {
    const text = LATE_STORE.replace("= {\n    directories", "= {\n    hideMounts = true;\n    directories").replace(
      '"/var/lib/systemd"',
      "",
    );
    const cwd = folderWith({ "host.nix": `${text.trimEnd().slice(0, -1)}  services.openssh.enable = true;\n}\n` });
    const severities = (level: string) => {
      const { stdout } = runCli(["check", "--severity", level, "--format", "json"], { cwd });
      return new Set(
        (JSON.parse(stdout) as { findings: { severity: string }[] }).findings.map(({ severity }) => severity),
      );
    };
    expect(severities("error")).toEqual(new Set(["error"]));
    expect(severities("hint").has("error")).toBe(true);
  });

  it("nothing that is excluded", () => {
    const cwd = folderWith({ "host.nix": LATE_STORE, "old/host.nix": LATE_STORE, "b/old.nix": LATE_STORE });
    const files = (...exclude: string[]) => {
      const { stdout } = runCli(["check", "--format", "json", ...exclude.flatMap((one) => ["--exclude", one])], {
        cwd,
      });
      return (JSON.parse(stdout) as { findings: { file: string }[] }).findings.map(({ file }) => file);
    };
    expect(files()).toEqual(["b/old.nix", "host.nix", "old/host.nix"]);
    expect(files("old/**", "b/")).toEqual(["host.nix"]);
    expect(files("host.nix")).toEqual(["b/old.nix"]);
  });

  it("one file, in the host that uses it; a file that no host uses is only read", () => {
    const cwd = folderWith({
      "flake.nix": TWO_HOSTS,
      "late.nix": LATE_STORE,
      "quiet.nix": SILENT,
      "odd.nix": "{ a = }",
    });
    expect(runCli(["check", "late.nix"], { cwd })).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("(host one)"),
    });
    expect(runCli(["check", "quiet.nix"], { cwd }).code).toBe(0);
    const odd = runCli(["check", "odd.nix"], { cwd });
    expect(odd).toMatchObject({ code: 1, stdout: expect.stringContaining("IMP001") });
    expect(odd.stdout).toContain("note: `odd.nix` belongs to no checked host");
    writeFileSync(join(cwd, "text.md"), "");
    expect(runCli(["check", "text.md"], { cwd }).stdout).toContain("`text.md` is no Nix file");
  });
});

describe("odd surroundings", () => {
  it("names with spaces, quotes, line breaks, leading dashes and other scripts", () => {
    const names = ["a b.nix", 'it\'s "quoted".nix', "line\nbreak.nix", "-rf.nix", "größe 日本 💾.nix", "$(x).nix"];
    const cwd = folderWith(Object.fromEntries(names.map((name) => [name, LATE_STORE])));
    const { code, stdout } = runCli(["check", "--format", "concise"], { cwd });
    expect(code).toBe(1);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(":")[0])
        .sort(),
    ).toEqual(names.map((name) => name.replace("\n", "<U+000A>")).sort());
    for (const name of names) expect(runCli(["check", "--format", "concise", "--", name], { cwd }).code).toBe(1);
    expect(runCli(["check", "--fix", "--", ...names], { cwd }).code).toBe(0);
  });

  it("circles of links, FIFOs, folders named like files, files that may not be read", () => {
    const cwd = folderWith({ "host.nix": LATE_STORE, "folder/default.nix/x.txt": "" });
    symlinkSync(".", join(cwd, "loop"));
    symlinkSync("a.nix", join(cwd, "a.nix"));
    symlinkSync("/etc", join(cwd, "outside"));
    execFileSync("mkfifo", [join(cwd, "fifo.nix"), join(cwd, ".gitignore")]);
    expect(runCli(["check", "--format", "concise"], { cwd }).stdout).toMatch(/^host\.nix:.*\n$/);
    expect(runCli(["check", "fifo.nix"], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("not a regular file"),
    });
    const importing = folderWith({ "host.nix": "{ imports = [ ./fifo.nix ./folder ./secret.nix ]; boot.x = 1; }" });
    mkdirSync(join(importing, "folder/default.nix"), { recursive: true });
    execFileSync("mkfifo", [join(importing, "fifo.nix")]);
    writeFileSync(join(importing, "secret.nix"), "{ }");
    chmodSync(join(importing, "secret.nix"), 0o000);
    chmodSync(importing, 0o755);
    const nobody = process.getuid?.() === 0 ? { uid: 65_534 } : {};
    const { code } = runCli(["check", importing], { cwd: "/", ...nobody });
    expect([0, 1]).toContain(code);
  });

  it("a host of which nobody can tell whether its root is emptied", () => {
    const hidden = 'imports = [ (fetchTarball "https://files.example.org/disks.tar.gz") ];';
    const cwd = folderWith({
      "configuration.nix": `{ boot.loader.grub.device = "/dev/vda"; ${hidden} environment.persistence."/persist" = { }; }`,
    });
    const said = /What `.+` would lose at a reboot was not judged: .+ because a module cannot be read/;
    expect(runCli(["check"], { cwd }).stdout).toMatch(said);
    expect(runCli(["check", "--format", "json"], { cwd }).stderr).toMatch(said);
  });

  it("a host of which nobody can tell what it keeps", () => {
    const list = '[ "/var/lib/nixos" ] ++ (fetchTarball "https://files.example.org/kept.tar.gz").paths';
    const cwd = folderWith({
      "configuration.nix": `{
        fileSystems."/" = { device = "none"; fsType = "tmpfs"; options = [ "mode=755" ]; };
        fileSystems."/persist" = { device = "/dev/vda2"; fsType = "ext4"; neededForBoot = true; };
        environment.persistence."/persist" = { directories = ${list}; files = [ "/etc/machine-id" ]; };
        services.postgresql.enable = true;
        services.gitea.enable = true;
      }`,
    });
    const said =
      /Whether `.+` keeps what `services.gitea` and `services.postgresql` have was not judged: .+ because .+/;
    expect(runCli(["check"], { cwd }).stdout).toMatch(said);
  });

  it("an empty folder, an empty file, a huge file", () => {
    const empty = runCli(["check"], { cwd: folderWith() });
    expect(empty.code).toBe(0);
    expect(empty.stdout).toContain("note: No NixOS host was found here");
    expect(runCli(["check"], { cwd: folderWith({ "a.nix": "" }) }).code).toBe(0);
    const cwd = folderWith({
      "host.nix": `{ imports = [ ./huge.nix ]; boot.x = 1; }`,
      "huge.nix": " ".repeat(2 ** 21),
    });
    expect([0, 1]).toContain(runCli(["check"], { cwd }).code);
    expect(runCli(["check", "huge.nix"], { cwd }).stdout).toContain("larger than 1 MiB");
  });

  it("a reader that goes away early", () => {
    const run = (command: string) =>
      spawnSync("bash", ["-c", `set -o pipefail; ${command}`, "x", process.execPath, builtCli], { encoding: "utf8" });
    const head = run('"$1" "$2" check examples/hetzner-vps | head -1');
    expect(head.stderr).toBe("");
    expect(head.stdout).toMatch(/^error\[IMP\d+\]/);
    expect(head.status).toBe(1);
    expect(run('"$1" "$2" check examples/hetzner-vps --format concise 2>&1 >/dev/null | true').stderr).toBe("");
  });

  it("what is printed has no room: a message, and the code of a failure", () => {
    const full = spawnSync("bash", ["-c", '"$1" "$2" rules >/dev/full', "x", process.execPath, builtCli], {
      encoding: "utf8",
    });
    expect(full.stderr).toBe("nix-impermanence: what was found cannot be written (ENOSPC).\n");
    expect(full.status).toBe(2);
  });
});

describe("text that a terminal would obey", () => {
  const evil = "x\u001b]0;owned\u0007\u001b[2J\u202egnp.\u2066";
  const host = `{
  imports = [ ./${"missing"}.nix ];
  # ${evil}
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
  fileSystems."/${evil}" = { device = "/dev/sda3"; fsType = "ext4"; }; # ${evil}
  environment.persistence."/${evil}".directories = [ "/var/log" ];
}
`;

  it.each(["pretty", "concise", "github"])("is shown as codes: %s", (format) => {
    const cwd = folderWith({ [`${evil}.nix`]: host });
    const { stdout, stderr } = runCli(["check", "--format", format], { cwd });
    expect(stdout).toContain("<U+001B>");
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });

  it("in facts, hosts and messages too", () => {
    const cwd = folderWith({ [`${evil}.nix`]: host });
    for (const args of [["facts"], ["hosts"], ["check", `${evil}.txt`], ["check", "--host", evil]]) {
      const { stdout, stderr } = runCli(args, { cwd });
      expect(stdout + stderr).toContain("<U+001B>");
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }
  });
});
