import { describe, expect, it } from "vitest";
import { analyseFiles } from "../../testing/analyse-files.ts";
import { HOST, hostsOf, persisted, whys } from "../../testing/hosts-of.ts";

describe("flake-utils", () => {
  it("writes outputs for every system and leaves the rest as it is", async () => {
    const hosts = await hostsOf({
      "/flake.nix": `{
        inputs.utils.url = "github:numtide/flake-utils";
        outputs = { self, nixpkgs, utils }: utils.lib.eachDefaultSystem (system: { packages.place = "/srv/\${system}"; }) // {
          nixosConfigurations.a = nixpkgs.lib.nixosSystem {
            modules = [ ./host.nix { environment.persistence."/persist".directories = [ self.packages.aarch64-linux.place ]; } ];
          };
        };
      }`,
      "/host.nix": HOST,
    });
    expect(persisted(hosts.get("a")).sort()).toEqual(["/srv/aarch64-linux", "/var/lib/x"]);
  });
});

describe("haumea", () => {
  it("loads a folder with inputs, `super` and private files", async () => {
    const hosts = await hostsOf({
      "/flake.nix": `{
        inputs.haumea.url = "github:nix-community/haumea";
        outputs = { nixpkgs, haumea, ... }@inputs: {
          nixosConfigurations = (haumea.lib.load { src = ./src; inputs = { inherit nixpkgs; }; }).hosts;
        };
      }`,
      "/src/hosts/a.nix":
        "{ nixpkgs, root, super, missing, ... }: nixpkgs.lib.nixosSystem { modules = [ root.common super.own ]; }",
      "/src/hosts/__own.nix": '{ environment.persistence."/persist".directories = [ "/srv" ]; }',
      "/src/_common.nix": HOST,
    });
    expect([...hosts.keys()]).toEqual(["a"]);
    expect(persisted(hosts.get("a")).sort()).toEqual(["/srv", "/var/lib/x"]);
  });

  it("does not guess what a transformer it does not know makes of the tree", async () => {
    const { analysis } = await analyseFiles({
      "/flake.nix": `{
        inputs.haumea.url = "github:nix-community/haumea";
        outputs = { haumea, ... }: {
          nixosConfigurations = haumea.lib.load { src = ./src; transformer = haumea.lib.transformers.hoistLists "a" "b"; };
        };
      }`,
      "/src/a.nix": "{ }",
    });
    expect(analysis.problems[0]?.why).toContain("`hoistLists` of haumea.lib.transformers is not modelled");
  });
});

describe("snowfall-lib", () => {
  it("makes hosts of systems/, with modules, homes and library functions found in their folders", async () => {
    const hosts = await hostsOf({
      "/flake.nix": `{
        inputs.snowfall-lib.url = "github:snowfallorg/lib";
        inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.05";
        inputs.home-manager.url = "github:nix-community/home-manager";
        outputs = inputs: inputs.snowfall-lib.mkFlake {
          inherit inputs;
          src = ./.;
          snowfall.namespace = "mine";
          systems.hosts.a.modules = [ { environment.persistence."/persist".directories = [ "/srv/own" ]; } ];
        };
      }`,
      "/systems/x86_64-linux/a/default.nix":
        "{ lib, ... }: { imports = [ ./hardware.nix ]; mine.store = lib.mine.enabled; }",
      "/systems/x86_64-linux/a/hardware.nix": HOST,
      "/systems/x86_64-iso/image/default.nix": "{ }",
      "/lib/module/default.nix": "{ lib, ... }: { enabled = { enable = true; }; }",
      "/lib/homes/default.nix": `{ lib, ... }: {
        owners = map (home: (lib.snowfall.home.split-user-and-host home.name).user)
          (lib.snowfall.home.get-target-homes-metadata ../../homes/x86_64-linux);
      }`,
      "/modules/nixos/store/default.nix": `{ lib, config, namespace, host, ... }: {
        options.\${namespace}.store.enable = lib.mkEnableOption "it";
        config = lib.mkIf config.\${namespace}.store.enable {
          environment.persistence."/persist".directories = [ "/srv/\${host}" ] ++ lib.unique lib.mine.owners;
        };
      }`,
      "/homes/x86_64-linux/me@a/default.nix": '{ home.persistence."/persist".directories = [ "src" ]; }',
      "/homes/x86_64-linux/me@other/default.nix": '{ home.persistence."/persist".directories = [ "never" ]; }',
    });
    expect([...hosts.keys()]).toEqual(["a"]);
    expect(persisted(hosts.get("a")).sort()).toEqual(["/home/me/src", "/me", "/srv/a", "/srv/own", "/var/lib/x"]);
    expect(hosts.get("a")?.hostName).toMatchObject({ value: "a" });
    expect(whys(hosts.get("a"))).toEqual([]);
  });
});

