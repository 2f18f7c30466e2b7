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
    'inventory.instances.all = { module.name = "importer"; roles.default = { tags.all = { }; more = 1; }; };',
    'inventory.instances.all = { module.name = "installer"; roles.default.tags.all = { }; };',
    'inventory.instances.all = { module.name = "gone"; module.input = "self"; roles.default.tags.all = { }; };',
    'inventory.services.importer.base.roles.default.tags = [ "all" ];',
  ])("does not claim to know machines that services of the inventory give modules: %s", async (inventory) => {
    const hosts = await hostsOf({ ...MACHINES, "/flake.nix": called(inventory) });
    for (const host of hosts.values()) {
      expect(host.incomplete[0]?.why).toMatch(/inventory of clan|installers of clan/);
      expect(host.fateOf("/var/lib/other").survives.answer).toBe("unknown");
    }
  });

  it("gives machines the modules that roles of the inventory have", async () => {
    const hosts = await hostsOf({
      ...MACHINES,
      "/more/srv.nix": persists("/srv"),
      "/inventory.json": `{ "instances": {
        "json": { "module": { "name": "importer" }, "roles": { "default": { "machines": { "two": {} }, "extraModules": [ "more/srv.nix" ] } } }
      } }`,
      "/flake.nix": called(`
        inventory.machines.one.tags = [ "server" ];
        inventory.tags = { machines, ... }: { second = [ "two" ]; };
        inventory.instances.all = { module.name = "importer"; roles.default = { tags.all = { }; extraModules = [ (${persists("/all")}) ]; }; };
        inventory.instances.server = {
          module = { name = "importer"; input = "clan-core"; };
          roles.default = { tags = [ "server" ]; extraModules = [ (${persists("/server")}) ]; };
        };
        inventory.instances.importer.roles.default = { tags.second = { }; extraModules = [ (${persists("/second")}) ]; };
      `),
    });
    expect(paths(hosts.get("one"))?.sort()).toEqual(["/all", "/server", "/var/lib/one"]);
    expect(paths(hosts.get("two"))?.sort()).toEqual(["/all", "/second", "/srv", "/var/lib/two"]);
    expect([...hosts.values()].flatMap(({ incomplete }) => incomplete)).toEqual([]);
  });

  it("follows services of the workspace", async () => {
    const keep = 'path: { environment.persistence."/persist".directories = [ path ]; }';
    const hosts = await hostsOf({
      ...MACHINES,
      "/flake.nix": called(`
        modules.data = { lib, ... }: let keep = ${keep}; in {
          _class = "clan.service";
          manifest.name = "data";
          roles.server = {
            interface.options.path = lib.mkOption { type = lib.types.str; default = "/default"; };
            perInstance = { instanceName, settings, machine, roles, ... }: {
              nixosModule = { config, ... }: {
                imports = [ (keep settings.path) (keep "/\${instanceName}-\${machine.name}") ];
                networking.domain = lib.concatStringsSep "." (lib.attrNames roles.server.machines);
              };
            };
          };
          roles.client = { };
          perMachine = { machine, instances, ... }: {
            nixosModule = keep "/\${lib.concatStringsSep "-" (machine.roles ++ lib.attrNames instances)}";
          };
        };
        inventory.instances.a = {
          module = { name = "data"; input = "self"; };
          roles.server = { tags.all.settings.path = "/all"; };
          roles.client.machines.two = { };
        };
        inventory.instances.b = {
          module = { name = "data"; input = "self"; };
          roles.server.machines.one = { };
        };
      `),
    });
    expect(paths(hosts.get("one"))?.sort()).toEqual(
      ["/a-one", "/all", "/b-one", "/default", "/server-a-b", "/var/lib/one"].sort(),
    );
    expect(paths(hosts.get("two"))?.sort()).toEqual(["/a-two", "/all", "/client-server-a", "/var/lib/two"]);
    expect([...hosts.values()].flatMap(({ incomplete }) => incomplete)).toEqual([]);
  });

  it("assumes of services of other flakes what it assumes of their modules", async () => {
    const flake = (input: string, url: string) =>
      called(
        `inventory.instances.x = { module = { name = "x"; input = "${input}"; }; roles.default.tags.all = { }; };`,
      ).replace("outputs =", `inputs.${input}.url = "${url}";\n  outputs =`);
    const known = await hostsOf({ ...MACHINES, "/flake.nix": flake("others", "github:somebody/else") });
    expect([...known.values()].flatMap(({ incomplete }) => incomplete)).toEqual([]);
    const own = await hostsOf({ ...MACHINES, "/flake.nix": flake("mine", "git+ssh://git@example.org/mine") });
    expect(own.get("one")?.incomplete[0]?.why).toContain("`mine.clan` comes from the private flake input");
  });

  it("knows that host keys of a clan are secrets of its own", async () => {
    const flake = (inventory: string) =>
      called(`${inventory} machines.one = { fileSystems."/" = { device = "none"; fsType = "tmpfs"; options = [ "mode=755" ]; };
        services.openssh.enable = true; environment.persistence."/persist".files = [ "/etc/machine-id" ]; };`);
    const codes = async (inventory: string) => {
      const { analysis } = await analyseFiles({ ...MACHINES, "/flake.nix": flake(inventory) });
      return analysis.findings.map(({ code }) => code);
    };
    expect(await codes("")).toContain("IMP405");
    expect(await codes("inventory.instances.sshd.roles.server.tags.all = { };")).not.toContain("IMP405");
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
