import { describe, expect, it } from "vitest";
import { analyseFiles } from "../../testing/analyse-files.ts";
import { HOST, hostsOf, persisted, whys } from "../../testing/hosts-of.ts";

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
