import { describe, expect, it } from "vitest";
import { analyseFiles } from "../../testing/analyse-files.ts";

const HOST = `{
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
  environment.persistence."/persist".directories = [ "/var/lib/x" ];
}`;

async function hostsOf(files: Record<string, string>) {
  const { hosts, analysis } = await analyseFiles({ "/host.nix": HOST, ...files });
  expect(analysis.problems).toEqual([]);
  return new Map(hosts.map((host) => [host.name, host]));
}

const shown = (targets: readonly { address: string; user: string | undefined; from: string }[] | undefined) =>
  targets?.map(({ address, user, from }) => [user, address, from]);

describe("colmena", () => {
  it("makes hosts of a hive's nodes, with defaults and arguments", async () => {
    const hosts = await hostsOf({
      "/flake.nix": `{
        outputs = { nixpkgs, ... }: {
          colmena = {
            meta = { nixpkgs = import nixpkgs { }; specialArgs.place = "/srv"; nodeSpecialArgs.b.place = "/b"; };
            defaults = { name, place, ... }: {
              imports = [ ./host.nix ];
              networking.hostName = name;
              environment.persistence."/persist".directories = [ place ];
            };
            a = { deployment.targetHost = "a.example"; deployment.targetUser = "admin"; };
            b = { nodes, ... }: { networking.domain = nodes.a.config.networking.hostName; };
          };
        };
      }`,
    });
    expect([...hosts.keys()].sort()).toEqual(["a", "b"]);
    const paths = (name: string) => hosts.get(name)?.stores[0]?.directories.map(({ path }) => path);
    expect(paths("a")).toEqual(["/var/lib/x", "/srv"]);
    expect(paths("b")).toEqual(["/var/lib/x", "/b"]);
    expect(shown(hosts.get("a")?.targets)).toEqual([["admin", "a.example", "deployment.targetHost"]]);
    expect(shown(hosts.get("b")?.targets)).toEqual([]);
    expect(hosts.get("b")?.hostName).toMatchObject({ value: "b" });
    expect(hosts.get("a")?.targets[0]?.place?.file).toBe("/flake.nix");
  });

  it("tells the hosts of nixosConfigurations where their node of the hive is", async () => {
    const hosts = await hostsOf({
      "/flake.nix": `{
        outputs = { self, nixpkgs, colmena, ... }: {
          nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; };
          colmenaHive = colmena.lib.makeHive {
            meta.nixpkgs = import nixpkgs { };
            a = { imports = [ ./host.nix ]; deployment.targetHost = "10.0.0.1"; deployment.targetPort = 2222; };
          };
        };
      }`,
    });
    expect([...hosts.keys()]).toEqual(["a"]);
    expect(shown(hosts.get("a")?.targets)).toEqual([[undefined, "10.0.0.1", "deployment.targetHost"]]);
    expect(hosts.get("a")?.targets[0]?.port).toBe(2222);
  });

  it("reads a hive outside of flakes", async () => {
    const hosts = await hostsOf({
      "/hive.nix": `{ meta.nixpkgs = <nixpkgs>; a = { imports = [ ./host.nix ]; deployment.targetHost = "a.lan"; }; }`,
    });
    expect([...hosts.keys()]).toEqual(["a"]);
    expect(shown(hosts.get("a")?.targets)).toEqual([[undefined, "a.lan", "deployment.targetHost"]]);
  });
});

describe("deploy-rs", () => {
  it("finds the host that a node activates, whatever the node is called", async () => {
    const hosts = await hostsOf({
      "/flake.nix": `{
        outputs = { self, nixpkgs, deploy-rs, ... }: {
          nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; };
          nixosConfigurations.b = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; };
          deploy.sshUser = "root";
          deploy.nodes.web = {
            hostname = "web.example";
            profiles.system.path = deploy-rs.lib.x86_64-linux.activate.nixos self.nixosConfigurations.a;
          };
          deploy.nodes.b = { hostname = "b.example"; sshOpts = [ "-A" "-p" "2022" ]; sshUser = "me"; profiles.system.path = throw "not known"; };
        };
      }`,
    });
    expect(shown(hosts.get("a")?.targets)).toEqual([["root", "web.example", "deploy.nodes.web.hostname"]]);
    expect(shown(hosts.get("b")?.targets)).toEqual([["me", "b.example", "deploy.nodes.b.hostname"]]);
    expect(hosts.get("b")?.targets[0]?.port).toBe(2022);
    expect(hosts.get("a")?.targets[0]?.port).toBeUndefined();
  });
});

describe("without flakes", () => {
  it("takes a module that names /var/lib/nixos for what it is", async () => {
    const hosts = await hostsOf({
      "/main.nix": `{ imports = [ ./host.nix ]; environment.persistence."/persist".files = [ "/nixos" ]; }`,
      "/second.nix": `{ imports = [ ./host.nix ]; environment.persistence."/persist".directories = [ "/var/lib/nixos" ]; }`,
    });
    expect([...hosts.keys()]).toEqual(["main", "second"]);
  });

  const paths = (host: { stores: readonly { directories: readonly { path: string }[] }[] } | undefined) =>
    host?.stores.flatMap((store) => store.directories.map(({ path }) => path));

  it("reads npins and the evaluation of NixOS in it", async () => {
    const hosts = await hostsOf({
      "/default.nix": `let
        sources = import ./npins;
        pkgs = import sources.nixpkgs { system = "x86_64-linux"; };
        nixos = modules: import (sources.nixpkgs + "/nixos/lib/eval-config.nix") {
          system = pkgs.stdenv.hostPlatform.system;
          modules = modules ++ [ (sources.impermanence + "/nixos.nix") ];
        };
      in { hosts.a = nixos [ ./host.nix ]; hosts.b = nixos [ ./host.nix { networking.hostName = "bee"; } ]; }`,
      "/npins/default.nix": 'throw "it fetches"',
      "/npins/sources.json": JSON.stringify({
        version: 5,
        pins: {
          nixpkgs: { type: "Channel", name: "nixos-25.05", url: "https://releases.nixos.org/nixos/25.05/x.tar.xz" },
          impermanence: { type: "Git", repository: { type: "GitHub", owner: "nix-community", repo: "impermanence" } },
        },
      }),
    });
    expect([...hosts.keys()]).toEqual(["a", "b"]);
    expect(paths(hosts.get("a"))).toEqual(["/var/lib/x"]);
    expect(hosts.get("a")?.system).toMatchObject({ value: "x86_64-linux" });
    expect(hosts.get("b")?.hostName).toMatchObject({ value: "bee" });
    expect(hosts.get("a")?.incomplete).toEqual([]);
  });

  it("reads niv and calls of <nixpkgs/nixos>", async () => {
    const hosts = await hostsOf({
      "/machine.nix": `{ sources ? import ./nix/sources.nix }: import "\${sources.nixpkgs}/nixos" { configuration = ./host.nix; }`,
      "/other.nix": "(import <nixpkgs/nixos> { configuration = ./host.nix; }).config.system.build.toplevel",
      "/third.nix": "import <nixpkgs/nixos/lib/eval-config.nix> { modules = [ ./host.nix ]; }",
      "/nix/sources.nix": 'throw "it fetches"',
      "/nix/sources.json": JSON.stringify({ nixpkgs: { branch: "nixos-24.05", owner: "NixOS", repo: "nixpkgs" } }),
    });
    expect([...hosts.keys()].sort()).toEqual(["machine", "third"]);
    expect(paths(hosts.get("machine"))).toEqual(["/var/lib/x"]);
  });
});
