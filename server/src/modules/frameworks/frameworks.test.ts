import { describe, expect, it } from "vitest";
import type { Host } from "../../host/host.ts";
import { analyseFiles } from "../../testing/analyse-files.ts";

/** A host that persists one directory on a tmpfs root. */
const HOST = `{
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
  fileSystems."/persist" = { device = "/dev/sda1"; fsType = "ext4"; neededForBoot = true; };
  environment.persistence."/persist".directories = [ "/var/lib/x" ];
}`;

function persisted(host: Host | undefined): string[] {
  return (host?.stores ?? []).flatMap((store) =>
    [...store.directories, ...store.files].filter(({ certain }) => certain.answer === "yes").map(({ path }) => path),
  );
}

async function hostsOf(files: Record<string, string>): Promise<Map<string, Host>> {
  const { hosts, analysis } = await analyseFiles(files);
  expect(analysis.problems).toEqual([]);
  expect(analysis.unchecked).toEqual([]);
  return new Map(hosts.map((host) => [host.name, host]));
}

const whys = (host: Host | undefined) => (host?.incomplete ?? []).map(({ why }) => why);

describe("flake-parts", () => {
  const flake = (module: string, inputs = "") => `{
    inputs.flake-parts.url = "github:hercules-ci/flake-parts";
    inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
    ${inputs}
    outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } ${module};
  }`;

  it("merges imported flake modules and calls them with its arguments", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(`{ imports = [ ./hosts.nix ./packages.nix ]; systems = [ "x86_64-linux" ]; }`),
      "/hosts.nix": `{ inputs, self, withSystem, ... }: {
        flake.nixosConfigurations.a = withSystem "x86_64-linux" ({ config, system, ... }: inputs.nixpkgs.lib.nixosSystem {
          inherit system;
          specialArgs.directory = config.directory;
          modules = [ self.nixosModules.store ./host.nix ];
        });
        flake.nixosModules.store = { directory, ... }: { environment.persistence."/persist".directories = [ directory ]; };
      }`,
      "/packages.nix": `{ lib, ... }: {
        perSystem = { system, lib, ... }: {
          options.directory = lib.mkOption { type = lib.types.str; };
          config.directory = "/srv/\${system}";
        };
      }`,
      "/host.nix": HOST,
    });
    expect(persisted(hosts.get("a")).sort()).toEqual(["/srv/x86_64-linux", "/var/lib/x"]);
    expect(whys(hosts.get("a"))).toEqual([]);
    expect(hosts.get("a")?.system).toMatchObject({ known: true, value: "x86_64-linux" });
    expect(hosts.get("a")?.release.nixos).toBe("25.11");
  });

  it("takes home-manager's modules of a flake for modules, whoever declares them", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(`({ config, inputs, ... }: {
        flake.homeModules.base = { home.persistence."/persist".directories = [ "Documents" ]; };
        flake.nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem {
          modules = [ ./host.nix { home-manager.users.anna.imports = [ config.flake.homeModules.base ]; } ];
        };
      })`),
      "/host.nix": HOST,
    });
    expect(persisted(hosts.get("a")).sort()).toEqual(["/home/anna/Documents", "/var/lib/x"]);
    expect(whys(hosts.get("a"))).toEqual([]);
  });

  it("merges deferred modules of dendritic repositories that import-tree finds", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake("(inputs.import-tree ./modules)", 'inputs.import-tree.url = "github:vic/import-tree";'),
      "/modules/base.nix": `{ inputs, ... }: {
        imports = [ inputs.flake-parts.flakeModules.modules ];
        flake.modules.nixos.base = ${HOST};
      }`,
      "/modules/more/ssh.nix":
        '{ flake.modules.nixos.base.environment.persistence."/persist".directories = [ "/etc/ssh" ]; }',
      "/modules/_off/never.nix":
        '{ flake.modules.nixos.base.environment.persistence."/persist".directories = [ "/never" ]; }',
      "/modules/hosts.nix": `{ inputs, config, lib, ... }: {
        flake.nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem {
          modules = [ config.flake.modules.nixos.base { nixpkgs.hostPlatform = "aarch64-linux"; } ];
        };
      }`,
    });
    expect(persisted(hosts.get("a")).sort()).toEqual(["/etc/ssh", "/var/lib/x"]);
    expect(hosts.get("a")?.system).toMatchObject({ value: "aarch64-linux" });
  });

  it("gives modules of hosts arguments of perSystem, and partitions their own inputs", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(`({ inputs, moduleWithSystem, self, ... }: {
        imports = [ inputs.flake-parts.flakeModules.partitions ];
        systems = [ "x86_64-linux" ];
        partitionedAttrs.extra = "dev";
        partitions.dev.module = { flake.extra = "/srv/partition"; };
        perSystem = { ... }: { _module.args.place = "/srv/system"; };
        flake.nixosModules.store = moduleWithSystem ({ place, ... }: { ... }: {
          environment.persistence."/persist".directories = [ place self.extra ];
        });
        flake.nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem {
          system = "x86_64-linux";
          modules = [ self.nixosModules.store ./host.nix ];
        };
      })`),
      "/host.nix": HOST,
    });
    expect(persisted(hosts.get("a")).sort()).toEqual(["/srv/partition", "/srv/system", "/var/lib/x"]);
  });

  it("does not call missing what a flake module that is not in sight may define", async () => {
    const asks = (modules: string) => ({
      "/flake.nix": flake(
        `({ inputs, self, ... }: {
          imports = [ ${modules} ];
          flake.grove.types.host = { };
          flake.nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem { modules = [ self.grove.finalized.a ./host.nix ]; };
        })`,
        'inputs.grove.url = "github:someone/grove"; inputs.treefmt.url = "github:numtide/treefmt-nix";',
      ),
      "/host.nix": HOST,
    });
    const unseen = await analyseFiles(asks("inputs.grove.flakeModules.default"));
    expect(unseen.hosts[0]?.problems).toEqual([]);
    expect(whys(unseen.hosts[0])).toHaveLength(1);
    const seen = await analyseFiles(asks("inputs.treefmt.flakeModule"));
    expect(seen.hosts[0]?.problems.map(({ message }) => message)).toEqual([
      "This module cannot be evaluated: attribute 'finalized' is missing.",
    ]);
  });

  it("gives a partition the inputs of its flake beside those that are named, also through self", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(`{ inputs, config, ... }: {
        imports = [ inputs.flake-parts.flakeModules.partitions ];
        partitionedAttrs.nixosConfigurations = "systems";
        partitions.systems = {
          extraInputsFlake = ./systems;
          extraInputs = config.partitions.homes.extraInputs;
          module = ./systems/hosts.nix;
        };
        partitions.homes.extraInputsFlake = ./homes;
      }`),
      "/systems/flake.nix": '{ inputs.one.url = "github:someone/one"; outputs = _: { }; }',
      "/homes/flake.nix": '{ inputs.two.url = "github:someone/two"; outputs = _: { }; }',
      "/systems/hosts.nix": `{ inputs, self, ... }: {
        flake.nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem {
          specialArgs = { inherit (self) inputs; };
          modules = [ ({ inputs, lib, ... }: {
            imports = [ inputs.one.nixosModules.default inputs.two.nixosModules.default ];
            environment.persistence."/persist".directories = [ "/x" ];
          }) ];
        };
      }`,
    });
    expect(persisted(hosts.get("a"))).toEqual(["/x"]);
    expect(whys(hosts.get("a"))).toEqual([]);
    expect(hosts.get("a")?.opaque.map(({ why }) => why.split(" ")[0])).toEqual([
      "`one.nixosModules`",
      "`two.nixosModules`",
    ]);
  });

  it("says what a module of an input may make of an option that is not declared in sight", async () => {
    const { hosts } = await analyseFiles({
      "/flake.nix": flake(
        `({ inputs, ... }: {
          imports = [ inputs.grid.flakeModules.default inputs.treefmt.flakeModule ];
          grid.inventory.machines.a = { };
          treefmt = { };
          flake.nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; };
        })`,
        'inputs.grid.url = "github:someone/grid"; inputs.treefmt.url = "github:numtide/treefmt-nix";',
      ),
      "/host.nix": HOST,
    });
    expect(whys(hosts[0])).toEqual([
      "the flake sets `grid`, which a module of an input declares, and what that makes of it is not known here",
    ]);
    // Nothing can be proven to be lost on such a host.
    expect(hosts[0]?.fateOf("/var/lib/other").survives.answer).toBe("unknown");
    expect(hosts[0]?.incomplete[0]?.place?.file).toBe("/flake.nix");
  });
});

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

