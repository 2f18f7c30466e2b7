import { describe, expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";

/** One host of the module, with persistence that the checker knows. */
async function host(module: string) {
  const { hosts, analysis } = await analyseFiles({
    "/flake.nix": `{
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
      inputs.home-manager.url = "github:nix-community/home-manager";
      inputs.presets.url = "github:somebody/presets";
      outputs = { nixpkgs, home-manager, ... }@inputs: let lib = nixpkgs.lib.extend (_: _: { mine.folder = "/mine"; }); in {
        nixosConfigurations.a = nixpkgs.lib.nixosSystem {
          specialArgs = { inherit lib inputs; };
          modules = [ home-manager.nixosModules.home-manager ./host.nix ];
        };
      };
    }`,
    "/host.nix": module,
  });
  return {
    paths: hosts[0]?.stores.flatMap(({ directories }) => directories.map(({ path }) => path)).sort(),
    unknown: hosts[0]?.incomplete.map(({ why }) => why),
    codes: analysis.findings.map(({ code }) => code),
  };
}

describe("options of sets", () => {
  it("know their own name also by what the modules of the set are given", async () => {
    const { paths, unknown } = await host(`{ lib, config, ... }: {
      config._module.args.folder = "/srv";
      options.guests = lib.mkOption {
        default = { };
        type = lib.types.attrsOf (lib.types.submodule (guest: {
          options.disks = lib.mkOption {
            default = { };
            type = lib.types.attrsOf (lib.types.submodule (disk: {
              options.path = lib.mkOption {
                default = "/\${guest.config._module.args.name}/\${disk.config._module.args.name}";
              };
            }));
          };
        }));
      };
      config.guests.web.disks.data = { };
      config.environment.persistence."/persist".directories = [
        config.guests.web.disks.data.path
        config._module.args.folder
        (config._module.args.nothing or "/other")
      ];
    }`);
    expect(paths).toEqual(["/other", "/srv", "/web/data"]);
    expect(unknown).toEqual([]);
  });

  it("give their modules arguments, also where any other name has a type of its own", async () => {
    const { paths, unknown } = await host(`{ lib, config, ... }: {
      options.parts = lib.mkOption {
        default = { };
        type = lib.types.submodule ({ config, ... }: {
          freeformType = lib.types.lazyAttrsOf (lib.types.submodule {
            freeformType = lib.types.lazyAttrsOf lib.types.deferredModule;
            options.path = lib.mkOption { default = "/default"; };
            options.uses = lib.mkOption { default = [ ]; type = lib.types.listOf lib.types.raw; };
          });
          config._module.args.parts = config;
        });
      };
      config.parts = { parts, ... }: { a.path = "/a"; b.uses = [ parts.a parts.c ]; c = { }; };
      config.environment.persistence."/persist".directories = map (part: part.path) config.parts.b.uses;
    }`);
    expect(paths).toEqual(["/a", "/default"]);
    expect(unknown).toEqual([]);
  });

  it("are not called mistakes where a module of the type cannot be read, for that one may declare them", async () => {
    const { codes, paths } = await host(`{ lib, config, modulesPath, ... }: {
      options.web.hosts = lib.mkOption {
        default = { };
        type = lib.types.attrsOf (lib.types.submoduleWith { modules = [
          (import "\${modulesPath}/services/web-servers/nginx/vhost-options.nix" { inherit config lib; })
          ({ name, ... }: { config.serverName = lib.mkDefault name; })
        ]; });
      };
      config.web.hosts.x = { addSSL = true; };
      config.environment.persistence."/persist".directories =
        lib.mapAttrsToList (_: one: "/srv/\${one.serverName}") config.web.hosts;
    }`);
    expect(codes).not.toContain("IMP011");
    expect(paths).toEqual(["/srv/x"]);
  });

  it("are not called values of the wrong type where a module that cannot be read may declare them", async () => {
    const module = (imports: string) => `{ lib, config, inputs, ... }: {
      imports = [ ${imports} ];
      options.spec = lib.mkOption {
        default = { };
        type = lib.types.submodule { freeformType = lib.types.attrsOf lib.types.str; };
      };
      config.spec.isLaptop = true;
    }`;
    expect((await host(module(""))).codes).toContain("IMP011");
    expect((await host(module("./gone.nix"))).codes).not.toContain("IMP011");
  });

  it("are mistakes where all modules of the type are read", async () => {
    const { codes, paths } = await host(`{ lib, config, ... }: {
      options.web.hosts = lib.mkOption {
        default = { };
        type = lib.types.attrsOf (lib.types.submodule { options.port = lib.mkOption { default = 1; }; });
      };
      config.web.hosts.x.addSSL = true;
      config.environment.persistence."/persist".directories =
        lib.mapAttrsToList (_: one: "/srv/\${toString one.port}") config.web.hosts;
    }`);
    expect(codes).toContain("IMP011");
    expect(paths).toEqual(["/srv/1"]);
  });

  it("may be declared once more by a module that cannot be read, where the workspace declares none of them", async () => {
    const { codes } = await host(`{ lib, inputs, config, ... }: {
      imports = [ inputs.presets.nixosModules.all ];
      options.my.boxes = lib.mkOption { default = { }; type = lib.types.submodule { }; };
      options.my.shape = lib.mkOption { default = { }; type = lib.types.submodule { options.size = lib.mkOption { default = 1; }; }; };
      config.my.boxes.mail.enable = true;
      config.my.shape.sise = 2;
      config.environment.persistence."/persist".directories = [ "/srv" ];
    }`);
    // A module of a public input has no part in options that the workspace fills itself.
    expect(codes.filter((code) => code === "IMP011")).toHaveLength(1);
  });

  it("may be of a type that contains itself, under another name", async () => {
    const { paths, unknown } = await host(`{ lib, config, ... }: let
      tree = (lib.types.lazyAttrsOf (lib.types.either tree lib.types.deferredModule)) // { description = "tree"; };
    in {
      options.parts = lib.mkOption { type = tree; };
      imports = [
        { parts.a.one = _: { kept = [ "/one" ]; }; }
        { parts.a.two = _: { kept = [ "/two" ]; }; }
      ];
      config.environment.persistence."/persist".directories =
        (lib.evalModules { modules = [
          { options.kept = lib.mkOption { type = lib.types.listOf lib.types.str; }; }
          { imports = lib.attrValues config.parts.a; }
        ]; }).config.kept;
    }`);
    expect(paths).toEqual(["/one", "/two"]);
    expect(unknown).toEqual([]);
  });

  it("that nobody declares are merged by the type of all of them", async () => {
    const { paths } = await host(`{ lib, config, ... }: {
      options.nodes = lib.mkOption {
        default = { };
        type = lib.types.submodule {
          freeformType = lib.types.attrsOf (lib.mkOptionType {
            name = "several";
            merge = _: definitions: { all = map (one: one.value.path) definitions; };
          });
          options.meta = lib.mkOption { default = { }; };
        };
      };
      imports = [ { nodes.a.path = "/one"; } { nodes.a.path = "/two"; } ];
      config.environment.persistence."/persist".directories = config.nodes.a.all;
    }`);
    expect(paths).toEqual(["/one", "/two"]);
  });

  it("may be declared inside of an option whose values they are part of", async () => {
    const { paths } = await host(`{ lib, config, ... }: {
      imports = [ { options.my = lib.mkOption { default = { }; type = lib.types.submodule { freeformType = lib.types.attrsOf lib.types.raw; }; }; } ];
      options.my.list = lib.mkOption { default = [ ]; type = lib.types.listOf lib.types.str; };
      config = lib.mkMerge [
        { my.list = [ "/one" ]; }
        { my.list = [ "/two" ]; }
        { environment.persistence."/persist".directories = config.my.list; }
      ];
    }`);
    expect(paths).toEqual(["/one", "/two"]);
  });

  it("of disko's devices are replaced whole by mkForce", async () => {
    const { paths, unknown } = await host(`{ lib, config, ... }: {
      imports = [
        { disko.devices.disk.main.content.partitions.root.content = lib.mkForce { type = "filesystem"; format = "ext4"; mountpoint = "/srv"; }; }
      ];
      disko.devices.disk.main = {
        device = "/dev/sda";
        content = { type = "gpt"; partitions.root.content = { type = "btrfs"; subvolumes."/a".mountpoint = "/"; }; };
      };
      environment.persistence."/persist".directories = lib.attrNames config.fileSystems;
    }`);
    expect(paths).toEqual(["/srv"]);
    expect(unknown).toEqual([]);
  });

  it("of users that NixOS declares can be declared again under another name", async () => {
    const { paths, unknown } = await host(`{ lib, config, options, ... }: let
      people = lib.filterAttrs (_: lib.getAttr "isNormalUser") config.my.users;
    in {
      options.my.users = options.users.users;
      config.my.users.me.isNormalUser = true;
      config.users.users = builtins.mapAttrs (_: value: value // { description = "x"; }) people;
      config.environment.persistence."/persist".directories = map (name: "/people/\${name}") (lib.attrNames people);
    }`);
    expect(paths).toEqual(["/people/me"]);
    expect(unknown).toEqual([]);
  });

  it("of home-manager's users are made with the library of the host", async () => {
    const { paths, unknown } = await host(`{
      environment.persistence."/persist".directories = [ "/srv" ];
      home-manager.users.me = { lib, ... }: { home.persistence."/persist".directories = [ ".\${lib.mine.folder}" ]; };
    }`);
    expect(paths).toEqual(["/home/me/mine", "/srv"]);
    expect(unknown).toEqual([]);
  });
});
