import { describe, expect, it } from "vitest";
import type { Host } from "../../host/host.ts";
import { analyseFiles } from "../../testing/analyse-files.ts";

const persists = (path: string) => `{ environment.persistence."/persist".directories = [ "${path}" ]; }`;
const paths = (host: Host | undefined) =>
  host?.stores.flatMap(({ directories }) => directories.map(({ path }) => path));

async function hostsOf(files: Record<string, string>): Promise<Map<string, Host>> {
  const { hosts, analysis } = await analyseFiles(files);
  expect([...analysis.problems, ...analysis.unchecked]).toEqual([]);
  return new Map(hosts.map((host) => [host.name, host]));
}

const MACHINES = {
  "/machines/one/configuration.nix": persists("/var/lib/one"),
  "/machines/one/disko.nix": '{ disko.devices.nodev."/tmp" = { fsType = "tmpfs"; mountpoint = "/tmp"; }; }',
  "/machines/two/configuration.nix": persists("/var/lib/two"),
};

const called = (more: string, name = "clan") => `{
  inputs.clan-core.url = "https://git.clan.lol/clan/clan-core/archive/main.tar.gz";
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  outputs = { self, clan-core, ... }: let
    clan = clan-core.lib.${name} { inherit self; meta.name = "home"; ${more} };
  in { inherit (clan${name === "clan" ? ".config" : ""}) nixosConfigurations; };
}`;

const asModule = (more: string) => `{
  inputs.clan-core.url = "https://git.clan.lol/clan/clan-core/archive/main.tar.gz";
  inputs.flake-parts.url = "github:hercules-ci/flake-parts";
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } {
    systems = [ "x86_64-linux" ];
    imports = [ inputs.clan-core.flakeModules.default { ${more} } ];
  };
}`;

describe("clan", () => {
  it.each([
    ["a function", called(`machines.two.networking.hostName = "deux"; machines.three = ${persists("/srv")};`)],
    [
      "the older function",
      called(`machines.two.networking.hostName = "deux"; machines.three = ${persists("/srv")};`, "buildClan"),
    ],
    [
      "a flake module",
      asModule(`clan.machines.two.networking.hostName = "deux"; clan.machines.three = ${persists("/srv")};`),
    ],
    [
      "the newer option",
      asModule(`flake.clan.machines = { two.networking.hostName = "deux"; three = ${persists("/srv")}; };`),
    ],
  ])("finds machines in folders and by name: %s", async (_, flake) => {
    const hosts = await hostsOf({ ...MACHINES, "/flake.nix": flake });
    expect([...hosts.keys()].sort()).toEqual(["one", "three", "two"]);
    expect(paths(hosts.get("one"))).toEqual(["/var/lib/one"]);
    expect(hosts.get("one")?.fileSystems.map(({ mountpoint }) => mountpoint)).toEqual(["/tmp"]);
    expect(hosts.get("two")?.hostName).toMatchObject({ value: "deux" });
    expect(paths(hosts.get("three"))).toEqual(["/srv"]);
    expect([...hosts.values()].flatMap(({ incomplete }) => incomplete)).toEqual([]);
  });

  it.each([
    'inventory.instances.all = { module.name = "importer"; roles.default.tags.all = { }; };',
    'inventory.services.importer.base.roles.default.tags = [ "all" ];',
  ])("does not claim to know machines that services of the inventory give modules: %s", async (inventory) => {
    const hosts = await hostsOf({ ...MACHINES, "/flake.nix": called(inventory) });
    for (const host of hosts.values()) {
      expect(host.incomplete[0]?.why).toContain("inventory of clan");
      expect(host.fateOf("/var/lib/other").survives.answer).toBe("unknown");
    }
  });

  it("leaves out machines with another system than NixOS", async () => {
    const hosts = await hostsOf({
      ...MACHINES,
      "/flake.nix": called('inventory.machines.two.machineClass = "darwin";'),
      "/inventory.json": '{ "machines": { "four": { } } }',
    });
    expect([...hosts.keys()].sort()).toEqual(["four", "one"]);
  });
});

describe("nixos-unified", () => {
  it("reads flake modules and hosts from their folders", async () => {
    const hosts = await hostsOf({
      "/flake.nix": `{
        inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
        inputs.flake-parts.url = "github:hercules-ci/flake-parts";
        inputs.nixos-unified.url = "github:srid/nixos-unified";
        inputs.home-manager.url = "github:nix-community/home-manager";
        outputs = inputs: inputs.nixos-unified.lib.mkFlake { inherit inputs; root = ./.; };
      }`,
      "/modules/flake-parts/toplevel.nix": `{ inputs, ... }: {
        imports = [ inputs.nixos-unified.flakeModules.default inputs.nixos-unified.flakeModules.autoWire ];
      }`,
      "/modules/nixos/common.nix": '{ environment.persistence."/persist".directories = [ "/var/log" ]; }',
      "/configurations/nixos/a/default.nix": `{ flake, ... }: {
        imports = [ flake.inputs.self.nixosModules.common ];
        users.users.me.isNormalUser = true;
        home-manager.users.me = { config, ... }: { home.persistence."/persist".directories = [ "work" ]; };
      }`,
      "/configurations/nixos/b.nix": persists("/srv"),
    });
    expect(paths(hosts.get("a"))).toEqual(["/var/log", "/home/me/work"]);
    expect(paths(hosts.get("b"))).toEqual(["/srv"]);
    expect([...hosts.values()].flatMap(({ incomplete }) => incomplete)).toEqual([]);
  });

  it("gives the functions that make hosts to flakes that name them", async () => {
    const hosts = await hostsOf({
      "/flake.nix": `{
        inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
        inputs.flake-parts.url = "github:hercules-ci/flake-parts";
        inputs.nixos-unified.url = "github:srid/nixos-unified";
        outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } ({ self, ... }: {
          imports = [ inputs.nixos-unified.flakeModules.default ];
          flake.nixosConfigurations.a = self.nixos-unified.lib.mkLinuxSystem { home-manager = true; } {
            nixos-unified.sshTarget = "root@a";
            environment.persistence."/persist".directories = [ "/x" ];
          };
        });
      }`,
    });
    expect(paths(hosts.get("a"))).toEqual(["/x"]);
  });
});
