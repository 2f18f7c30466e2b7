import { chmodSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { folderWith, runCli } from "./run-cli.ts";

const MODULE = `{ fileSystems."/" = { device = "none"; fsType = "tmpfs"; options = [ "mode=755" ]; }; networking.hostName = "machine"; }`;
/** A hive with one host, `web1`, and what is said of it. */
const hive = (text: string, more = "") =>
  folderWith({
    "hive.nix": `{ meta.nixpkgs = <nixpkgs>;\nweb1 = { imports = [ ./host.nix ]; ${text} }; ${more} }`,
    "host.nix": MODULE,
    ssh_config: "Host alias web2\n  HostName alias.invalid\n",
  });
const run = (cwd: string, ...args: string[]) => runCli(["remote", ...args, "--ssh-config", "ssh_config"], { cwd });

describe("which machine a name means", () => {
  it("is the address of the configuration, and says so first", () => {
    const cwd = hive(`deployment = { targetHost = "x.invalid"; targetUser = "admin"; targetPort = 2222; };`);
    const { code, stderr } = run(cwd, "status", "web1");
    expect(code).toBe(2);
    expect(stderr).toContain("note: web1 is ssh://admin@x.invalid:2222, by deployment.targetHost (hive.nix:2)\n");
    expect(stderr).toContain("Cannot find host ssh://admin@x.invalid:2222 (DNS)");
  });

  it("is the literal name with a user, with a scheme, or where no host is called so", () => {
    const cwd = hive(`deployment.targetHost = "x.invalid";`);
    for (const name of ["me@web1.invalid", "ssh://web1.invalid", "other.invalid"]) {
      const { stderr } = run(cwd, "status", name);
      expect(stderr).toMatch(/(web1|other)\.invalid \(DNS\)/);
      expect(stderr).not.toContain("x.invalid");
    }
  });

  it("is the user's own ssh configuration before the folder's, and the difference is named", () => {
    const cwd = hive("", `web2 = { imports = [ ./host.nix ]; deployment.targetHost = "elsewhere.invalid"; };`);
    const { stderr } = run(cwd, "status", "web2");
    expect(stderr).toContain("the host's own says elsewhere.invalid");
    expect(stderr).toContain("Cannot find alias.invalid, on the way to web2 (DNS)");
  });

  it("is not guessed among several addresses", () => {
    const cwd = folderWith({
      "flake.nix": `{ outputs = { self, nixpkgs, ... }: {
        nixosConfigurations.web1 = nixpkgs.lib.nixosSystem { modules = [ ./host.nix { deployment.targetHost = "a.invalid"; } ]; };
        deploy.nodes.web1 = { hostname = "b.invalid"; profiles.system.path = self.nixosConfigurations.web1; };
      }; }`,
      "host.nix": MODULE,
    });
    const { code, stderr } = run(cwd, "status", "web1");
    expect(code).toBe(2);
    expect(stderr).toContain("several addresses for web1: name one of a.invalid, b.invalid, and add --host web1");
  });

  it.each(["-oProxyCommand=touch executed", "x.invalid -oX", "$(touch executed)", "a\\nb"])(
    "is nothing when the configuration says %j",
    (address) => {
      const { code, stderr } = run(
        hive(`deployment.targetHost = ${JSON.stringify(address).replace("\\\\n", "\\n")};`),
        "status",
        "web1",
      );
      expect(code).toBe(2);
      expect(stderr).toContain("is not the name of a host");
    },
  );

  it.each(["a b", "[fd00::1]"])("is no name when %j is typed, which is said in one line", (name) => {
    const { code, stderr } = run(folderWith({}), "status", name);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^nix-impermanence: ".*" is not the name of a host\.[^\n]*\n$/);
  });

  it("is found from inside of a flake, and not searched for in a folder without Nix files", () => {
    const cwd = folderWith({
      "flake.nix": `{ outputs = { self, nixpkgs, ... }: { nixosConfigurations.web1 = nixpkgs.lib.nixosSystem { modules = [ ./host.nix { deployment.targetHost = "a.invalid"; } ]; }; }; }`,
      "host.nix": MODULE,
      "hosts/deep/ssh_config": "",
      ".git/HEAD": "",
    });
    expect(run(`${cwd}/hosts/deep`, "status", "web1").stderr).toContain("web1 is a.invalid");
    expect(run(folderWith({ "nixos/hive.nix": "{", ssh_config: "" }), "status", "web1.invalid").stderr).toBe(
      "nix-impermanence: Cannot find host web1.invalid (DNS).\n",
    );
  });

  it("is listed by `remote hosts`, which asks no host", () => {
    const cwd = hive(`deployment.targetHost = "x.invalid";`);
    const { code, stdout } = run(cwd, "hosts");
    expect([code, stdout]).toEqual([
      0,
      "web1  x.invalid (deployment.targetHost)\nalias  (configuration of ssh)\nweb2  (configuration of ssh)\n",
    ]);
    expect(JSON.parse(run(cwd, "hosts", "--format", "json").stdout)).toMatchObject({
      configured: [{ name: "web1", destinations: ["x.invalid"], hostName: "machine", root: "tmpfs" }],
      ssh: ["alias", "web2"],
    });
  });

  it("of a configuration that is not there is an error", () => {
    const cwd = hive("");
    expect(run(cwd, "status", "x.invalid", "--host", "nope").stderr).toContain("there is no host `nope`");
    expect(run(cwd, "status", "x.invalid", "--folder", "nowhere", "--host", "a").stderr).toContain("does not exist");
  });
});

it("ssh that is not installed is named, with what to install", () => {
  const { code, stderr } = runCli(["remote", "status", "me@x.invalid"], { env: { PATH: "/nonexistent" } });
  expect([code, stderr]).toEqual([
    2,
    "nix-impermanence: ssh is not installed here. Install OpenSSH (the package openssh or openssh-client).\n",
  ]);
});

it("what was begun on the way to a host ends, when the arguments turn out to be wrong", () => {
  const cwd = folderWith({
    ssh: '#!/bin/sh\ncase " $* " in *" -G "*) exit ;; esac\necho $$ >>started\nexec cat\n',
    "tmp/.keep": "",
  });
  chmodSync(`${cwd}/ssh`, 0o755);
  const env = { PATH: `${cwd}:${process.env.PATH}`, TMPDIR: `${cwd}/tmp` };
  const { code, stderr } = runCli(["remote", "diff", "me@x.invalid", "--show", "nothing"], { cwd, env });
  expect([code, stderr]).toEqual([2, expect.stringContaining("'nothing' is invalid")]);
  const started = existsSync(`${cwd}/started`) ? readFileSync(`${cwd}/started`, "utf8").trim().split("\n") : [];
  expect(started.filter((pid) => existsSync(`/proc/${pid}/cwd`))).toEqual([]);
  expect(readdirSync(`${cwd}/tmp`)).toEqual([".keep"]);
});