describe("blueprint", () => {
  it("makes hosts of hosts/ and modules of modules/", async () => {
    const hosts = await hostsOf({
      "/flake.nix": `{
        inputs.blueprint.url = "github:numtide/blueprint";
        inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.05";
        outputs = inputs: inputs.blueprint { inherit inputs; prefix = "nix"; };
      }`,
      "/nix/hosts/a/configuration.nix": `{ flake, hostName, ... }: {
        imports = [ flake.nixosModules.store flake.nixosModules.wrapped ./hardware.nix ];
        environment.persistence."/persist".directories = [ "/srv/\${hostName}" ];
      }`,
      "/nix/hosts/a/hardware.nix": HOST,
      "/nix/hosts/b/default.nix": `{ inputs, ... }: {
        class = "nixos";
        value = inputs.nixpkgs.lib.nixosSystem { modules = [ ../a/hardware.nix ]; };
      }`,
      "/nix/hosts/mac/darwin-configuration.nix": "{ }",
      "/nix/modules/nixos/store.nix": '{ ... }: { environment.persistence."/persist".directories = [ "/srv/store" ]; }',
      "/nix/modules/nixos/wrapped.nix":
        '{ inputs, ... }: { environment.persistence."/persist".directories = [ "/srv/wrapped" ]; }',
    });
    expect([...hosts.keys()].sort()).toEqual(["a", "b"]);
    expect(persisted(hosts.get("a")).sort()).toEqual(["/srv/a", "/srv/store", "/srv/wrapped", "/var/lib/x"]);
  });
});

describe("easy-hosts", () => {
  const flake = (settings: string) => `{
    inputs.flake-parts.url = "github:hercules-ci/flake-parts";
    inputs.easy-hosts.url = "github:tgirlcloud/easy-hosts";
    inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
    outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } {
      imports = [ inputs.easy-hosts.flakeModule ];
      systems = [ "x86_64-linux" ];
      ${settings}
    };
  }`;

  it("gives a host what is shared, of its class, platform and tags, and its own file", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(`easy-hosts = {
        shared.modules = [ ./host.nix ];
        shared.specialArgs.shared = "/srv/shared";
        perClass = class: { modules = [ ({ shared, ... }: { environment.persistence."/persist".directories = [ shared "/srv/\${class}" ]; }) ]; };
        perArch = arch: { modules = [ { environment.persistence."/persist".directories = [ "/srv/\${arch}" ]; } ]; };
        perTag = tag: { modules = [ { environment.persistence."/persist".directories = [ "/srv/\${tag}" ]; } ]; };
        hosts.a = { tags = [ "laptop" ]; arch = "aarch64"; };
        hosts.mac = { class = "darwin"; };
      };`),
      "/host.nix": HOST,
      "/hosts/a/default.nix": '{ environment.persistence."/persist".directories = [ "/srv/own" ]; }',
    });
    expect([...hosts.keys()]).toEqual(["a"]);
    expect(persisted(hosts.get("a")).sort()).toEqual(
      ["/srv/aarch64", "/srv/laptop", "/srv/nixos", "/srv/own", "/srv/shared", "/var/lib/x"].sort(),
    );
    expect(hosts.get("a")?.system).toMatchObject({ value: "aarch64-linux" });
    expect(whys(hosts.get("a"))).toEqual([]);
  });

  it("finds hosts by their folders, under the older name too", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake("easyHosts = { autoConstruct = true; path = ./hosts; };"),
      "/hosts/x86_64-nixos/a/default.nix": HOST,
      "/hosts/aarch64-darwin/mac/default.nix": "{ }",
    });
    expect([...hosts.keys()]).toEqual(["a"]);
    expect(persisted(hosts.get("a"))).toEqual(["/var/lib/x"]);
  });
});