describe("flakes of the workspace", () => {
  it("reads inputs that are folders beside the flake, with what they follow", async () => {
    const hosts = await hostsOf({
      "/hosts/a/flake.nix": `{
        inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.11";
        inputs.common.url = "path:../../common";
        inputs.common.inputs.nixpkgs.follows = "nixpkgs";
        inputs.again.follows = "common";
        inputs.files = { url = "../../files"; flake = false; };
        outputs = { common, again, files, ... }: {
          nixosConfigurations.a = common.lib.make [ again.nixosModules.store "\${files}/module.nix" ];
        };
      }`,
      "/common/flake.nix": `{
        inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
        outputs = { self, nixpkgs, ... }: {
          lib.make = modules: nixpkgs.lib.nixosSystem { modules = modules ++ [ ./host.nix ]; };
          nixosModules.store.environment.persistence."/persist".directories = [ "/srv/store" ];
        };
      }`,
      "/common/host.nix": HOST,
      "/files/module.nix": '{ environment.persistence."/persist".files = [ "/etc/machine-id" ]; }',
    });
    expect(persisted(hosts.get("a")).sort()).toEqual(["/etc/machine-id", "/srv/store", "/var/lib/x"]);
    expect(hosts.get("a")?.release.nixos).toBe("24.11");
  });

  it("ends when flakes include each other", async () => {
    const hosts = await hostsOf({
      "/a/flake.nix": `{
        inputs.b.url = "path:../b";
        outputs = { b, nixpkgs, ... }: { x = b.y; nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; }; };
      }`,
      "/b/flake.nix": `{ inputs.a.url = "path:../a"; outputs = { a, ... }: { y = a.x; }; }`,
      "/a/host.nix": HOST,
    });
    expect(persisted(hosts.get("a"))).toEqual(["/var/lib/x"]);
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

describe("den", () => {
  const flake = (modules: Record<string, string>) => ({
    "/flake.nix": `{
      inputs.flake-parts.url = "github:hercules-ci/flake-parts";
      inputs.import-tree.url = "github:vic/import-tree";
      inputs.den.url = "github:vic/den";
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
      outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } (inputs.import-tree ./modules);
    }`,
    "/modules/den.nix": "{ inputs, ... }: { imports = [ inputs.den.flakeModule ]; }",
    ...modules,
  });

  it("lists its hosts with what stands in their aspects, and says that there may be more", async () => {
    const { hosts, analysis } = await analyseFiles(
      flake({
        "/modules/hosts.nix": `{
          den.hosts.x86_64-linux.a.users.anna = { };
          den.hosts.aarch64-linux.b = { aspect = { nixos = { }; }; };
          den.hosts.aarch64-darwin.mac = { };
        }`,
        "/modules/a.nix": `{ den, ... }: {
          den.default.nixos.environment.persistence."/persist".files = [ "/etc/machine-id" ];
          den.aspects.a = { includes = [ den.aspects.store den.aspects.apps._.web (den.batteries.primary-user) ({ host, ... }: { }) ]; nixos = ${HOST}; };
          den.aspects.apps.provides.web.nixos = { host, ... }: {
            environment.persistence."/persist".directories = [ "/srv/\${host.name}" ];
          };
        }`,
        "/modules/store.nix":
          '{ den.aspects.store.nixos.environment.persistence."/persist".directories = [ "/srv/one" ]; }',
        "/modules/more.nix":
          '{ den.aspects.store.nixos.environment.persistence."/persist".directories = [ "/srv/two" ]; }',
      }),
    );
    expect(analysis.problems).toEqual([]);
    expect(analysis.unchecked).toEqual([]);
    expect(hosts.map(({ name }) => name).sort()).toEqual(["a", "b"]);
    const a = hosts.find(({ name }) => name === "a");
    expect(persisted(a).sort()).toEqual(["/etc/machine-id", "/srv/a", "/srv/one", "/srv/two", "/var/lib/x"].sort());
    expect(a?.system).toMatchObject({ value: "x86_64-linux" });
    for (const host of hosts) {
      expect(whys(host).some((why) => why.includes("`pipeline` of den, which makes modules of aspects"))).toBe(true);
    }
  });
});

describe("hosts of plain flakes", () => {
  const flake = (outputs: string) => `{
    inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
    outputs = { self, nixpkgs }: let inherit (nixpkgs) lib; in ${outputs};
  }`;

  it("are hosts after something was added to them, and as the value of an option", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(`{
        nixosConfigurations.added = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; } // { note = "x"; };
        nixosConfigurations.option = (lib.evalModules { modules = [
          { options.made = lib.mkOption { type = lib.types.attrs; readOnly = true; default = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; }; }; }
        ]; }).config.made;
      }`),
      "/host.nix": HOST,
    });
    expect(persisted(hosts.get("added"))).toEqual(["/var/lib/x"]);
    expect(persisted(hosts.get("option"))).toEqual(["/var/lib/x"]);
  });

  it("are told from others by the platform of their packages", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(`let
        of = system: let pkgs = nixpkgs.legacyPackages.\${system}; in
          if pkgs.stdenv.isDarwin then { darwinConfigurations.m = throw "no"; }
          else { nixosConfigurations.\${system} = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; }; };
      in lib.foldl' lib.recursiveUpdate { } (map of [ "aarch64-darwin" "x86_64-linux" "aarch64-linux" ])`),
      "/host.nix": HOST,
    });
    expect([...hosts.keys()].sort()).toEqual(["aarch64-linux", "x86_64-linux"]);
  });

  it("take options that are declared as copies of others, and do not guess arguments that cannot be seen", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(`let
        setups = lib.evalModules { modules = [
          ({ options, config, ... }: {
            options.all = lib.mkOption { type = lib.types.attrsOf lib.types.anything; default = { }; };
            options.nixos = options.all // { description = "for NixOS"; };
            config.nixos = config.all;
          })
          { nixos.folder = ./modules; }
        ]; };
        host = specialArgs: nixpkgs.lib.nixosSystem { inherit specialArgs; modules = [ ({ folder, ... }: { imports = [ "\${folder}/host.nix" ]; }) ]; };
      in { nixosConfigurations = { copied = host setups.config.nixos; hidden = host (builtins.fromJSON (builtins.getEnv "ARGS")); }; }`),
      "/modules/host.nix": HOST,
    });
    expect(persisted(hosts.get("copied"))).toEqual(["/var/lib/x"]);
    expect(whys(hosts.get("hidden"))).toEqual([expect.stringContaining("read from the environment")]);
  });

  it("import modules from copies of folders in the store, unless a filter says what is copied", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(`let
        whole = builtins.path { path = self.outPath + "/modules"; name = "modules"; };
        some = builtins.path { path = ./modules; filter = path: _: baseNameOf path != "host.nix"; };
        host = from: nixpkgs.lib.nixosSystem { modules = [ "\${from}/host.nix" ]; };
      in { nixosConfigurations = { whole = host whole; clean = host (lib.cleanSource ./modules); some = host some; }; }`),
      "/modules/host.nix": HOST,
    });
    expect(persisted(hosts.get("whole"))).toEqual(["/var/lib/x"]);
    expect(persisted(hosts.get("clean"))).toEqual(["/var/lib/x"]);
    expect(persisted(hosts.get("some"))).toEqual([]);
    expect(whys(hosts.get("some"))).toEqual(["…/host.nix cannot be read: it needs the Nix store"]);
  });

  it("leave files alone that are called like a flake and are none", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake("{ nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; }; }"),
      "/modules/flake.nix": "{ inputs, ... }: { imports = [ ]; }",
      "/lib/flake.nix": "{ mapFlake = x: x; }",
      "/host.nix": HOST,
    });
    expect([...hosts.keys()]).toEqual(["a"]);
  });

  it("import NixOS' own files, and what only a plugin of Nix can read, without failing", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(`{
        nixosConfigurations.own = nixpkgs.lib.nixosSystem { modules = [
          (import "\${nixpkgs}/nixos/modules/installer/cd-dvd/installation-cd-minimal.nix") ./host.nix
        ]; };
        nixosConfigurations.plugin = nixpkgs.lib.nixosSystem { modules = [ ./host.nix {
          imports = [ (assert lib.assertMsg (builtins ? extraBuiltins.decrypt) "no plugin"; builtins.extraBuiltins.decrypt ./a.age) ];
        } ]; };
      }`),
      "/host.nix": HOST,
    });
    expect(whys(hosts.get("own"))).toEqual([]);
    expect(whys(hosts.get("plugin"))).toEqual([
      "a module cannot be read: a plugin of whoever builds the system gives it",
    ]);
    expect(hosts.get("plugin")?.problems).toEqual([]);
  });
});