describe("ez-configs", () => {
  it("makes hosts of files, with the default module and the homes of the users that they name", async () => {
    const hosts = await hostsOf({
      "/flake.nix": `{
        inputs.flake-parts.url = "github:hercules-ci/flake-parts";
        inputs.ez-configs.url = "github:ehllie/ez-configs";
        inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
        inputs.home-manager.url = "github:nix-community/home-manager";
        outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } {
          imports = [ inputs.ez-configs.flakeModule ];
          systems = [ ];
          ezConfigs = { root = ./.; globalArgs.place = "/srv/place"; nixos.hosts.a.userHomeModules = [ "anna" ]; };
        };
      }`,
      "/nixos-configurations/a.nix": `{ ezModules, ... }: { imports = [ ezModules.extra ${HOST} ]; }`,
      "/nixos-configurations/b/default.nix": HOST,
      "/nixos-modules/default.nix": '{ environment.persistence."/persist".directories = [ "/srv/default" ]; }',
      "/nixos-modules/extra.nix": '{ place, ... }: { environment.persistence."/persist".directories = [ place ]; }',
      "/home-configurations/anna.nix": "{ ezModules, ... }: { imports = [ ezModules.store ]; }",
      "/home-modules/store.nix": '{ home.persistence."/persist".directories = [ "Documents" ]; }',
    });
    expect(persisted(hosts.get("a")).sort()).toEqual(
      ["/home/anna/Documents", "/srv/default", "/srv/place", "/var/lib/x"].sort(),
    );
    expect(persisted(hosts.get("b")).sort()).toEqual(["/srv/default", "/var/lib/x"]);
    expect(whys(hosts.get("a"))).toEqual([]);
  });
});

describe("flakelight", () => {
  const flake = (module: string, call = "flakelight ./.") => `{
    inputs.flakelight.url = "github:nix-community/flakelight";
    inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
    outputs = { flakelight, ... }@inputs: ${call} ${module};
  }`;

  it("finds hosts and modules in the folder `nix`, by their names and aliases", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake("{ inherit inputs; checks = pkgs: { }; }"),
      "/nix/nixos/a/default.nix":
        '{ inputs, ... }: { system = "x86_64-linux"; modules = [ ../../../host.nix inputs.self.nixosModules.store ]; }',
      "/nix/nixosModules/store.nix": `{ hostname, flake, ... }: {
        environment.persistence."/persist".directories = [ "/srv/\${hostname}" "/srv/\${flake.outputs.lib.place}" ];
      }`,
      "/nix/lib.nix": '{ place = "place"; }',
      "/host.nix": HOST,
    });
    expect(persisted(hosts.get("a")).sort()).toEqual(["/srv/a", "/srv/place", "/var/lib/x"]);
    expect(whys(hosts.get("a"))).toEqual([]);
  });

  it("takes systems and calls of nixosSystem, also from functions, and its inputs from the flake", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(
        `({ lib, ... }: {
          nixosConfigurations = { inputs, ... }: {
            a = { modules = [ ./host.nix ({ inputs', ... }: { }) ]; };
            b = inputs.nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; };
          };
          outputs.nixosConfigurations.c = inputs.nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; };
        })`,
        "flakelight.lib.mkFlake ./.",
      ),
      "/host.nix": HOST,
    });
    expect([...hosts.keys()].sort()).toEqual(["a", "b", "c"]);
    for (const host of hosts.values()) expect(persisted(host)).toEqual(["/var/lib/x"]);
  });

  it("says what a module of an input may make of an option that it does not know", async () => {
    const { hosts } = await analyseFiles({
      "/flake.nix": flake(`{
        imports = [ inputs.fleet.flakelightModules.default ];
        fleet.hosts = { };
        nixosConfigurations.a.modules = [ ./host.nix ];
      }`).replace("inputs.nixpkgs", 'inputs.fleet.url = "github:someone/fleet"; inputs.nixpkgs'),
      "/host.nix": HOST,
    });
    expect(whys(hosts[0])).toEqual([
      "the flake sets `fleet`, which a module of an input declares, and what that makes of it is not known here",
    ]);
  });
});
